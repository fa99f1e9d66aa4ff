extends SceneTree
## Writes random packets and their content as JSON, for test/e2e/godot/godot-wire.test.ts:
## [code]-- FILE SEED COUNT[/code] gives [code][{"message", "hex", "says"}, …][/code], COUNT of each side.

const MessageJson := preload("message_json.gd")
const RandomPackets := preload("random_packets.gd")


func _initialize() -> void:
	var arguments := OS.get_cmdline_user_args()
	var maker := RandomPackets.new(arguments[1].to_int())
	var packets: Array[Dictionary] = []
	for i: int in arguments[2].to_int():
		var sent := maker.client_packet()
		packets.append({"message": "ClientPacket", "hex": sent.encode().hex_encode(), "says": MessageJson.says(sent)})
		var received := maker.server_packet()
		packets.append({"message": "ServerPacket", "hex": received.encode().hex_encode(), "says": MessageJson.says(received)})
	var file := FileAccess.open(arguments[0], FileAccess.WRITE)
	file.store_string(JSON.stringify(packets, "", true, true))
	quit()
