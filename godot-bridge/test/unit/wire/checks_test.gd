extends "../../test_case.gd"
## Checks of a server's packet, and of an input.

const Messages := preload("res://addons/otherworld/wire/generated/messages.gd")
const Checks := preload("res://addons/otherworld/wire/checks.gd")
const InputChecks := preload("res://addons/otherworld/wire/input_checks.gd")
const Values := preload("res://addons/otherworld/wire/values.gd")

static var _vectors: Dictionary = _json("vectors.json")
static var _session: Dictionary = _json("session.json")


static func _json(file: String) -> Dictionary:
	var folder := ProjectSettings.globalize_path("res://").path_join("../../fixtures/protocol").simplify_path()
	return JSON.parse_string(FileAccess.get_file_as_string(folder.path_join(file)))


## Returns the first message of the vectors with such a field.
static func _message(field: String) -> Messages.ServerMessage:
	for vector: Dictionary in _vectors.messages:
		if vector.message == "ServerMessage" and vector.says.has(field.to_camel_case()):
			var bytes := (vector.hex as String).hex_decode()
			return Messages.ServerMessage.decode(bytes, 0, bytes.size())
	return null


## Returns the error of a message whose field was changed. [param path] leads to the changed member.
func _said(field: String, path: Array, value: Variant) -> String:
	var message := _message(field)
	var holder: Variant = message.get(field)
	for step: Variant in path.slice(0, -1):
		holder = holder[step]
	holder[path[-1]] = value
	var packet := Messages.ServerPacket.new()
	packet.packet = 1
	packet.messages.append(message)
	var fault := Checks.server_packet(packet)
	equal(Checks.server_message(message), fault.replace("messages[0]", "message"), "alone and in a packet")
	return fault


func _own(change: Callable) -> String:
	var packet := Messages.ServerPacket.new()
	packet.packet = 1
	packet.snapshot = Messages.Snapshot.new()
	packet.snapshot.own = Messages.Own.new()
	packet.snapshot.own.position = Vector3.ZERO
	packet.snapshot.own.velocity = Vector3.ZERO
	change.call(packet.snapshot.own)
	return Checks.server_packet(packet)


func _starts(said: String, expected: String) -> void:
	check(said.begins_with(expected), "said \"%s\", expected \"%s…\"" % [said, expected])


func test_packets_of_a_server_are_valid() -> void:
	for vector: Dictionary in _vectors.messages:
		var bytes := (vector.hex as String).hex_decode()
		if vector.message == "ServerPacket":
			equal(Checks.server_packet(Messages.ServerPacket.decode(bytes, 0, bytes.size())), "", vector.name)
		elif vector.message == "ServerMessage":
			equal(Checks.server_message(Messages.ServerMessage.decode(bytes, 0, bytes.size())), "", vector.name)
	for packet: Dictionary in _session.packets:
		var bytes := (packet.hex as String).hex_decode()
		if packet.from == "server":
			equal(Checks.server_packet(Messages.ServerPacket.decode(bytes, 0, bytes.size())), "")
		else:
			equal(InputChecks.client_packet(Messages.ClientPacket.decode(bytes, 0, bytes.size())), "")


func test_valid_client_packets_of_the_vectors_pass_and_invalid_ones_are_refused() -> void:
	check(_vectors.refused.size() > 8, "there are vectors")
	for vector: Dictionary in _vectors.messages + _vectors.refused:
		if vector.message == "ClientPacket":
			var bytes := (vector.hex as String).hex_decode()
			var fault := InputChecks.client_packet(Messages.ClientPacket.decode(bytes, 0, bytes.size()))
			check((fault == "") == vector.has("says"), "%s: \"%s\"" % [vector.name, fault])


