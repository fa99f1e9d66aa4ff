extends RefCounted
## The way to a server's token: logs in, and waits where the server asks to.

## The server asks to wait; it is asked again.
signal waited(reason: String)

const Fault := preload("fault.gd")
const Line := preload("line.gd")
const Login := preload("login.gd")

## "" before the login.
var token := ""
var realm := ""
## True once it is known how the login ended.
var is_over := false
## Why there is no token; null: there is one, or it is still asked for.
var fault: Fault


## Returns when there is a token or a [member fault].
func log_in(url: String, name: String, remember: bool) -> void:
	var end_msec := Time.get_ticks_msec() + Line.BUSY_MSEC_MAX
	var tree := Engine.get_main_loop() as SceneTree
	while true:
		var login: Login = await Login.request(url, name, remember)
		token = login.token
		realm = login.realm
		fault = login.fault
		if fault == null or fault.kind != Fault.Kind.BUSY or Time.get_ticks_msec() >= end_msec:
			is_over = true
			return
		waited.emit(fault.in_words())
		await tree.create_timer(Line.BUSY_RETRY_MSEC / 1000.0).timeout
