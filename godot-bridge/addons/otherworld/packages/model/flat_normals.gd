@tool
extends RefCounted
## Gives meshes without normals flat ones. glTF 2.0 requires that of a client (3.7.2.1, "Meshes: Overview"), and that it
## ignores the tangents of such a mesh. Godot would shade all of the mesh with one constant normal.

## Corners of triangles in a file that get normals, counted again for each morph target. A file of 1 MB may have a hundred
## times as many, because its triangles share vertices. Further meshes stay as they are.
const CORNERS_MAX := 2_000_000


## Run it between [code]append_from_buffer[/code] and [code]generate_scene[/code].
static func add_to(state: GLTFState) -> void:
	var corners_left := CORNERS_MAX
	for gltf_mesh: GLTFMesh in state.get_meshes():
		var corners := _corners_without_normals(gltf_mesh.mesh) if gltf_mesh.mesh != null else 0
		if corners > 0 and corners <= corners_left:
			corners_left -= corners
			gltf_mesh.mesh = _with_normals(gltf_mesh.mesh)


## Returns the number of corners that lack normals, in all shapes of the mesh.
static func _corners_without_normals(mesh: ImporterMesh) -> int:
	var count := 0
	for surface: int in mesh.get_surface_count():
		if _lacks_normals(mesh, surface):
			count += _corners_of(mesh.get_surface_arrays(surface)).size() * (1 + mesh.get_blend_shape_count())
	return count


static func _lacks_normals(mesh: ImporterMesh, surface: int) -> bool:
	if mesh.get_surface_primitive_type(surface) != Mesh.PRIMITIVE_TRIANGLES:
		return false
	var arrays := mesh.get_surface_arrays(surface)
	return arrays[Mesh.ARRAY_NORMAL] == null and _are_inside(_corners_of(arrays), _count_of(arrays))


static func _are_inside(corners: PackedInt32Array, count: int) -> bool:
	for corner: int in corners:
		if corner < 0 or corner >= count:
			return false
	return true


static func _count_of(arrays: Array) -> int:
	return (arrays[Mesh.ARRAY_VERTEX] as PackedVector3Array).size()


static func _with_normals(mesh: ImporterMesh) -> ImporterMesh:
	var made := ImporterMesh.new()
	made.resource_name = mesh.resource_name
	made.set_blend_shape_mode(mesh.get_blend_shape_mode())
	for i: int in mesh.get_blend_shape_count():
		made.add_blend_shape(mesh.get_blend_shape_name(i))
	for surface: int in mesh.get_surface_count():
		var arrays := mesh.get_surface_arrays(surface)
		var shapes: Array[Array] = []
		for i: int in mesh.get_blend_shape_count():
			shapes.append(mesh.get_surface_blend_shape_arrays(surface, i))
		var primitive := mesh.get_surface_primitive_type(surface)
		if _lacks_normals(mesh, surface):
			var corners := _corners_of(arrays)
			arrays = _flat(arrays, corners)
			for i: int in shapes.size():
				shapes[i] = _flat(shapes[i], corners)
		made.add_surface(primitive, arrays, shapes, {}, mesh.get_surface_material(surface),
				mesh.get_surface_name(surface), mesh.get_surface_format(surface))
	return made


## Returns the vertex of each corner of each triangle.
static func _corners_of(arrays: Array) -> PackedInt32Array:
	if arrays[Mesh.ARRAY_INDEX] != null:
		return arrays[Mesh.ARRAY_INDEX]
	return PackedInt32Array(range(_count_of(arrays)))


## Returns the arrays with three vertices for each triangle, and the triangle's normal in each.
static func _flat(arrays: Array, corners: PackedInt32Array) -> Array:
	var made := []
	made.resize(Mesh.ARRAY_MAX)
	for kind: int in Mesh.ARRAY_MAX:
		if arrays[kind] != null and not kind in [Mesh.ARRAY_NORMAL, Mesh.ARRAY_TANGENT, Mesh.ARRAY_INDEX]:
			made[kind] = _at_corners(arrays[kind], corners, _count_of(arrays))
	made[Mesh.ARRAY_NORMAL] = _normals_of(made[Mesh.ARRAY_VERTEX] as PackedVector3Array)
	return made


## Returns the values of a packed array for the corners. Each of [param count] vertices has the same number of values.
static func _at_corners(values: Variant, corners: PackedInt32Array, count: int) -> Variant:
	@warning_ignore_start("unsafe_method_access")
	var stride: int = floori(values.size() / float(count))
	var made: Variant = values.slice(0, 0)
	made.resize(corners.size() * stride)
	@warning_ignore_restore("unsafe_method_access")
	var at := 0
	for corner: int in corners:
		for k: int in stride:
			made[at] = values[corner * stride + k]
			at += 1
	return made


## Godot's triangles are clockwise if you see their front.
static func _normals_of(points: PackedVector3Array) -> PackedVector3Array:
	var normals := PackedVector3Array()
	normals.resize(points.size())
	for i: int in range(0, points.size() - 2, 3):
		var normal := (points[i + 2] - points[i]).cross(points[i + 1] - points[i]).normalized()
		if normal == Vector3.ZERO:
			normal = Vector3.UP
		for k: int in 3:
			normals[i + k] = normal
	return normals
