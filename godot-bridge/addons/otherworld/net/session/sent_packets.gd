extends RefCounted
## What each sent packet carried, until it is acknowledged or SENT_PACKETS_MAX newer ones were sent.

const Limits := preload("limits.gd")

## Number of the last packet, 0: none.
var last := 0
var _numbers := PackedInt64Array()
var _contents: Array[PackedInt64Array] = []


func _init() -> void:
	_numbers.resize(Limits.SENT_PACKETS_MAX)
	_contents.resize(Limits.SENT_PACKETS_MAX)


## Number of the next packet; remembers the sequences of the latest-wins inputs that it carries.
func record(content: PackedInt64Array) -> int:
	last += 1
	var slot := last % Limits.SENT_PACKETS_MAX
	_numbers[slot] = last
	_contents[slot] = content
	return last


## Sequences in the packets that are acknowledged for the first time; [param numbers] is given those packets' numbers.
func acknowledge(ack_packet: int, ack_bits: int, numbers: PackedInt64Array) -> PackedInt64Array:
	var arrived := PackedInt64Array()
	_take(ack_packet, arrived, numbers)
	for i: int in 32:
		if ack_bits & (1 << i):
			_take(ack_packet - 1 - i, arrived, numbers)
	return arrived


func _take(packet: int, arrived: PackedInt64Array, numbers: PackedInt64Array) -> void:
	var slot := posmod(packet, Limits.SENT_PACKETS_MAX)
	if packet < 1 or _numbers[slot] != packet:
		return
	_numbers[slot] = 0
	arrived.append_array(_contents[slot])
	numbers.append(packet)
