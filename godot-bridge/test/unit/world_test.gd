extends "../test_case.gd"
## The world from messages and snapshots: a captured session ends as the server had it.

const Messages := preload("res://addons/otherworld/wire/generated/messages.gd")
const Decoder := preload("res://addons/otherworld/wire/snapshot_decoder.gd")
const World := preload("res://addons/otherworld/world/world.gd")
## SNP-3, and what 32-bit floats add.
const METRES := 0.0011
const JOINT_METRES := 0.0016
const YAW := deg_to_rad(0.11)
const ROTATION := deg_to_rad(0.5)
const BONE := deg_to_rad(2.0)

var _told: Array[String] = []


func test_a_captured_session_ends_as_the_server_had_it() -> void:
	var session := _json("session.json")
	var world := World.new()
	_listen(world)
	var last_tick := _play(session, world)
	# Everything has come to rest there: half a second on, the newest states are what is drawn.
	for i: int in 60:
		world.sample(last_tick + i)
	var end: Dictionary = session.end
	equal(world.avatars.size(), (end.avatars as Array).size())
	equal(world.props.size(), (end.props as Array).size())
	for avatar: Dictionary in end.avatars:
		_check_avatar(world.avatars.get(int(avatar.element)), avatar)
	for prop: Dictionary in end.props:
		_check_prop(world.props.get(int(prop.element)), prop)
	check("avatar_added" in _told and "prop_added" in _told, "nobody was told of elements: %s" % ", ".join(_told))


## Gives a session's packets from the server to the world, in order and as each message's parts are whole; the newest tick.
func _play(session: Dictionary, world: World) -> int:
	var decoder := Decoder.new()
	var waiting: Dictionary[int, Messages.ServerMessage] = {}
	var parts: PackedByteArray = []
	var next := 1
	var newest := 0
	for packet: Dictionary in session.packets:
		if packet.from != "server":
			continue
		var bytes := (packet.hex as String).hex_decode()
		var said := Messages.ServerPacket.decode(bytes, 0, bytes.size())
		for i: int in said.messages.size():
			waiting[said.first_message + i] = said.messages[i]
		while waiting.has(next):
			var message := waiting[next]
			next += 1
			if message.message_case == Messages.ServerMessage.MessageCase.PART:
				parts.append_array(message.part.bytes)
				if not message.part.last:
					continue
				message = Messages.ServerMessage.decode(parts, 0, parts.size())
				parts = []
			if message.message_case == Messages.ServerMessage.MessageCase.WELCOME:
				var definition: Dictionary = JSON.parse_string(message.welcome.definition)
				var least: Dictionary = definition.bounds.min
				world.welcome(decoder, Vector3(least.x, least.y, least.z), message.welcome.tick_rate, message.welcome.player)
			world.tell(message)
		if said.snapshot:
			check(decoder.take(said.snapshot.tick, said.snapshot.avatars, said.snapshot.props), decoder.fault)
			world.show(said.snapshot.tick)
			newest = maxi(newest, said.snapshot.tick)
			world.sample(newest - 6.0)
	check(newest > 0, "the session has no snapshot")
	return newest


func _check_avatar(seen: OtherworldAvatarState, truth: Dictionary) -> void:
	var what := "avatar %d" % truth.element
	if not seen:
		check(false, what + " is not there")
		return
	equal(seen.name, truth.name as String, what)
	equal(seen.player, int(truth.player), what)
	_near_each(seen.position, _point(truth.position), METRES, what)
	near(absf(angle_difference(seen.yaw, truth.yaw as float)), 0.0, YAW, what + " yaw")
	equal(seen.has_pose, truth.head != null, what)
	if truth.head == null:
		return
	_near_each(seen.head.origin, _point(truth.head), JOINT_METRES, what + " head")
	for i: int in 18:
		var bone: Variant = truth.bones[i]
		equal((seen.bone_mask & (1 << i)) != 0, bone != null, "%s bone %d" % [what, i])
		if bone != null:
			near(seen.bones[i].angle_to(_rotation(bone)), 0.0, BONE, "%s bone %d" % [what, i])


func _check_prop(seen: OtherworldPropState, truth: Dictionary) -> void:
	var what := "prop %d" % truth.element
	if not seen:
		check(false, what + " is not there")
		return
	equal(seen.name, truth.name as String, what)
	equal(seen.holder, int(truth.holder), what)
	near(seen.scale, truth.scale as float, 1e-6, what)
	_near_each(seen.position, _point(truth.position), METRES, what)
	near(seen.rotation.angle_to(_rotation(truth.rotation)), 0.0, ROTATION, what + " rotation")


func _near_each(seen: Vector3, truth: Vector3, most: float, what: String) -> void:
	var off := (seen - truth).abs()
	near(maxf(off.x, maxf(off.y, off.z)), 0.0, most, what)


func _point(of: Dictionary) -> Vector3:
	return Vector3(of.x as float, of.y as float, of.z as float)


func _rotation(of: Dictionary) -> Quaternion:
	return Quaternion(of.x as float, of.y as float, of.z as float, of.w as float).normalized()


func _listen(world: World) -> void:
	for event: String in ["avatar_added", "avatar_changed", "avatar_removed", "prop_added", "prop_changed", "prop_removed"]:
		world.connect(event, func(_state: RefCounted) -> void: _told.append(event))


func _json(file: String) -> Dictionary:
	var folder := ProjectSettings.globalize_path("res://").path_join("../../fixtures/protocol").simplify_path()
	return JSON.parse_string(FileAccess.get_file_as_string(folder.path_join(file)))
