extends RefCounted
## Prints the client's messages in Godot's output, so that a developer without a user interface sees why nothing
## happens.

## The reason after [method OtherworldClient.close]. It is not worth a warning.
const _LEFT := "left"

## The last message. A waiting client repeats it each second; it is printed once.
static var _last_message := ""


## Starts to print the messages of [param client].
static func follow(client: OtherworldClient) -> void:
	client.closed.connect(_on_client_closed)
	client.connection_lost.connect(_warn)
	client.transport_fell_back.connect(_warn)
	client.server_busy.connect(_warn)


static func _on_client_closed(reason: String) -> void:
	if reason != _LEFT:
		_warn(reason)


static func _warn(message: String) -> void:
	if message == _last_message:
		return
	_last_message = message
	push_warning("Otherworld: " + message)
