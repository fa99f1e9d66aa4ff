extends "../../test_case.gd"
## The codec of the wire with the vectors and the captured session of docs/protocol.md, section 16.

const Messages := preload("res://addons/otherworld/wire/generated/messages.gd")
const MessageJson := preload("../../message_json.gd")
const Checks := preload("res://addons/otherworld/wire/checks.gd")
const InputChecks := preload("res://addons/otherworld/wire/input_checks.gd")

static var _vectors: Dictionary = _json("vectors.json")
static var _session: Dictionary = _json("session.json")


static func _json(file: String) -> Dictionary:
	var folder := ProjectSettings.globalize_path("res://").path_join("../../fixtures/protocol").simplify_path()
	return JSON.parse_string(FileAccess.get_file_as_string(folder.path_join(file)))


static func _decode(kind: String, bytes: PackedByteArray) -> RefCounted:
	match kind:
		"ClientPacket":
			return Messages.ClientPacket.decode(bytes, 0, bytes.size())
		"ServerPacket":
			return Messages.ServerPacket.decode(bytes, 0, bytes.size())
		"ServerMessage":
			return Messages.ServerMessage.decode(bytes, 0, bytes.size())
		_:
			return Messages.LockstepMessage.decode(bytes, 0, bytes.size())


func test_every_message_of_the_vectors_is_decoded_and_encoded_to_the_same_bytes() -> void:
	check(_vectors.messages.size() > 20, "there are vectors")
	for vector: Dictionary in _vectors.messages:
		var message := _decode(vector.message, (vector.hex as String).hex_decode())
		check(message != null, "%s is decoded" % vector.name)
		if message:
			equal(MessageJson.difference(MessageJson.says(message), vector.says), "", vector.name)
			equal(message.call("encode").hex_encode(), vector.hex, vector.name)


func test_every_packet_of_the_captured_session_is_encoded_to_the_same_bytes() -> void:
	check(_session.packets.size() > 100, "there are packets")
	for packet: Dictionary in _session.packets:
		var message := _decode("ClientPacket" if packet.from == "client" else "ServerPacket", (packet.hex as String).hex_decode())
		check(message != null, "the packet at %s ms is decoded" % packet.atMs)
		if message:
			equal(message.call("encode").hex_encode(), packet.hex, "at %s ms" % packet.atMs)


func test_a_truncated_message_is_another_message_or_malformed() -> void:
	for vector: Dictionary in _vectors.messages:
		var bytes := (vector.hex as String).hex_decode()
		for length: int in bytes.size():
			var message := _decode(vector.message, bytes.slice(0, length))
			check(not message or message.call("encode") != bytes, "%s, %d bytes of it" % [vector.name, length])


func test_bytes_beyond_those_that_were_named_are_not_read() -> void:
	for vector: Dictionary in _vectors.messages:
		var bytes := (vector.hex as String).hex_decode()
		if vector.message == "ServerMessage":
			var around := PackedByteArray([255, 255]) + bytes + PackedByteArray([255])
			var message := Messages.ServerMessage.decode(around, 2, 2 + bytes.size())
			check(message != null and message.encode() == bytes, vector.name)


func test_garbage_is_a_message_or_malformed() -> void:
	var random := RandomNumberGenerator.new()
	random.seed = 5
	var read := 0
	for i: int in 3000:
		var bytes := _damaged(random) if i % 3 else _random_bytes(random, random.randi_range(0, 60))
		for kind: String in ["ClientPacket", "ServerPacket", "ServerMessage", "LockstepMessage"]:
			var message := _decode(kind, bytes)
			if not message:
				continue
			read += 1
			var written: PackedByteArray = message.call("encode")
			var again := _decode(kind, written)
			check(again != null and again.call("encode") == written, "%s is written as it was read" % bytes.hex_encode())
			if kind == "ServerPacket":
				Checks.server_packet(message as Messages.ServerPacket)
			elif kind == "ClientPacket":
				InputChecks.client_packet(message as Messages.ClientPacket)
			elif kind == "ServerMessage":
				Checks.server_message(message as Messages.ServerMessage)
	check(read > 300, "%d of the damaged ones are still messages" % read)


func test_malformed_bytes_are_refused() -> void:
	for hex: String in [
		"08", "0880", "088080808080808080808001", # a number that is missing, does not end, has 11 bytes
		"0d000000", "09000000", # a value that ends too early
		"120a00", # a length beyond the end
		"12ffffffff0f", # a length of 2³²-1
		"0b", "0c", "0e", "0f", # kinds that are not used
		"0001", "0200", # field number 0
		"0a00", "0d00000000", # a number as bytes, and as a float
		"4801", # a snapshot as a number
		"4a0220ff", # one that is cut short within
		"4a050801120501", "4a04220208ff", # a length within a length
	]:
		check(_decode("ServerPacket", hex.hex_decode()) == null, hex)


func test_fields_of_a_later_version_are_ignored_up_to_256_bytes() -> void:
	var long := PackedByteArray()
	long.resize(256)
	# Fields 31 and 100: bytes, a number, 4 and 8 bytes; and the highest number that a field can have.
	var fields: Array[PackedByteArray] = [
		"fa018002".hex_decode() + long, "a0068080808080808080807f".hex_decode(), "a50601020304".hex_decode(), "a1060102030405060708".hex_decode(),
		"f8ffffff0f05".hex_decode(),
	]
	for field: PackedByteArray in fields:
		var bytes := PackedByteArray([8, 7]) + field + PackedByteArray([16, 6])
		var packet := Messages.ServerPacket.decode(bytes, 0, bytes.size())
		check(packet != null and packet.packet == 7 and packet.ack_packet == 6, field.hex_encode())
	var longer := "fa018102".hex_decode() + long + PackedByteArray([0])
	check(_decode("ServerPacket", longer) == null, "257 bytes")


