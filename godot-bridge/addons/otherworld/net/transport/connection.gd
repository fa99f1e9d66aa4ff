extends RefCounted
## One connection to the server over a transport. It moves whole packets and does not know their content. Driven by
## [method poll].

enum Status { CONNECTING, OPEN, ENDED }


## Connecting fails after this time.
const CONNECT_MSEC_MAX := 10_000.0
const CLOSED_BY_PEER := "closed by peer"
const LOST := "connection lost"

## "webrtc" or "websocket".
var kind := ""
var status := Status.CONNECTING
## Why the connection failed before it was open; null if it did not.
var fault: OtherworldRequestError
## Why the connection ended after it was open.
var closing_reason := ""
## The server closed the connection; it was not lost.
var was_closed_by_peer := false


## Advances the connection.
func poll(_now_msec: float) -> void:
	pass


## Returns the next received packet, or an empty array.
func receive() -> PackedByteArray:
	return PackedByteArray()


## Sends a packet of 1 to 16,384 bytes. It may be lost.
func send(_packet: PackedByteArray) -> void:
	pass


## Closes the connection and frees its resources. Nothing is received afterwards.
func close(_reason: String) -> void:
	pass


func _fail(why: OtherworldRequestError) -> void:
	if status == Status.CONNECTING:
		fault = why
		status = Status.ENDED


func _end(reason: String) -> void:
	if status == Status.OPEN:
		closing_reason = reason
		status = Status.ENDED
