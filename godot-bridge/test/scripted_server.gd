extends RefCounted
## The server's side of a session, controlled by a test. It records what it receives.

const Limits := preload("res://addons/otherworld/wire/generated/limits.gd")
const Codec := preload("res://addons/otherworld/wire/codec.gd")
const Messages := preload("res://addons/otherworld/wire/generated/messages.gd")
const ReceivedPackets := preload("res://addons/otherworld/net/session/received_packets.gd")

## The received packets, in order.
var heard: Array[Messages.ClientPacket] = []
## Commands that the server has acknowledged.
var ack_command := 0
## The goodbye of the next packets, until it is cleared.
var goodbye := ""
var is_back_soon := false
var _received := ReceivedPackets.new()
var _sent := 0
var _messages: Array[Messages.ServerMessage] = []
var _client_time_msec := 0
var _client_time_at_msec := 0.0


## Receives a packet of the client. Returns [code]false[/code] if it is malformed.
func receive(bytes: PackedByteArray, now_msec: float) -> bool:
	var packet := Messages.ClientPacket.decode(bytes, 0, bytes.size())
	if packet == null:
		return false
	heard.append(packet)
	_received.record(packet.packet)
	_client_time_msec = packet.client_time_ms
	_client_time_at_msec = now_msec
	return true


## Returns the last received packet.
func last() -> Messages.ClientPacket:
	return heard[-1] if heard else Messages.ClientPacket.new()


## Returns the sequence numbers of all received commands, with repeats.
func commands() -> Array[int]:
	var sequences: Array[int] = []
	for packet: Messages.ClientPacket in heard:
		for input: Messages.PlayerInput in packet.commands:
			sequences.append(input.sequence)
	return sequences


func welcome(resumed := false, sequence := 0, of_ack_command := 0) -> Messages.ServerMessage:
	var message := Messages.ServerMessage.new()
	message.welcome = Messages.Welcome.new()
	message.welcome.protocol = Limits.PROTOCOL_VERSION
	message.welcome.realm = "plaza"
	message.welcome.tick = 1
	message.welcome.tick_rate = 60
	message.welcome.player = 3
	message.welcome.user = 3
	message.welcome.avatar = 4
	message.welcome.permissions = 7
	message.welcome.definition = "{}"
	message.welcome.resumed = resumed
	message.welcome.sequence = sequence
	message.welcome.ack_command = of_ack_command
	return message


func notice(text: String) -> Messages.ServerMessage:
	var message := Messages.ServerMessage.new()
	message.notice = Messages.Notice.new()
	message.notice.text = text
	return message


func part(bytes: PackedByteArray, is_last: bool) -> Messages.ServerMessage:
	var message := Messages.ServerMessage.new()
	message.part = Messages.MessagePart.new()
	message.part.bytes = bytes
	message.part.last = is_last
	return message


## Returns a packet with messages, numbered from [param first].
func packet_of(now_msec: float, messages: Array[Messages.ServerMessage] = [], first := 0) -> PackedByteArray:
	_sent += 1
	var made := Messages.ServerPacket.new()
	made.packet = _sent
	made.ack_packet = _received.highest
	made.ack_bits = _received.bits
	made.ack_command = ack_command
	made.messages = messages
	made.first_message = first
	made.client_time_ms = _client_time_msec
	made.client_time_age_ms = int(now_msec - _client_time_at_msec)
	if goodbye:
		made.goodbye = Messages.Goodbye.new()
		made.goodbye.reason = goodbye
		made.goodbye.again = is_back_soon
	return made.encode()


## Starts a new connection.
func attach() -> void:
	_received = ReceivedPackets.new()
	_sent = 0
