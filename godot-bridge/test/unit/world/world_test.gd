extends "../../test_case.gd"
## The world, made from messages and snapshots.

const Messages := preload("res://addons/otherworld/wire/generated/messages.gd")
const Decoder := preload("res://addons/otherworld/wire/snapshot_decoder.gd")
const World := preload("res://addons/otherworld/world/world.gd")
## The error of SNP-3 and of 32-bit floats.
const METRES := 0.0011
const JOINT_METRES := 0.0016
const YAW := deg_to_rad(0.11)
const ROTATION := deg_to_rad(0.5)
const BONE := deg_to_rad(2.0)

var _emitted: Array[String] = []


func test_a_captured_session_ends_in_the_servers_state() -> void:
	var session := _json("session.json")
	var world := World.new()
	_listen(world)
	var last_tick := _play(session, world)
	# Everything is at rest there. Half a second later, the newest states are drawn.
	for i: int in 60:
		world.sample(last_tick + i)
	var end: Dictionary = session.end
	equal(world.avatars.size(), (end.avatars as Array).size())
	equal(world.props.size(), (end.props as Array).size())
	for avatar: Dictionary in end.avatars:
		_check_avatar(world.avatars.get(int(avatar.element)), avatar)
	for prop: Dictionary in end.props:
		_check_prop(world.props.get(int(prop.element)), prop)
	check("avatar_added" in _emitted and "prop_added" in _emitted, "nobody was told of elements: %s" % ", ".join(_emitted))


func test_states_of_an_element_before_its_description_are_kept() -> void:
	var decoder := Decoder.new()
	var world := _world(decoder)
	_receive_snapshot(world, decoder, 60, 7, 5.0)
	world.sample(60.0)
	equal(world.avatars.size(), 0)
	_tell_avatar(world, 7)
	equal(_emitted, [] as Array[String], "told before it has a place")
	world.sample(60.0)
	equal(_emitted, ["avatar_added"] as Array[String])
	near(world.avatars[7].position.x, 5.0, METRES)
	equal(world.local_avatar, world.avatars[7])


func test_a_late_snapshot_does_not_bring_back_a_removed_element() -> void:
	var decoder := Decoder.new()
	var world := _world(decoder)
	_tell_avatar(world, 7)
	_receive_snapshot(world, decoder, 60, 7, 5.0)
	world.sample(60.0)
	world.receive(_removed(7))
	_receive_snapshot(world, decoder, 63, 7, 5.0)
	world.sample(63.0)
	equal(world.avatars.size(), 0)
	equal(world.local_avatar, null)
	equal(_emitted, ["avatar_added", "avatar_removed"] as Array[String])


func test_after_another_welcome_elements_stay_the_same_objects() -> void:
	var world := _world(Decoder.new())
	var before := Decoder.new()
	world.welcome(before, Vector3.ZERO, 60, 1)
	for element: int in [7, 8]:
		_tell_avatar(world, element)
	for element: int in [20, 21]:
		_tell_prop(world, element, Vector3(element, 0.0, 0.0))
	_receive_snapshot(world, before, 60, 7, 5.0)
	_receive_snapshot(world, before, 60, 8, 6.0)
	world.sample(60.0)
	var avatar := world.avatars[7]
	var prop := world.props[20]
	var after := Decoder.new()
	world.welcome(after, Vector3.ZERO, 60, 1)
	world.sample(0.0)
	near(avatar.position.x, 5.0, METRES, "it stays where it was")
	_tell_avatar(world, 7)
	_tell_prop(world, 20, Vector3(3.0, 0.0, 0.0))
	_receive_snapshot(world, after, 200, 7, 9.0)
	world.sample(200.0)
	equal(world.avatars[7], avatar)
	equal(world.props[20], prop)
	near(avatar.position.x, 9.0, METRES)
	near(prop.position.x, 3.0, METRES)
	equal(world.avatars.has(8) and world.props.has(21), true, "what is not described yet is gone at once")
	_emitted.clear()
	world.sample(700.0)
	equal(world.avatars.has(8) or world.props.has(21), false, "an element that is not described again stays")
	equal(_emitted, ["avatar_removed", "prop_removed"] as Array[String])


