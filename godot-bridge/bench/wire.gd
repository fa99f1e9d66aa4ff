extends SceneTree
## Measures the codec of the wire; medians of many rounds:
## [codeblock]
## godot --headless --path godot-bridge/demo -s "$PWD/godot-bridge/bench/wire.gd"
## [/codeblock]
## The packets are from the captured session (fixtures/protocol/session.json) and the vectors. A snapshot's blocks are copied, not decoded.

const Messages := preload("res://addons/otherworld/wire/generated/messages.gd")
const Checks := preload("res://addons/otherworld/wire/checks.gd")
const ROUNDS := 301
## Calls in a round, so that a round is long compared with the clock's resolution.
const CALLS := 100

var _vectors: Dictionary = _json("vectors.json")
var _session: Dictionary = _json("session.json")


func _initialize() -> void:
	var snapshots: Array[PackedByteArray] = []
	for packet: Dictionary in _session.packets:
		if packet.from == "server" and Messages.ServerPacket.decode(_bytes(packet), 0, _bytes(packet).size()).snapshot:
			snapshots.append(_bytes(packet))
	_measure("decode a packet with a snapshot and own", snapshots, func(bytes: PackedByteArray) -> void:
		Messages.ServerPacket.decode(bytes, 0, bytes.size()))
	_measure("the same, and check it", snapshots, func(bytes: PackedByteArray) -> void:
		Checks.server_packet(Messages.ServerPacket.decode(bytes, 0, bytes.size())))
	_measure("nothing (the measurement itself)", snapshots, func(_bytes_given: PackedByteArray) -> void: pass)
	for says: String in ["avatarAdded", "propAdded", "welcome"]:
		_measure("decode and check %s" % says, _with_field(says), func(bytes: PackedByteArray) -> void:
			Checks.server_message(Messages.ServerMessage.decode(bytes, 0, bytes.size())))
	var moves: Array[Messages.ClientPacket] = []
	for packet: Dictionary in _session.packets:
		if packet.from == "client":
			moves.append(Messages.ClientPacket.decode(_bytes(packet), 0, _bytes(packet).size()))
	_measure("encode a packet of the session", moves, func(packet: Messages.ClientPacket) -> void: packet.encode())
	quit()


func _with_field(field: String) -> Array:
	return _vectors.messages.filter(func(vector: Dictionary) -> bool: return vector.message == "ServerMessage" and vector.says.has(field)).map(_bytes)


static func _json(file: String) -> Dictionary:
	var folder := ProjectSettings.globalize_path("res://").path_join("../../fixtures/protocol").simplify_path()
	return JSON.parse_string(FileAccess.get_file_as_string(folder.path_join(file)))


static func _bytes(holder: Dictionary) -> PackedByteArray:
	return (holder.hex as String).hex_decode()


func _measure(what: String, on: Array, work: Callable) -> void:
	var times := PackedFloat64Array()
	for round: int in ROUNDS:
		var began := Time.get_ticks_usec()
		for call: int in CALLS:
			work.call(on[call % on.size()])
		times.append(float(Time.get_ticks_usec() - began) / CALLS)
	times.sort()
	@warning_ignore("integer_division")
	print("%-42s %7.2f µs (p95 %.2f)" % [what, times[ROUNDS / 2], times[ROUNDS * 95 / 100]])
