extends RefCounted
## The way into a realm: logs in, and waits where the server asks to; then there is a visit.

## The server asks to wait; it is asked again.
signal server_busy(reason: String)
## A way to connect is not there.
signal fell_back(message: String)
## The visit, which has not started, or null: [member refusal] says why. Heard once, or never where nobody asks any more.
signal ended(realm_session: RealmSession)

const RequestError := preload("../http/request_error.gd")
const Reconnector := preload("../transport/reconnector.gd")
const Login := preload("login.gd")
const Self := preload("login_flow.gd")
const Transports := preload("../transport/transports.gd")
const RealmSession := preload("realm_session.gd")
const WebrtcSupport := preload("../transport/webrtc_support.gd")

## What a server that stops, perhaps to start again, answers to a login: it is asked again as a busy one.
const _STOPPING := "stopping"

## "" before the login; and the address of the server that gave it.
var token := ""
var url := ""
var realm := ""
## True once it is known how it ended; set it to ask no more.
var is_over := false
## Why there is no visit, in words.
var refusal := ""
## Asks until somebody answers, without an end: for who was in the realm, whose server may be away.
var is_patient := false
# Until when a server is asked again that is busy, or that went away as it started.
var _end_msec := 0.0
var _asked := 0


## [signal ended] follows. Nobody should wait for this itself, as a client may be freed meanwhile; and it is static, as what
## waits keeps its arguments alive and not its object.
static func enter(login_flow: Self, client: OtherworldClient) -> void:
	var url := client.url
	login_flow.server_busy.connect(client.server_busy.emit)
	login_flow.fell_back.connect(client.transport_fell_back.emit)
	var login := await _log_in(login_flow, url, client.player_name, client.remember_identity)
	if login_flow.is_over or not is_instance_valid(client):
		return
	login_flow.is_over = true
	login_flow.token = login.token
	login_flow.url = url
	login_flow.realm = login.realm
	if login.fault != null:
		login_flow.refusal = login.fault.in_words()
	login_flow.ended.emit(login_flow._session_of(client, url) if login.fault == null else null)


# Null: there is no way to connect.
func _session_of(client: OtherworldClient, url: String) -> RealmSession:
	var transports := Transports.in_order(client.transport, url, token, client.ice_servers)
	if transports.is_empty():
		refusal = tr(WebrtcSupport.INSTALL)
		return null
	if client.transport == OtherworldClient.Transport.AUTO and transports.size() == 1:
		fell_back.emit(tr(WebrtcSupport.INSTALL))
	return RealmSession.new(transports, 0, Time.get_ticks_usec() / 1000.0, client.rejoin)


static func _log_in(login_flow: Self, url: String, name: String, remember: bool) -> Login:
	var tree := Engine.get_main_loop() as SceneTree
	while true:
		var login: Login = await Login.request(url, name, remember)
		if login_flow.is_over or login.fault == null or not login_flow._may_pass(login.fault):
			return login
		login_flow.server_busy.emit(login.fault.in_words())
		# Of the server's time: also in a game that is paused, in slow motion or stopped by its time scale.
		await tree.create_timer(login_flow._wait_msec(login.fault) / 1000.0, true, false, true).timeout
	return null


func _may_pass(fault: RequestError) -> bool:
	var now_msec := float(Time.get_ticks_msec())
	_asked += 1
	if _asked == 1 or fault.kind == RequestError.Kind.STARTING:
		_end_msec = now_msec + Reconnector.WAIT_MSEC_MAX
	if fault.kind == RequestError.Kind.STARTING or is_patient:
		return fault.kind != RequestError.Kind.REFUSED
	# What waits already is not put off by a server that goes away as it starts.
	var asks_to_wait := fault.kind == RequestError.Kind.BUSY or fault.reason == _STOPPING
	return now_msec < _end_msec and (asks_to_wait or (_asked > 1 and fault.kind != RequestError.Kind.REFUSED))


func _wait_msec(fault: RequestError) -> float:
	return Reconnector.starting_retry_msec(_asked) if fault.kind == RequestError.Kind.STARTING or is_patient else Reconnector.BUSY_RETRY_MSEC
