extends RefCounted
## Packet numbers, acknowledgements, silence and goodbye of one connection.

const Limits := preload("limits.gd")
const ReceivedPackets := preload("received_packets.gd")
const SentPackets := preload("sent_packets.gd")

var received := ReceivedPackets.new()
var sent := SentPackets.new()
## When the last packet was sent.
var sent_at_msec := -INF
## The reason of our goodbye. Once set, each packet carries it.
var goodbye := ""
var is_goodbye_said := false
var _received_at_msec: float
var _goodbye_since_msec := 0.0
var _goodbye_packet := 0
var _is_goodbye_acked := false


func _init(now_msec: float) -> void:
	_received_at_msec = now_msec


## Returns the time since the last packet was received, ms.
func quiet_msec(now_msec: float) -> float:
	return maxf(0.0, now_msec - _received_at_msec)


## Returns [code]true[/code] after SILENCE_MSEC_MAX without a packet: the connection is dead.
func is_silent(now_msec: float) -> bool:
	return quiet_msec(now_msec) >= Limits.SILENCE_MSEC_MAX


func is_heartbeat_due(now_msec: float) -> bool:
	return now_msec - sent_at_msec >= Limits.HEARTBEAT_MSEC


## Receives a packet's numbers. Appends the sequences that it acknowledges for the first time to [param arrived].
func receive(packet: int, ack_packet: int, ack_bits: int, now_msec: float,
		arrived: PackedInt64Array) -> ReceivedPackets.Arrival:
	var arrival := received.record(packet)
	if arrival == ReceivedPackets.Arrival.OLD:
		return arrival
	_received_at_msec = maxf(_received_at_msec, now_msec)
	var numbers := PackedInt64Array()
	arrived.append_array(sent.acknowledge(ack_packet, ack_bits, numbers))
	if is_goodbye_said and _goodbye_packet > 0:
		for number: int in numbers:
			_is_goodbye_acked = _is_goodbye_acked or number >= _goodbye_packet
	return arrival


## Returns the number of a packet that is sent now with these sequences.
func next(now_msec: float, content: PackedInt64Array) -> int:
	sent_at_msec = now_msec
	var packet := sent.record(content)
	if is_goodbye_said and _goodbye_packet == 0:
		_goodbye_packet = packet
	return packet


## Starts the goodbye. Each packet carries it from now on.
func say_goodbye(reason: String, now_msec: float) -> void:
	if is_goodbye_said:
		return
	is_goodbye_said = true
	goodbye = _truncated(reason)
	_goodbye_since_msec = now_msec


## Returns [code]true[/code] once our goodbye was acknowledged or timed out.
func is_goodbye_done(now_msec: float) -> bool:
	return is_goodbye_said and (_is_goodbye_acked or now_msec - _goodbye_since_msec >= Limits.GOODBYE_MSEC_MAX)


## Cuts a text to GOODBYE_CHARACTERS_MAX UTF-16 units. A character above U+FFFF has two.
static func _truncated(text: String) -> String:
	var units := 0
	for i: int in text.length():
		units += 2 if text.unicode_at(i) > 0xFFFF else 1
		if units > Limits.GOODBYE_CHARACTERS_MAX:
			return text.left(i)
	return text
