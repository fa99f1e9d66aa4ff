extends "../test_case.gd"
## The codec of the wire against the vectors and the captured session that the protocol's document describes (section 16).

const Messages := preload("res://addons/otherworld/wire/generated/messages.gd")
const MessageJson := preload("../message_json.gd")

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


func test_every_message_of_the_vectors_says_what_it_should_and_is_written_in_the_same_bytes() -> void:
	check(_vectors.messages.size() > 20, "there are vectors")
	for vector: Dictionary in _vectors.messages:
		var message := _decode(vector.message, (vector.hex as String).hex_decode())
		check(message != null, "%s is decoded" % vector.name)
		if message:
			equal(MessageJson.difference(MessageJson.says(message), vector.says), "", vector.name)
			equal(message.call("encode").hex_encode(), vector.hex, vector.name)


func test_every_packet_of_the_captured_session_is_written_in_the_same_bytes() -> void:
	check(_session.packets.size() > 100, "there are packets")
	for packet: Dictionary in _session.packets:
		var message := _decode("ClientPacket" if packet.from == "client" else "ServerPacket", (packet.hex as String).hex_decode())
		check(message != null, "the packet at %s ms is decoded" % packet.atMs)
		if message:
			equal(message.call("encode").hex_encode(), packet.hex, "at %s ms" % packet.atMs)
