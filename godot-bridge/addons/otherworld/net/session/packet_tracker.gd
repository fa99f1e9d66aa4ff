extends RefCounted
## A connection's packet numbers, acknowledgements, silence and goodbye.

const Limits := preload("limits.gd")
const ReceivedPackets := preload("received_packets.gd")
const SentPackets := preload("sent_packets.gd")

var received := ReceivedPackets.new()
var sent := SentPackets.new()
## When the last packet was sent.
var sent_at_msec := -INF
## In each packet from when it was said; "" before.
var goodbye := ""
var is_goodbye_said := false
var _heard_at_msec: float
var _goodbye_since_msec := 0.0
var _goodbye_packet := 0
var _is_goodbye_acked := false


func _init(now_msec: float) -> void:
	_heard_at_msec = now_msec


## Since when nothing was heard, ms.
func quiet_msec(now_msec: float) -> float:
	return maxf(0.0, now_msec - _heard_at_msec)


## True after SILENCE_MSEC_MAX without a packet: the connection is dead.
func is_silent(now_msec: float) -> bool:
	return quiet_msec(now_msec) >= Limits.SILENCE_MSEC_MAX


func is_heartbeat_due(now_msec: float) -> bool:
	return now_msec - sent_at_msec >= Limits.HEARTBEAT_MSEC


## Takes the numbers of a received packet; [param arrived] is given the sequences that it acknowledges for the first time.
func take(packet: int, ack_packet: int, ack_bits: int, now_msec: float, arrived: PackedInt64Array) -> ReceivedPackets.Arrival:
	var arrival := received.take(packet)
	if arrival == ReceivedPackets.Arrival.OLD:
		return arrival
	_heard_at_msec = maxf(_heard_at_msec, now_msec)
	var numbers := PackedInt64Array()
	arrived.append_array(sent.acknowledge(ack_packet, ack_bits, numbers))
	if is_goodbye_said and _goodbye_packet > 0:
		for number: int in numbers:
			_is_goodbye_acked = _is_goodbye_acked or number >= _goodbye_packet
	return arrival


## Number for a packet that goes out now with these sequences.
func next(now_msec: float, content: PackedInt64Array) -> int:
	sent_at_msec = now_msec
	var packet := sent.record(content)
	if is_goodbye_said and _goodbye_packet == 0:
		_goodbye_packet = packet
	return packet


## From now on each packet says goodbye.
func say_goodbye(reason: String, now_msec: float) -> void:
	if is_goodbye_said:
		return
	is_goodbye_said = true
	goodbye = _cut(reason)
	_goodbye_since_msec = now_msec


## True once a goodbye was said and was acknowledged, or there is no hope that it will be.
func is_parted(now_msec: float) -> bool:
	return is_goodbye_said and (_is_goodbye_acked or now_msec - _goodbye_since_msec >= Limits.GOODBYE_MSEC_MAX)


## At most GOODBYE_CHARACTERS_MAX UTF-16 units: a character above U+FFFF is two of them.
static func _cut(text: String) -> String:
	var units := 0
	for i: int in text.length():
		units += 2 if text.unicode_at(i) > 0xFFFF else 1
		if units > Limits.GOODBYE_CHARACTERS_MAX:
			return text.left(i)
	return text