func test_a_client_that_is_not_resumed_has_one_avatar() -> void:
	var decoder := Decoder.new()
	var world := _world(decoder)
	_tell_avatar(world, 7)
	_receive_snapshot(world, decoder, 60, 7, 5.0)
	world.sample(60.0)
	equal(world.local_avatar, world.avatars[7])
	decoder = Decoder.new()
	world.welcome(decoder, Vector3.ZERO, 60, 2)
	_tell_avatar(world, 8)
	_receive_snapshot(world, decoder, 70, 8, 0.0)
	world.sample(70.0)
	equal(world.avatars.keys(), [8] as Array[int])
	equal(world.local_avatar, world.avatars[8])
	equal(_emitted, ["avatar_added", "avatar_removed", "avatar_added"] as Array[String])


func test_changes_are_emitted() -> void:
	var world := _world(Decoder.new())
	_tell_prop(world, 20, Vector3.ONE)
	var message := Messages.ServerMessage.new()
	message.prop_changed = Messages.PropChanged.new()
	message.prop_changed.element = 20
	message.prop_changed.scale = 2.0
	message.prop_changed.holder = 4
	world.receive(message)
	equal(_emitted, ["prop_added", "prop_changed"] as Array[String])
	equal([world.props[20].scale, world.props[20].holder, world.props[20].access.to_bits()], [2.0, 4, 0])


func test_a_grab_and_a_release_are_emitted_with_the_avatar_of_the_holder() -> void:
	var world := _world(Decoder.new())
	_tell_avatar(world, 7)
	_tell_avatar(world, 8)
	_tell_prop(world, 20, Vector3.ONE, 2)
	var heard: Array = []
	world.prop_grabbed.connect(func(prop: OtherworldPropState, by: OtherworldAvatarState) -> void: heard.append([prop.element, "grabbed", by.element]))
	world.prop_released.connect(func(prop: OtherworldPropState, by: OtherworldAvatarState) -> void: heard.append([prop.element, "released", by.element]))
	world.receive(_held(20, 2))
	equal(heard, [], "it was held when it was described")
	world.receive(_held(20, 1))
	equal(heard, [[20, "released", 8], [20, "grabbed", 7]])
	heard.clear()
	world.receive(_removed(7))
	world.receive(_held(20, 0))
	equal(heard, [[20, "released", 7]], "the holder left")
	heard.clear()
	world.receive(_held(20, 2))
	world.receive(_removed(20))
	equal(heard, [[20, "grabbed", 8], [20, "released", 8]], "the prop was removed")


func test_a_grab_while_the_connection_was_lost_is_emitted() -> void:
	var world := _world(Decoder.new())
	_tell_avatar(world, 7)
	_tell_prop(world, 20, Vector3.ONE)
	var heard: Array = []
	world.prop_grabbed.connect(func(_prop: OtherworldPropState, by: OtherworldAvatarState) -> void: heard.append(by.element))
	world.prop_released.connect(func(_prop: OtherworldPropState, _by: OtherworldAvatarState) -> void: heard.append("released"))
	world.welcome(Decoder.new(), Vector3.ZERO, 60, 1)
	_tell_avatar(world, 7)
	_tell_prop(world, 20, Vector3.ONE, 1)
	equal(heard, [7])
	world.clear()
	equal(heard, [7], "what you leave is not released")


func test_a_displaced_prop_is_back_in_the_next_frame() -> void:
	var world := _world(Decoder.new())
	_tell_prop(world, 20, Vector3.ONE)
	for i: int in 3:
		world.sample(60.0 + i)
	world.displace(world.props[20], Vector3(9.0, 9.0, 9.0), Quaternion.IDENTITY)
	near_point(world.props[20].position, Vector3(9.0, 9.0, 9.0), 1e-6)
	world.sample(64.0)
	near_point(world.props[20].position, Vector3.ONE, 1e-6)