func test_numbers_have_32_bits() -> void:
	var packet := Messages.ServerPacket.decode("08ffffffffffffffffff01".hex_decode(), 0, 11)
	equal(packet.packet, 0xffffffff)
	equal(packet.encode().hex_encode(), "08ffffffff0f")


func test_lists_are_read_packed_and_one_by_one_and_have_an_end() -> void:
	var mesh := Messages.Trimesh.decode("0d0000803f0a0800000040000040c01001120302ff01".hex_decode(), 0, 22)
	equal(mesh.vertices, PackedFloat32Array([1.0, 2.0, -3.0]))
	equal(mesh.indices, PackedInt32Array([1, 2, 255]))
	check(Messages.Trimesh.decode("0a03000000".hex_decode(), 0, 5) == null, "three bytes are no float")
	check(Messages.Trimesh.decode("120180".hex_decode(), 0, 3) == null, "a number that does not end")
	var many := PackedByteArray()
	for i: int in 1024:
		many.append_array(PackedByteArray([42, 0]))
	equal((_decode("ServerPacket", many) as Messages.ServerPacket).messages.size(), 1024)
	check(_decode("ServerPacket", many + PackedByteArray([42, 0])) == null, "1,025 messages")


func test_minus_zero_is_written_and_zero_is_not() -> void:
	var move := Messages.Move.new()
	# Not -0.0: GDScript keeps one constant for both.
	var zero := 0.0
	move.x = -zero
	equal(move.encode().hex_encode(), "0d00000080")
	equal(1.0 / Messages.Move.decode(move.encode(), 0, 5).x, -INF)
	move.x = zero
	equal(move.encode().size(), 0)


func test_a_vector_is_present_once_it_is_set() -> void:
	var drag := Messages.Drag.new()
	equal(drag.encode().size(), 0)
	drag.position = Vector3.ZERO
	drag.rotation = Quaternion(0, 0, 0, 0)
	equal(drag.encode().hex_encode(), "12001a00")
	var read := Messages.Drag.decode("12001a00".hex_decode(), 0, 4)
	check(read.has_position and read.has_rotation, "both are there")
	equal(read.rotation, Quaternion(0, 0, 0, 0))
	# z alone; x twice, of which the last counts; an unknown field between.
	equal(Messages.Drag.decode("12051d0000803f".hex_decode(), 0, 7).position, Vector3(0, 0, 1))
	equal(Messages.Drag.decode("120c0d0000803f48010d00000040".hex_decode(), 0, 14).position, Vector3(2, 0, 0))
	check(Messages.Drag.decode("12020801".hex_decode(), 0, 4) == null, "x as a whole number")


func test_the_case_of_a_message_is_what_was_set_last() -> void:
	var message := Messages.ServerMessage.new()
	equal(message.message_case, Messages.ServerMessage.MessageCase.NONE)
	message.notice = Messages.Notice.new()
	equal(message.message_case, Messages.ServerMessage.MessageCase.NOTICE)
	message.notice = null
	equal(message.message_case, Messages.ServerMessage.MessageCase.NONE)


func test_one_field_of_a_oneof_is_written_and_two_are_malformed() -> void:
	var input := Messages.PlayerInput.new()
	input.grab = Messages.Grab.new()
	input.release = Messages.Release.new()
	equal(input.encode().hex_encode(), "6a00")
	check(Messages.PlayerInput.decode("5a006a00".hex_decode(), 0, 4) == null, "a grab and a release")
	check(_decode("ServerMessage", "0a004a00".hex_decode()) == null, "a welcome and a notice")


func test_invalid_utf_8_is_read_without_an_error() -> void:
	var cases := {
		"41c3a9e282acf09f9880": "Aé€😀", "ff41": "\ufffdA", "41c3": "A\ufffd", "c0af": "\ufffd\ufffd", "eda080": "\ufffd\ufffd\ufffd",
		"f09f98": "\ufffd\ufffd\ufffd", "f490808041": "\ufffd\ufffd\ufffd\ufffdA", "410042": "A\ufffdB", "4142434445464748c3a9": "ABCDEFGHé",
	}
	for hex: String in cases:
		var bytes := hex.hex_decode()
		var notice := Messages.Notice.decode(PackedByteArray([10, bytes.size()]) + bytes, 0, bytes.size() + 2)
		equal(notice.text, cases[hex], hex)


func _random_bytes(random: RandomNumberGenerator, length: int) -> PackedByteArray:
	var bytes := PackedByteArray()
	for i: int in length:
		bytes.append(random.randi_range(0, 255))
	return bytes


## Damages a message of the vectors, as a bad network or a hostile peer does.
func _damaged(random: RandomNumberGenerator) -> PackedByteArray:
	var vectors: Array = _vectors.messages
	var bytes := (vectors[random.randi_range(0, vectors.size() - 1)].hex as String).hex_decode()
	for i: int in random.randi_range(1, 3):
		var at := random.randi_range(0, bytes.size() - 1)
		match random.randi_range(0, 2):
			0:
				bytes[at] = random.randi_range(0, 255)
			1:
				bytes.insert(at, random.randi_range(0, 255))
			_:
				bytes.append_array(bytes.slice(at))
	return bytes
