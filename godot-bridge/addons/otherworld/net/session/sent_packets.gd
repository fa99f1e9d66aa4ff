extends RefCounted
## The content of each sent packet, until it is acknowledged or SENT_PACKETS_MAX newer ones were sent.

const Limits := preload("limits.gd")

## Number of the last packet; 0 before the first.
var last := 0
var _numbers := PackedInt64Array()
var _contents: Array[PackedInt64Array] = []


func _init() -> void:
	_numbers.resize(Limits.SENT_PACKETS_MAX)
	_contents.resize(Limits.SENT_PACKETS_MAX)


## Returns the number of the next packet, and remembers the sequences of its latest-wins inputs.
func record(content: PackedInt64Array) -> int:
	last += 1
	var slot := last % Limits.SENT_PACKETS_MAX
	_numbers[slot] = last
	_contents[slot] = content
	return last


## Returns the sequences in packets that are acknowledged for the first time. Appends those packets' numbers to
## [param numbers].
func acknowledge(ack_packet: int, ack_bits: int, numbers: PackedInt64Array) -> PackedInt64Array:
	var arrived := PackedInt64Array()
	_acknowledge_one(ack_packet, arrived, numbers)
	for i: int in 32:
		if ack_bits & (1 << i):
			_acknowledge_one(ack_packet - 1 - i, arrived, numbers)
	return arrived


func _acknowledge_one(packet: int, arrived: PackedInt64Array, numbers: PackedInt64Array) -> void:
	var slot := posmod(packet, Limits.SENT_PACKETS_MAX)
	if packet < 1 or _numbers[slot] != packet:
		return
	_numbers[slot] = 0
	arrived.append_array(_contents[slot])
	numbers.append(packet)