func test_a_message_is_refused_with_the_field_and_what_is_wrong_with_it() -> void:
	_starts(_said("welcome", ["tick_rate"], 0), "messages[0].welcome.tick_rate: is 0; a whole number from 1 to 1000 is needed")
	_starts(_said("welcome", ["tick_rate"], 1001), "messages[0].welcome.tick_rate: is 1001")
	_starts(_said("welcome", ["player"], 0), "messages[0].welcome.player: is 0")
	_starts(_said("welcome", ["user"], 0), "messages[0].welcome.user: is 0")
	_starts(_said("avatar_added", ["element"], 0), "messages[0].avatar_added.element: is 0")
	_starts(_said("avatar_added", ["player"], 0), "messages[0].avatar_added.player: is 0")
	_starts(_said("avatar_added", ["user"], 0), "messages[0].avatar_added.user: is 0")
	_starts(_said("avatar_added", ["name"], ""), "messages[0].avatar_added.name: has 0 characters")
	_starts(_said("avatar_added", ["package"], PackedByteArray([1])), "messages[0].avatar_added.package: has 1 bytes; 32 are needed")
	_starts(_said("avatar_added", ["head_metres"], NAN), "messages[0].avatar_added.head_metres: is nan")
	_starts(_said("avatar_changed", ["element"], 0), "messages[0].avatar_changed.element: is 0")
	_starts(_said("avatar_changed", ["head_metres"], INF), "messages[0].avatar_changed.head_metres: is inf")
	_starts(_said("element_removed", ["element"], 0), "messages[0].element_removed.element: is 0")
	_starts(_said("prop_changed", ["element"], 0), "messages[0].prop_changed.element: is 0")
	_starts(_said("prop_changed", ["scale"], NAN), "messages[0].prop_changed.scale: is nan")
	_starts(_said("prop_changed", ["access"], 64), "messages[0].prop_changed.access: is 64")
	_starts(_said("command_done", ["sequence"], 0), "messages[0].command_done.sequence: is 0")
	_starts(_said("command_rejected", ["sequence"], 0), "messages[0].command_rejected.sequence: is 0")
	_starts(_said("hash_sample", ["hash"], PackedByteArray()), "messages[0].hash_sample.hash: has 0 bytes; 8 are needed")


func test_a_prop_is_refused_with_the_field_and_what_is_wrong_with_it() -> void:
	_starts(_said("prop_added", ["element"], 0), "messages[0].prop_added.element: is 0")
	_starts(_said("prop_added", ["prop"], null), "messages[0].prop_added.prop: is missing")
	_starts(_said("prop_added", ["has_position"], false), "messages[0].prop_added.position: is missing")
	_starts(_said("prop_added", ["position"], Vector3(NAN, 0, 0)), "messages[0].prop_added.position: is (nan")
	_starts(_said("prop_added", ["has_rotation"], false), "messages[0].prop_added.rotation: is missing")
	_starts(_said("prop_added", ["rotation"], Quaternion(0, 0, 0, 2)), "messages[0].prop_added.rotation: (0, 0, 0, 2) is not a unit")
	_starts(_said("prop_added", ["rotation"], Quaternion(NAN, 0, 0, 1)), "messages[0].prop_added.rotation: (nan")
	_starts(_said("prop_added", ["scale"], INF), "messages[0].prop_added.scale: is inf")
	_starts(_said("prop_added", ["access"], 64), "messages[0].prop_added.access: is 64")
	_starts(_said("prop_added", ["package"], PackedByteArray([1])), "messages[0].prop_added.package: has 1 bytes")
	_starts(_said("prop_added", ["prop", "name"], "a\nb"), "messages[0].prop_added.prop.name: has a character that cannot be seen (U+000A)")
	_starts(_said("prop_added", ["prop", "name"], "x".repeat(65)), "messages[0].prop_added.prop.name: has 65 characters")
	_starts(_said("prop_added", ["prop", "motion"], 3), "messages[0].prop_added.prop.motion: is 3")
	_starts(_said("prop_added", ["prop", "color"], 1 << 24), "messages[0].prop_added.prop.color: is 16777216")
	_starts(_said("prop_added", ["prop", "density"], NAN), "messages[0].prop_added.prop.density: is nan")
	_starts(_said("prop_added", ["prop", "colliders"], [] as Array[Messages.Collider]), "messages[0].prop_added.prop.colliders: has 0 items")
	_starts(_said("prop_added", ["prop", "colliders", 0, "has_position"], false), "messages[0].prop_added.prop.colliders[0].position: is missing")
	_starts(_said("prop_added", ["prop", "colliders", 0, "shape_case"], 0), "messages[0].prop_added.prop.colliders[0].shape: is missing or of a kind")


