extends RefCounted
## Commands that wait for their outcome.

const Messages := preload("../../wire/generated/messages.gd")

## Number of commands whose outcome will never arrive.
var lost := 0
var _waiting: Dictionary[int, Waiting] = {}


class Waiting:
	extends RefCounted
	signal ended(outcome: OtherworldOutcome)


func pending() -> int:
	return _waiting.size()


## Waits for the outcome of the command with that sequence number.
func wait(sequence: int) -> OtherworldOutcome:
	var waiting := Waiting.new()
	_waiting[sequence] = waiting
	var outcome: OtherworldOutcome = await waiting.ended
	return outcome


## Takes the outcome in a message. An outcome that nothing waits for is a repeat, or belongs to an earlier session:
## ignored.
func receive(message: Messages.ServerMessage) -> void:
	if message.command_done != null:
		var done := OtherworldOutcome.new()
		done.ok = true
		done.element = message.command_done.element
		done.tick = message.command_done.tick
		_resolve(message.command_done.sequence, done)
	elif message.command_rejected != null:
		_resolve(message.command_rejected.sequence,
				OtherworldOutcome.rejected(message.command_rejected.reason, message.command_rejected.tick))


func _resolve(sequence: int, outcome: OtherworldOutcome) -> void:
	var waiting: Waiting = _waiting.get(sequence)
	if _waiting.erase(sequence):
		waiting.ended.emit(outcome)


## Marks commands between the two sequence numbers (exclusive) as lost: by default all, because the session is gone.
func mark_lost(after := 0, before := 1 << 40) -> void:
	for sequence: int in _waiting.keys():
		if sequence > after and sequence < before:
			lost += 1
			_resolve(sequence, OtherworldOutcome.rejected("lost"))
