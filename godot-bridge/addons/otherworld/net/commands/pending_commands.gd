extends RefCounted
## Commands that wait for their outcome.

const Messages := preload("../../wire/generated/messages.gd")

## Commands that got no answer and will not get one.
var lost := 0
var _waiting: Dictionary[int, Waiting] = {}


class Waiting:
	extends RefCounted
	signal ended(outcome: OtherworldOutcome)


func pending() -> int:
	return _waiting.size()


## Waits for the outcome of the command of that sequence.
func wait(sequence: int) -> OtherworldOutcome:
	var waiting := Waiting.new()
	_waiting[sequence] = waiting
	var outcome: OtherworldOutcome = await waiting.ended
	return outcome


## An outcome that nobody waits for was told before, or belongs to an earlier start of the same session.
func tell(message: Messages.ServerMessage) -> void:
	if message.command_done != null:
		var done := OtherworldOutcome.new()
		done.ok = true
		done.element = message.command_done.element
		done.tick = message.command_done.tick
		_resolve(message.command_done.sequence, done)
	elif message.command_rejected != null:
		_resolve(message.command_rejected.sequence, OtherworldOutcome.rejected(message.command_rejected.reason, message.command_rejected.tick))


func _resolve(sequence: int, outcome: OtherworldOutcome) -> void:
	var waiting: Waiting = _waiting.get(sequence)
	if _waiting.erase(sequence):
		waiting.ended.emit(outcome)


## What waits after [param after] and before [param before] is lost: all of it where the session is gone.
func lose(after := 0, before := 1 << 40) -> void:
	for sequence: int in _waiting.keys():
		if sequence > after and sequence < before:
			lost += 1
			_resolve(sequence, OtherworldOutcome.rejected("lost"))