func test_a_shape_is_refused_with_what_is_wrong_with_it() -> void:
	var mesh := Messages.Trimesh.new()
	mesh.vertices = [0, 0, 0, 1, 0, 0, 0, 1, 0]
	mesh.indices = [0, 1, 2]
	var collider := Messages.Collider.new()
	collider.position = Vector3.ZERO
	collider.rotation = Quaternion.IDENTITY
	collider.trimesh = mesh
	equal(Values.collider(collider, "it"), "")
	mesh.indices = [0, 1, 3]
	_starts(Values.collider(collider, "it"), "it.trimesh.indices: name a vertex beyond the 3 that there are")
	mesh.indices = [0, 1, -1]
	_starts(Values.collider(collider, "it"), "it.trimesh.indices: name a vertex")
	mesh.indices = [0, 1, 2, 0]
	_starts(Values.collider(collider, "it"), "it.trimesh.indices: has 4 numbers; three make a triangle")
	mesh.vertices = [0, 0, 0, 1, 0, 0, 0, NAN, 0]
	_starts(Values.collider(collider, "it"), "it.trimesh.vertices: holds nan")
	collider.convex = Messages.Convex.new()
	collider.convex.points = [0, 0, 0, 1, 0, 0, 0, 1, 0]
	_starts(Values.collider(collider, "it"), "it.convex.points: has 9 items; 12 to 192 are allowed")
	collider.sphere = Messages.Sphere.new()
	collider.sphere.radius = NAN
	_starts(Values.collider(collider, "it"), "it.sphere.radius: is nan")
	collider.box = Messages.Box.new()
	_starts(Values.collider(collider, "it"), "it.box.half_extents: is missing")
	collider.capsule = Messages.Capsule.new()
	collider.capsule.half_height = INF
	_starts(Values.collider(collider, "it"), "it.capsule.half_height: is inf")


func test_a_packet_without_a_number_or_of_an_unknown_message_is_refused() -> void:
	equal(Checks.server_packet(null), "the bytes are not a packet of a server")
	equal(Checks.server_message(null), "the bytes are not a message of a server")
	equal(Checks.server_packet(Messages.ServerPacket.new()), "packet: is 0; packets are numbered from 1")
	# Field 31 of a later version, an empty message.
	var bytes := "08012a03fa0100".hex_decode()
	var packet := Messages.ServerPacket.decode(bytes, 0, bytes.size())
	equal(Checks.server_packet(packet), "messages[0]: is missing or of a kind that this version does not know")


func test_values_of_the_own_avatar_have_limits() -> void:
	equal(_own(func(given: Messages.Own) -> void: given.yaw = 0.5), "")
	_starts(_own(func(given: Messages.Own) -> void: given.yaw = 6.8e37), "snapshot.own.yaw: is ")
	_starts(_own(func(given: Messages.Own) -> void: given.velocity = Vector3(3e38, 0, 0)), "snapshot.own.velocity: is ")
	_starts(_own(func(given: Messages.Own) -> void: given.position = Vector3(0, 0, -70000)), "snapshot.own.position: is ")
	_starts(_own(func(given: Messages.Own) -> void: given.has_velocity = false), "snapshot.own.velocity: is missing")
	_starts(_own(func(given: Messages.Own) -> void: given.move_sequence = 1), "snapshot.own.move_ticks: is 0; a whole number from 1")


func test_names_have_characters_that_are_seen() -> void:
	for name: String in ["Ada", "Zoë", "李小龍", "हिन्दी", "👩‍🚀", "❤️‍🔥", "1️⃣", "葛" + char(0xe0100), "a b", "x".repeat(32)]:
		equal([Values.name(name, "name"), Values.label(name, "name")], ["", ""], name)
	for name: String in ["", " a", "a ", "a\u200bb", "a\u202eb", "\u200da", "a\u00a0b", "a\nb", "x".repeat(65), "\ufffd", "\u3164", "a\u115f", "\uffa0", "\u2800", char(0x13441), "\u0301", "a\u200db", "\u3164\ufe0f"]:
		check(Values.name(name, "name") != "" and Values.label(name, "name") != "", "\"%s\" is refused" % name)
	check(Values.name("x".repeat(33), "name") != "" and Values.label("x".repeat(33), "name") == "", "how long a name may be")


func test_an_input_that_would_end_the_connection_is_refused_before() -> void:
	var input := Messages.PlayerInput.new()
	equal(InputChecks.input(input), "input: a client does not send such an input here")
	input.drag = Messages.Drag.new()
	_starts(InputChecks.input(input), "input.sequence: is 0")
	input.sequence = 1
	_starts(InputChecks.input(input), "input.drag.position: is missing")
	input.drag.position = Vector3(NAN, 0, 0)
	_starts(InputChecks.input(input), "input.drag.position: is (nan")
	input.drag.position = Vector3.ZERO
	input.drag.rotation = Quaternion(0, 0, 0, 0.5)
	_starts(InputChecks.input(input), "input.drag.rotation: (0, 0, 0, 0.5) is not a unit quaternion")
	input.drag.rotation = Quaternion.IDENTITY
	equal(InputChecks.input(input), "")
	input.scale = Messages.Scale.new()
	input.scale.scale = 1e300
	_starts(InputChecks.input(input), "input.scale.scale: is 1e+300")
	input.grab = Messages.Grab.new()
	input.grab.element = -1
	_starts(InputChecks.input(input), "input.grab.element: is -1")
