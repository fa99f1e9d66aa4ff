extends "../../test_case.gd"
## Meshes of a file without normals get flat ones, and others stay as they are.

const FlatNormals := preload("res://addons/otherworld/packages/model/flat_normals.gd")

## The corners of a square in the plane of X and Y, and one above its middle. Godot's triangles are clockwise from the
## front: the first faces +Z, the second +Y.
const POINTS: PackedVector3Array = [Vector3.ZERO, Vector3(1, 0, 0), Vector3(0, 1, 0), Vector3(0, 0, 1)]
const CORNERS: PackedInt32Array = [0, 2, 1, 0, 1, 3]


func test_each_triangle_gets_the_normal_of_its_front() -> void:
	var mesh := _after(_mesh(_arrays()))
	var arrays := mesh.get_surface_arrays(0)
	equal(arrays[Mesh.ARRAY_INDEX], null, "no vertex is shared")
	equal(arrays[Mesh.ARRAY_VERTEX], PackedVector3Array([POINTS[0], POINTS[2], POINTS[1], POINTS[0], POINTS[1], POINTS[3]]))
	var normals: PackedVector3Array = arrays[Mesh.ARRAY_NORMAL]
	for i: int in 6:
		near_point(normals[i], Vector3.BACK if i < 3 else Vector3.UP, 1e-6, "normal %d" % i)


func test_colours_and_bones_follow_their_vertices() -> void:
	var given := _arrays()
	given[Mesh.ARRAY_COLOR] = PackedColorArray([Color.RED, Color.GREEN, Color.BLUE, Color.WHITE])
	given[Mesh.ARRAY_BONES] = PackedInt32Array(range(16))
	given[Mesh.ARRAY_WEIGHTS] = PackedFloat32Array([1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0])
	given[Mesh.ARRAY_TANGENT] = PackedFloat32Array([1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1])
	var arrays := _after(_mesh(given)).get_surface_arrays(0)
	equal(arrays[Mesh.ARRAY_COLOR], PackedColorArray([Color.RED, Color.BLUE, Color.GREEN, Color.RED, Color.GREEN, Color.WHITE]))
	equal((arrays[Mesh.ARRAY_BONES] as PackedInt32Array).slice(4, 12), PackedInt32Array([8, 9, 10, 11, 4, 5, 6, 7]))
	equal((arrays[Mesh.ARRAY_WEIGHTS] as PackedFloat32Array).size(), 24)
	equal(arrays[Mesh.ARRAY_TANGENT], null, "tangents of a mesh without normals are ignored")


func test_a_morph_target_gets_the_normals_of_its_own_shape() -> void:
	var shape := []
	shape.resize(Mesh.ARRAY_MAX)
	# The last corner is moved, so that the second triangle faces +Z too.
	shape[Mesh.ARRAY_VERTEX] = PackedVector3Array([POINTS[0], POINTS[1], POINTS[2], Vector3(0.5, -1, 0)])
	var mesh := ImporterMesh.new()
	mesh.add_blend_shape("down")
	mesh.add_surface(Mesh.PRIMITIVE_TRIANGLES, _arrays(), [shape])
	var made := _after(mesh)
	equal(made.get_blend_shape_name(0), "down")
	var normals: PackedVector3Array = made.get_surface_blend_shape_arrays(0, 0)[Mesh.ARRAY_NORMAL]
	near_point(normals[5], Vector3.BACK, 1e-6)


func test_a_mesh_with_normals_stays_as_it_is() -> void:
	var given := _arrays()
	given[Mesh.ARRAY_NORMAL] = PackedVector3Array([Vector3.UP, Vector3.UP, Vector3.UP, Vector3.UP])
	var mesh := _mesh(given)
	equal(_after(mesh), mesh)


func test_indices_beyond_the_vertices_leave_a_mesh_as_it_is() -> void:
	var given := _arrays()
	given[Mesh.ARRAY_INDEX] = PackedInt32Array([0, 1, 4])
	var mesh := _mesh(given)
	equal(_after(mesh), mesh)


func test_a_mesh_of_too_many_corners_stays_as_it_is_and_others_get_normals() -> void:
	var given := _arrays()
	var corners := PackedInt32Array()
	corners.resize(ceili(FlatNormals.CORNERS_MAX / 9.0) * 3)
	given[Mesh.ARRAY_INDEX] = corners
	var shape := []
	shape.resize(Mesh.ARRAY_MAX)
	shape[Mesh.ARRAY_VERTEX] = POINTS
	var large := ImporterMesh.new()
	large.add_blend_shape("a")
	large.add_blend_shape("b")
	large.add_surface(Mesh.PRIMITIVE_TRIANGLES, given, [shape, shape])
	var small := _mesh(_arrays())
	var made := _all_after([large, small])
	equal(made[0], large)
	check(made[1] != small, "the small mesh has no normals")


func test_a_published_model_without_normals_gets_them() -> void:
	var path := ProjectSettings.globalize_path("res://").path_join("../../fixtures/assets/avatars/Fox.glb").simplify_path()
	var state := GLTFState.new()
	equal(GLTFDocument.new().append_from_file(path, state), OK)
	FlatNormals.add_to(state)
	var arrays := state.get_meshes()[0].mesh.get_surface_arrays(0)
	var normals: PackedVector3Array = arrays[Mesh.ARRAY_NORMAL]
	equal(normals.size(), (arrays[Mesh.ARRAY_VERTEX] as PackedVector3Array).size())
	for normal: Vector3 in normals:
		near(normal.length(), 1.0, 1e-5)


func _arrays() -> Array:
	var arrays := []
	arrays.resize(Mesh.ARRAY_MAX)
	arrays[Mesh.ARRAY_VERTEX] = POINTS
	arrays[Mesh.ARRAY_INDEX] = CORNERS
	return arrays


func _mesh(arrays: Array) -> ImporterMesh:
	var mesh := ImporterMesh.new()
	mesh.add_surface(Mesh.PRIMITIVE_TRIANGLES, arrays)
	return mesh


func _after(mesh: ImporterMesh) -> ImporterMesh:
	return _all_after([mesh])[0]


func _all_after(meshes: Array[ImporterMesh]) -> Array[ImporterMesh]:
	var state := GLTFState.new()
	var holders: Array[GLTFMesh] = []
	for mesh: ImporterMesh in meshes:
		var holder := GLTFMesh.new()
		holder.mesh = mesh
		holders.append(holder)
	state.set_meshes(holders)
	FlatNormals.add_to(state)
	var made: Array[ImporterMesh] = []
	for holder: GLTFMesh in state.get_meshes():
		made.append(holder.mesh)
	return made
