extends RefCounted
## Encoded commands, oldest first, until the server acknowledges them (INP-2).

const Limits := preload("limits.gd")

## Bytes around each input in a packet: tag and length.
const INPUT_OVERHEAD_BYTES := 4

var _commands: Array[PackedByteArray] = []
var _sequences := PackedInt64Array()
var _bytes := 0


func size() -> int:
	return _commands.size()


## Returns the encoded command at an index; 0 is the oldest.
func at(i: int) -> PackedByteArray:
	return _commands[i]


## Returns the sequence number of the oldest command, or a number above all others if there is none.
func oldest() -> int:
	return Limits.UINT32_MAX + 1 if _sequences.is_empty() else _sequences[0]


## Adds an encoded command. Returns why it cannot be added, or "".
func add(sequence: int, command: PackedByteArray) -> String:
	if command.size() > Limits.COMMAND_BYTES_MAX:
		return "the command has %d bytes; at most %d can be sent" % [command.size(), Limits.COMMAND_BYTES_MAX]
	if size() >= Limits.COMMANDS_UNACKED_MAX or _bytes + command.size() > Limits.COMMAND_BYTES_UNACKED_MAX:
		return "%d commands wait for the server already" % size()
	_commands.append(command)
	_sequences.append(sequence)
	_bytes += command.size()
	return ""


## Removes the commands up to this sequence number, which the server has.
func acknowledge(sequence: int) -> void:
	var kept := 0
	while kept < size() and _sequences[kept] <= sequence:
		_bytes -= _commands[kept].size()
		kept += 1
	if kept > 0:
		_commands = _commands.slice(kept)
		_sequences = _sequences.slice(kept)


func clear() -> void:
	acknowledge(Limits.UINT32_MAX)


## Returns how many of the oldest commands fit into [param room] bytes: at least one, because a command too large for a
## packet is sent in one of its own.
func fitting(room: int) -> int:
	var count := mini(size(), Limits.PACKET_COMMANDS_MAX)
	for i: int in count:
		room -= _commands[i].size() + INPUT_OVERHEAD_BYTES
		if room < 0:
			return maxi(1, i)
	return count


## Returns the bytes that the oldest [param count] commands need in a packet.
func packed_bytes(count: int) -> int:
	var sum := 0
	for i: int in count:
		sum += _commands[i].size() + INPUT_OVERHEAD_BYTES
	return sum
