extends RefCounted
## One link to the server over a transport: moves whole packets, knows nothing of their content. Driven by [method poll].

enum Status { CONNECTING, OPEN, ENDED }

const RequestError := preload("../http/request_error.gd")

## Connecting is given up after this long.
const CONNECT_MSEC_MAX := 10_000.0
const CLOSED_BY_PEER := "closed by peer"
const LOST := "connection lost"

## "webrtc" or "websocket".
var kind := ""
var status := Status.CONNECTING
## Why it could not be made; null unless it ended before it was open.
var fault: RequestError
## Why it ended after it was open, in words.
var closing_reason := ""
## The server ended it, rather than the line.
var was_closed_by_peer := false


## Lets time pass.
func poll(_now_msec: float) -> void:
	pass


## The next packet that arrived; empty: none.
func receive() -> PackedByteArray:
	return PackedByteArray()


## Sends a packet of 1 to 16,384 bytes, or loses it.
func send(_packet: PackedByteArray) -> void:
	pass


## Ends it and frees all there is; nothing more is received.
func close(_reason: String) -> void:
	pass


func _fail(why: RequestError) -> void:
	if status == Status.CONNECTING:
		fault = why
		status = Status.ENDED


func _end(reason: String) -> void:
	if status == Status.OPEN:
		closing_reason = reason
		status = Status.ENDED
