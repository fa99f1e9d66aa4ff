extends RefCounted
## Says in Godot's output what a client tells, so that who has no words for it on the screen yet sees why nothing happens.

## The reason of who leaves by [method OtherworldClient.close]: that is no news.
const _LEFT := "left"

## What was said last: who waits is told so each second, and reads it once.
static var _said := ""


## From now on.
static func follow(client: OtherworldClient) -> void:
	client.closed.connect(_on_client_closed)
	client.connection_lost.connect(_warn)
	client.transport_fell_back.connect(_warn)
	client.server_busy.connect(_warn)


static func _on_client_closed(reason: String) -> void:
	if reason != _LEFT:
		_warn(reason)


static func _warn(words: String) -> void:
	if words == _said:
		return
	_said = words
	push_warning("Otherworld: " + words)
