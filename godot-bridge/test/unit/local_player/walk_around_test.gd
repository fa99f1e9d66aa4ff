extends "../../test_case.gd"
## Your own avatar walks around obstacles as in TypeScript (test/godot/walking-traces.ts), and knows those of packages.

const Collider := preload("res://addons/otherworld/packages/model/collider.gd")
const JsonReader := preload("res://addons/otherworld/packages/download/json_reader.gd")
const LocalAvatar := preload("res://addons/otherworld/local_player/prediction/local_avatar.gd")
const Messages := preload("res://addons/otherworld/wire/generated/messages.gd")
const MotionState := preload("res://addons/otherworld/local_player/prediction/motion_state.gd")
const Prediction := preload("res://addons/otherworld/local_player/prediction/prediction.gd")
const Solid := preload("res://addons/otherworld/local_player/prediction/obstacles/solid.gd")
const Terrain := preload("res://addons/otherworld/local_player/prediction/terrain.gd")
const WalkAround := preload("res://addons/otherworld/local_player/prediction/obstacles/walk_around.gd")

const TRACES := "../../../../fixtures/godot/walking.json"
const REALM := {
	tickRate = 60, gravity = {x = 0, y = -9.81, z = 0}, ground = {x = 50, z = 50}, reach = 6,
	bounds = {min = {x = -64, y = -8, z = -64}, max = {x = 64, y = 64, z = 64}},
}


func test_a_walk_around_obstacles_ends_where_it_ends_in_typescript() -> void:
	var worst := 0.0
	var usec := 0
	var walks := 0
	for trace: Dictionary in _traces():
		var walker := WalkAround.new()
		walker.solids = [Solid.ground(50.0, 50.0)]
		walker.solids.append_array(Solid.all_of(_colliders(trace.colliders), Vector3.ZERO, Quaternion.IDENTITY, trace.scale) as Array)
		for walk: Array in trace.walks:
			var from := Vector3(walk[0], walk[1], walk[2])
			var began := Time.get_ticks_usec()
			var grounded := walker.walk(from, Vector3(walk[3], walk[4], walk[5]), trace.halfHeight)
			usec += Time.get_ticks_usec() - began
			var metres := walker.to.distance_to(Vector3(walk[6], walk[7], walk[8]))
			worst = maxf(worst, metres)
			walks += 1
			check(metres < 0.002, "%s: from %s it ends at %s, %.4f m away" % [trace.name, from, walker.to, metres])
			equal(grounded, walk[9] == 1.0)
	print("         walks: at most %.6f m away, %d µs each" % [worst, usec / maxi(1, walks)])


func test_a_wall_of_a_package_stops_the_avatar_once_its_colliders_are_known() -> void:
	for is_known: bool in [false, true]:
		var own := LocalAvatar.new(1, REALM)
		var hash := "ab".repeat(32)
		var wall := Collider.new()
		wall.kind = Collider.Kind.BOX
		wall.half_extents = Vector3(3.0, 1.5, 0.1)
		wall.place.origin = Vector3(0.0, 1.5, -1.0)
		if is_known:
			own.colliders_of = func(wanted: String) -> Variant: return [wall] if wanted == hash else null
		var prop := OtherworldPropState.new()
		prop.element = 7
		prop.package = hash
		prop.motion = OtherworldPropState.Motion.STATIC
		prop.scale = 1.0
		var move := Messages.Move.new()
		move.z = -1.0
		own.set_move(move)
		own.reconcile(_answer(), 3, 13.0, 5.0, 50.0, {7: prop} as Dictionary[int, OtherworldPropState])
		own.move_sent(1, 14.0, 0)
		var avatar := OtherworldAvatarState.new()
		avatar.head_metres = 1.6
		own.place(avatar, 74.0, 1_000.0)
		near(avatar.position.z, -0.58 if is_known else -1.9, 0.01 if is_known else 0.2)


func test_an_answer_that_was_predicted_near_a_wall_moves_nothing() -> void:
	var prediction := Prediction.new(Terrain.new(REALM))
	var wall := Collider.new()
	wall.kind = Collider.Kind.BOX
	wall.half_extents = Vector3(3.0, 1.5, 0.1)
	wall.place.origin = Vector3(0.0, 1.5, -1.0)
	var solids: Array = [Solid.all_of([wall], Vector3.ZERO, Quaternion.IDENTITY, 1.0)]
	var obstacles := PackedVector3Array([Vector3(0.0, 4.0, 0.0)])
	prediction.reconcile(_answer(), 3, 13.0, 50.0, 5.0, obstacles, solids)
	var shown := MotionState.new()
	prediction.at(23.5, 100.0, shown)
	var before := shown.position
	var answer := _answer()
	answer.position.x = 0.001
	prediction.reconcile(answer, 6, 23.5, 100.0, 5.0, obstacles, solids)
	prediction.at(23.5, 100.0, shown)
	equal(shown.position, before)
	near(prediction.correction_metres, 0.001, 1e-5)
	answer.position.x = 0.1
	prediction.reconcile(answer, 9, 23.5, 100.0, 5.0, obstacles, solids)
	prediction.at(23.5, 1_000.0, shown)
	near(shown.position.x, 0.1, 0.001)


func _traces() -> Array:
	var path: String = (get_script() as Script).resource_path.get_base_dir().path_join(TRACES).simplify_path()
	return JSON.parse_string(FileAccess.get_file_as_string(path))


func _colliders(of: Array) -> Array:
	return Collider.read_list(JsonReader.new(), of, "colliders", 16)


func _answer() -> Messages.Own:
	var answer := Messages.Own.new()
	answer.grounded = true
	return answer
