extends RefCounted
## Receives reliable messages: orders them, drops repeats and joins parts (MSG-1 to MSG-3).

const Checks := preload("../../wire/checks.gd")
const Limits := preload("limits.gd")
const Messages := preload("../../wire/generated/messages.gd")

## Number of the last message that was received in order; 0 without one.
var acked := 0
var _early: Dictionary[int, Messages.ServerMessage] = {}
var _parts := PackedByteArray()


## Number of messages that wait for an earlier one.
func waiting() -> int:
	return _early.size()


## Receives the messages of a packet. Appends those that are now complete and in order to [param ready], each once.
## Returns what is wrong with them, or "".
func receive(first: int, messages: Array[Messages.ServerMessage], ready: Array[Messages.ServerMessage]) -> String:
	for i: int in messages.size():
		var number := first + i
		# Messages beyond the window are dropped. A correct server sends none, and repeats them.
		if number > acked and number <= acked + Limits.MESSAGE_WINDOW:
			_early[number] = messages[i]
	while _early.has(acked + 1):
		acked += 1
		var message := _early[acked]
		_early.erase(acked)
		var fault := _deliver(message, ready)
		if fault:
			return fault
	return ""


func _deliver(message: Messages.ServerMessage, ready: Array[Messages.ServerMessage]) -> String:
	var part := message.part
	if part == null:
		ready.append(message)
		return ""
	if part.bytes.is_empty():
		return "part: is empty"
	_parts.append_array(part.bytes)
	if _parts.size() > Limits.SERVER_MESSAGE_BYTES_MAX:
		return "part: the parts have more than %d bytes together" % Limits.SERVER_MESSAGE_BYTES_MAX
	if not part.last:
		return ""
	var whole := Messages.ServerMessage.decode(_parts, 0, _parts.size())
	_parts = PackedByteArray()
	var fault := Checks.server_message(whole)
	# A message made of parts cannot be a part itself, or the two limits would multiply.
	if not fault and whole.part != null:
		fault = "part: is made of parts itself"
	if not fault:
		ready.append(whole)
	return fault
