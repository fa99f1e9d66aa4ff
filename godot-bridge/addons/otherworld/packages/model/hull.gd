@tool
extends RefCounted
## Computes the surface of a convex hull from its points, because Godot makes collision shapes from points but no
## meshes.

## Points nearer to a face than this are in it, as a share of the hull's size.
const THIN := 1e-5


## Returns the corners of the hull's triangles, three each, counter-clockwise from outside; empty if all points are in a
## plane.
static func triangles_of(points: PackedVector3Array) -> PackedVector3Array:
	var faces := _first_faces(points)
	if faces.is_empty():
		return []
	var thin := THIN * _size_of(points)
	for i: int in points.size():
		faces = _with_point(points, faces, i, thin)
	var corners := PackedVector3Array()
	for face: Vector3i in faces:
		corners.append_array([points[face.x], points[face.y], points[face.z]])
	return corners


## Returns a flat-shaded mesh of triangles. Corners are counter-clockwise from outside.
static func mesh_of(corners: PackedVector3Array) -> ArrayMesh:
	var mesh := ArrayMesh.new()
	if corners.is_empty():
		return mesh
	var turned := PackedVector3Array()
	var normals := PackedVector3Array()
	turned.resize(corners.size())
	normals.resize(corners.size())
	for i: int in range(0, corners.size() - 2, 3):
		var normal := (corners[i + 1] - corners[i]).cross(corners[i + 2] - corners[i]).normalized()
		# Godot's front faces are clockwise.
		for k: int in 3:
			turned[i + k] = corners[i + 2 - k]
			normals[i + k] = normal
	var arrays: Array = []
	arrays.resize(Mesh.ARRAY_MAX)
	arrays[Mesh.ARRAY_VERTEX] = turned
	arrays[Mesh.ARRAY_NORMAL] = normals
	mesh.add_surface_from_arrays(Mesh.PRIMITIVE_TRIANGLES, arrays)
	return mesh


static func _size_of(points: PackedVector3Array) -> float:
	var box := AABB(points[0], Vector3.ZERO)
	for point: Vector3 in points:
		box = box.expand(point)
	return box.size.length()


## Returns the height of a point over a face; negative inside.
static func _over(points: PackedVector3Array, face: Vector3i, point: Vector3) -> float:
	var a := points[face.x]
	return (points[face.y] - a).cross(points[face.z] - a).normalized().dot(point - a)


## Returns a tetrahedron of points that are far apart.
static func _first_faces(points: PackedVector3Array) -> Array[Vector3i]:
	if points.size() < 4:
		return []
	var first := 0
	var second := _best(points, func(p: Vector3) -> float: return p.distance_squared_to(points[first]))
	var along := (points[second] - points[first]).normalized()
	var third := _best(points, func(p: Vector3) -> float: return (p - points[first]).cross(along).length_squared())
	var up := along.cross(points[third] - points[first]).normalized()
	var fourth := _best(points, func(p: Vector3) -> float: return absf((p - points[first]).dot(up)))
	var height := (points[fourth] - points[first]).dot(up)
	if absf(height) <= THIN * _size_of(points):
		return []
	if height > 0.0:
		var swapped := second
		second = third
		third = swapped
	return [
		Vector3i(first, second, third),
		Vector3i(first, fourth, second),
		Vector3i(second, fourth, third),
		Vector3i(third, fourth, first),
	]


static func _best(points: PackedVector3Array, value: Callable) -> int:
	var best := 0
	var most := -1.0
	for i: int in points.size():
		var here: float = value.call(points[i])
		if here > most:
			most = here
			best = i
	return best


## Adds a point: removes the faces that it sees and closes the gap with faces to the point.
static func _with_point(points: PackedVector3Array, faces: Array[Vector3i], index: int, thin: float) -> Array[Vector3i]:
	var kept: Array[Vector3i] = []
	var edges: Dictionary[Vector2i, bool] = {}
	for face: Vector3i in faces:
		if _over(points, face, points[index]) <= thin:
			kept.append(face)
			continue
		for edge: Vector2i in [Vector2i(face.x, face.y), Vector2i(face.y, face.z), Vector2i(face.z, face.x)]:
			edges[edge] = true
	for edge: Vector2i in edges:
		if not edges.has(Vector2i(edge.y, edge.x)):
			kept.append(Vector3i(edge.x, edge.y, index))
	return kept
