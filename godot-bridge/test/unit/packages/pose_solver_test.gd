extends "../../test_case.gd"
## Poses of bodies equal those of the simulation and its retargeting (fixtures/godot/skeleton.json).

const AvatarBody := preload("res://addons/otherworld/packages/avatar/avatar_body.gd")
const Manifest := preload("res://addons/otherworld/packages/download/manifest.gd")
const JsonReader := preload("res://addons/otherworld/packages/download/json_reader.gd")
const Rig := preload("res://addons/otherworld/packages/avatar/rig.gd")
const PoseSolver := preload("res://addons/otherworld/packages/avatar/pose_solver.gd")

## Tolerance: Godot computes with 32 bits, and the traces have six decimals.
const METRES := 2e-4
const ROTATION := 4e-4


func test_bones_stand_where_the_simulation_puts_them() -> void:
	for figure: Dictionary in _figures():
		var body := _body(figure)
		for step: Dictionary in figure.steps as Array:
			var solver := _solved(body, step.pose)
			for i: int in 18:
				var bone: Array = (step.bones as Array)[i]
				near_point(solver.positions[i], _vector(bone, 0), METRES, "%s %s" % [figure.name, AvatarBody.BONES[i]])
				_near_turn(solver.rotations[i], _turn(bone, 3), "%s %s" % [figure.name, AvatarBody.BONES[i]])


func test_nodes_are_turned_as_the_retargeting_turns_them() -> void:
	for figure: Dictionary in _figures().slice(1):
		var body := _body(figure)
		var rig := Rig.of(_joints(figure), _nodes(figure))
		var turns: Array[Quaternion] = []
		turns.resize(rig.joints.size())
		for step: Dictionary in figure.steps as Array:
			var solver := _solved(body, step.pose)
			rig.turn_by_bones(solver.rotations, turns)
			_check_nodes(figure, step, rig, turns, solver.positions[PoseSolver.HIPS])


func test_local_rotations_give_the_same_without_the_bones() -> void:
	for figure: Dictionary in _figures().slice(1):
		var rig := Rig.of(_joints(figure), _nodes(figure))
		check(rig.takes_locals(), "%s does not take them" % figure.name)
		var turns: Array[Quaternion] = []
		turns.resize(rig.joints.size())
		for step: Dictionary in figure.steps as Array:
			if step.pose == null or int((step.pose as Dictionary).mask as float) == 0:
				continue
			rig.turn_by_locals(_locals(step.pose as Dictionary), turns)
			_check_nodes(figure, step, rig, turns, _vector((step.bones as Array)[0] as Array, 0))


func test_a_skeleton_of_the_bodys_own_bones_takes_their_rotations() -> void:
	var rig := Rig.of_body()
	equal(rig.joints, AvatarBody.BONES)
	equal(rig.head, AvatarBody.HEAD)
	var random := RandomNumberGenerator.new()
	random.seed = 3
	var locals: Array[Quaternion] = []
	for i: int in 18:
		locals.append(Quaternion.from_euler(Vector3(random.randf(), random.randf(), random.randf())))
	var turns: Array[Quaternion] = []
	turns.resize(18)
	rig.turn_by_locals(locals, turns)
	for i: int in 18:
		_near_turn(turns[i], locals[i], AvatarBody.BONES[i])
	near_point(rig.hips_translation(Vector3(1, 2, 3)), Vector3(1, 2, 3), 1e-6)


func _check_nodes(figure: Dictionary, step: Dictionary, rig: Rig, turns: Array[Quaternion], hips: Vector3) -> void:
	var expected: Array = step.nodes
	equal(rig.joints.size(), expected.size(), figure.name as String)
	for row: Array in expected:
		var at := rig.joints.find(row[0] as String)
		check(at >= 0, "%s has no %s" % [figure.name, row[0]])
		_near_turn(turns[at], _turn(row, 1), "%s %s" % [figure.name, row[0]])
	equal(rig.joints[rig.hips], (step.hips as Array)[0])
	near_point(rig.hips_translation(hips), _vector(step.hips as Array, 1), METRES, "%s hips" % figure.name)


func _solved(body: AvatarBody, pose: Variant) -> PoseSolver:
	var solver := PoseSolver.new()
	if pose == null:
		solver.set_rest_pose(body)
		return solver
	var it: Dictionary = pose
	if int(it.mask as float) == 0:
		solver.from_three_points(body, _joint(it.head as Array), _joint(it.left as Array), _joint(it.right as Array))
	else:
		solver.from_rotations(body, _locals(it), _vector(it.head as Array, 0))
	return solver


func _locals(pose: Dictionary) -> Array[Quaternion]:
	var locals: Array[Quaternion] = []
	for row: Array in pose.bones as Array:
		locals.append(_turn(row, 0))
	return locals


func _figures() -> Array:
	var path := ProjectSettings.globalize_path("res://").path_join("../../fixtures/godot/skeleton.json").simplify_path()
	var figures: Array = JSON.parse_string(FileAccess.get_file_as_string(path))
	check(figures.size() >= 4, "there are no traces")
	return figures


func _body(figure: Dictionary) -> AvatarBody:
	var reading := JsonReader.new()
	var body := AvatarBody.read(reading, figure.body, "body")
	equal(reading.fault, "")
	return body


func _joints(figure: Dictionary) -> Array[Manifest.Joint]:
	var joints: Array[Manifest.Joint] = []
	for row: Array in figure.joints as Array:
		var joint := Manifest.Joint.new()
		joint.node = row[0]
		joint.humanoid = row[1]
		joint.has_rest = true
		joint.rest = _turn(row, 2)
		joints.append(joint)
	return joints


func _nodes(figure: Dictionary) -> Array[Rig.RestNode]:
	var nodes: Array[Rig.RestNode] = []
	var names := PackedStringArray()
	for row: Array in figure.nodes as Array:
		var node := Rig.RestNode.new()
		node.name = row[0]
		node.parent = names.find(row[1] as String) if row[1] != null else -1
		node.translation = _vector(row, 2)
		node.rotation = _turn(row, 5)
		node.scale = _vector(row, 9)
		names.append(node.name)
		nodes.append(node)
	return nodes


func _near_turn(actual: Quaternion, expected: Quaternion, what: String) -> void:
	var sign_here := signf(actual.dot(expected))
	near(absf(actual.x - expected.x * sign_here) + absf(actual.y - expected.y * sign_here) + absf(actual.z - expected.z * sign_here) + absf(actual.w - expected.w * sign_here), 0.0, ROTATION, what)


static func _joint(row: Array) -> Transform3D:
	return Transform3D(Basis(_turn(row, 3)), _vector(row, 0))


static func _vector(row: Array, at: int) -> Vector3:
	return Vector3(row[at] as float, row[at + 1] as float, row[at + 2] as float)


static func _turn(row: Array, at: int) -> Quaternion:
	return Quaternion(row[at] as float, row[at + 1] as float, row[at + 2] as float, row[at + 3] as float).normalized()