func test_nothing_is_drawn_farther_ahead_than_a_quarter_of_a_second() -> void:
	var decoder := Decoder.new()
	var world := _world(decoder)
	_tell_avatar(world, 7)
	_receive_snapshot(world, decoder, 60, 7, 5.0, 1.0)
	world.sample(66.0)
	near(world.avatars[7].position.x, 5.1, METRES)
	world.sample(90.0)
	near(world.avatars[7].position.x, 5.25, METRES)


func test_a_new_element_is_at_its_first_state_until_that_tick() -> void:
	var decoder := Decoder.new()
	var world := _world(decoder)
	_tell_avatar(world, 7)
	for i: int in 3:
		_receive_snapshot(world, decoder, 60 + 3 * i, 7, 5.0 + 0.05 * i, 1.0)
		world.sample(54.0 + 2.0 * i)
		near(world.avatars[7].position.x, 5.0, METRES, "before the first moment")
	world.sample(60.5)
	near(world.avatars[7].position.x, 5.0 + 0.5 / 60.0, METRES)


func _world(decoder: Decoder) -> World:
	_emitted.clear()
	var world := World.new()
	_listen(world)
	world.welcome(decoder, Vector3.ZERO, 60, 1)
	return world


## Receives a snapshot of one root at x that moves along x.
func _receive_snapshot(world: World, decoder: Decoder, tick: int, element: int, x: float, speed := 0.0) -> void:
	var bytes := PackedByteArray([1, element, 0, 0xef])
	bytes.resize(24)
	var steps := roundi((x + 64.0) * 1_000.0)
	bytes.encode_u16(4, steps & 0xffff)
	bytes[6] = steps >> 16
	bytes.encode_s16(15, roundi(speed * 50.0))
	bytes[21] = 1
	check(decoder.receive(tick, bytes, []), decoder.fault)
	world.apply_snapshot(tick)


func _tell_avatar(world: World, element: int) -> void:
	var message := Messages.ServerMessage.new()
	message.avatar_added = Messages.AvatarAdded.new()
	message.avatar_added.element = element
	message.avatar_added.player = element - 6
	world.receive(message)


func _held(element: int, holder: int) -> Messages.ServerMessage:
	var message := Messages.ServerMessage.new()
	message.prop_changed = Messages.PropChanged.new()
	message.prop_changed.element = element
	message.prop_changed.scale = 1.0
	message.prop_changed.holder = holder
	return message


func _tell_prop(world: World, element: int, position: Vector3, holder := 0) -> void:
	var message := Messages.ServerMessage.new()
	message.prop_added = Messages.PropAdded.new()
	message.prop_added.element = element
	message.prop_added.prop = Messages.PropSpec.new()
	message.prop_added.position = position
	message.prop_added.rotation = Quaternion.IDENTITY
	message.prop_added.holder = holder
	world.receive(message)


func _removed(element: int) -> Messages.ServerMessage:
	var message := Messages.ServerMessage.new()
	message.element_removed = Messages.ElementRemoved.new()
	message.element_removed.element = element
	return message


## Gives a session's packets to the world, in order and when each message's parts are complete. Returns the newest tick.
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
			world.receive(message)
		if said.snapshot:
			check(decoder.receive(said.snapshot.tick, said.snapshot.avatars, said.snapshot.props), decoder.fault)
			world.apply_snapshot(said.snapshot.tick)
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
		world.connect(event, func(_state: RefCounted) -> void: _emitted.append(event))


func _json(file: String) -> Dictionary:
	var folder := ProjectSettings.globalize_path("res://").path_join("../../fixtures/protocol").simplify_path()
	return JSON.parse_string(FileAccess.get_file_as_string(folder.path_join(file)))
