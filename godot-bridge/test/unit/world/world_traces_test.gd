extends "../../test_case.gd"
## Clock, playback and tracks behave as in netcode/client: fixtures/godot/clock.json, playback.json and tracks.json.

const Messages := preload("res://addons/otherworld/wire/generated/messages.gd")
const Decoder := preload("res://addons/otherworld/wire/snapshot_decoder.gd")
const Playback := preload("res://addons/otherworld/world/playback.gd")
const ServerClock := preload("res://addons/otherworld/world/server_clock.gd")
const World := preload("res://addons/otherworld/world/world.gd")
const NEAR := 1e-4
const ARRIVAL := 0.0
## Limit of printed differences of one trace.
const TOLD_MAX := 5

var _differences := 0


func test_playback_draws_the_same_ticks() -> void:
	for line: Dictionary in _json("playback.json"):
		var playback := Playback.new(60)
		for event: Array in line.events:
			if event[0] == ARRIVAL:
				playback.record_snapshot(int(event[2]), event[1] as float)
			else:
				var drawn := playback.draw_tick(event[1] as float)
				_same([drawn, playback.delay_msec(), playback.jitter_msec, playback.rate], event.slice(2),
						"%s, %s msec" % [line.name, event[1]])


func test_the_clock_estimates_the_same_ticks() -> void:
	for line: Dictionary in _json("clock.json"):
		var clock := ServerClock.new(60)
		for event: Array in line.events:
			if event[0] == ARRIVAL:
				clock.round_trip(event[3] as float, event[1] as float)
				clock.record_snapshot(int(event[2]), event[1] as float)
			else:
				var tick := clock.server_tick(event[1] as float)
				_same([tick, clock.drift_ppm, clock.steps], event.slice(2), "%s, %s msec" % [line.name, event[1]])


func test_tracks_draw_the_same_world() -> void:
	var trace: Dictionary = _json("tracks.json")
	var decoder := Decoder.new()
	var world := World.new()
	world.welcome(decoder, _point(trace.boundsMin), 60, 0)
	_describe(world, trace)
	var draws := 0
	for event: Dictionary in trace.events:
		if not event.has("draw"):
			check(decoder.receive(int(event.tick), (event.avatars as String).hex_decode(), (event.props as String).hex_decode()), decoder.fault)
			world.apply_snapshot(int(event.tick))
			continue
		world.sample(event.draw as float)
		draws += 1
		equal(world.avatars.size(), (event.avatars as Array).size())
		for avatar: Dictionary in event.avatars:
			_check_avatar(world.avatars[int(avatar.element)], avatar, event.draw as float)
		for prop: Dictionary in event.props:
			var seen := world.props[int(prop.element)]
			_same(_numbers(seen.position) + _turned(seen.rotation) + [int(seen.is_asleep)], prop.at,
					"tick %s, prop %d" % [event.draw, prop.element])
	check(draws > 100, "only %d were drawn" % draws)


func _check_avatar(seen: OtherworldAvatarState, drawn: Dictionary, tick: float) -> void:
	var what := "tick %s, avatar %d" % [tick, drawn.element]
	var root: Array = drawn.root
	# The same heading may be 0 or a full turn.
	var yaw := (root[3] as float) + angle_difference(root[3] as float, seen.yaw)
	_same(_numbers(seen.position) + [yaw] + _numbers(seen.velocity) + [int(seen.is_grounded) + 2 * int(seen.is_flying)], root, what)
	equal(seen.has_pose, drawn.pose != null, what)
	if drawn.pose == null:
		return
	var pose: Array = []
	for joint: Transform3D in [seen.head, seen.left_hand, seen.right_hand]:
		pose += _numbers(joint.origin) + _turned(joint.basis.get_rotation_quaternion())
	for i: int in [3, 10, 17]:
		_flip(pose, i, drawn.pose as Array)
	_same(pose, drawn.pose, what + " pose")
	for i: int in 18:
		var bone: Variant = drawn.bones[i]
		equal((seen.bone_mask & (1 << i)) != 0, bone != null, "%s bone %d is sent" % [what, i])
		if bone != null:
			_same(_turned(seen.bones[i]), bone as Array, "%s bone %d" % [what, i])


## A rotation and its negative are the same. Returns the numbers from [param at] with the signs of [param other].
func _flip(numbers: Array, at: int, other: Array) -> void:
	var dot := 0.0
	for i: int in range(at, at + 4):
		dot += (numbers[i] as float) * (other[i] as float)
	if dot < 0.0:
		for i: int in range(at, at + 4):
			numbers[i] = -(numbers[i] as float)


func _same(got: Array, expected: Array, what: String) -> void:
	for i: int in expected.size():
		if absf((got[i] as float) - (expected[i] as float)) > NEAR:
			_differences += 1
			if _differences <= TOLD_MAX:
				check(false, "%s: got %s, expected %s" % [what, got, expected])
			return


func _describe(world: World, trace: Dictionary) -> void:
	for element: float in trace.avatars:
		var message := Messages.ServerMessage.new()
		message.avatar_added = Messages.AvatarAdded.new()
		message.avatar_added.element = int(element)
		message.avatar_added.player = 1
		world.receive(message)
	for prop: Dictionary in trace.props:
		var message := Messages.ServerMessage.new()
		message.prop_added = Messages.PropAdded.new()
		message.prop_added.element = int(prop.element)
		message.prop_added.prop = Messages.PropSpec.new()
		message.prop_added.scale = 1.0
		var at: Array = prop.at
		message.prop_added.position = Vector3(at[0] as float, at[1] as float, at[2] as float)
		message.prop_added.rotation = Quaternion(at[3] as float, at[4] as float, at[5] as float, at[6] as float)
		world.receive(message)


func _numbers(point: Vector3) -> Array:
	return [point.x, point.y, point.z]


func _turned(q: Quaternion) -> Array:
	return [q.x, q.y, q.z, q.w]


func _point(of: Dictionary) -> Vector3:
	return Vector3(of.x as float, of.y as float, of.z as float)


func _json(file: String) -> Variant:
	_differences = 0
	var folder := ProjectSettings.globalize_path("res://").path_join("../../fixtures/godot").simplify_path()
	return JSON.parse_string(FileAccess.get_file_as_string(folder.path_join(file)))
