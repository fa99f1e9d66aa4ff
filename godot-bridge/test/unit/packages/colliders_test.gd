extends "../../test_case.gd"
## Colliders of realms and packages, for the physics engine and as visible meshes.

const Collider := preload("res://addons/otherworld/packages/model/collider.gd")
const Hull := preload("res://addons/otherworld/packages/model/hull.gd")
const Messages := preload("res://addons/otherworld/wire/generated/messages.gd")
const JsonReader := preload("res://addons/otherworld/packages/download/json_reader.gd")

const AT := {position = {x = 1.0, y = 2.0, z = 3.0}, rotation = {x = 0.0, y = 0.0, z = 0.0, w = 1.0}}


func test_a_capsules_height_in_godot_includes_its_ends() -> void:
	var shape := _read({type = "capsule", halfHeight = 0.35, radius = 0.12}).shape(2.0) as CapsuleShape3D
	near(shape.radius, 0.24, 1e-6)
	near(shape.height, 0.94 * 2.0, 1e-6)


func test_shapes_have_their_size_at_a_scale() -> void:
	near_point((_read({type = "box", halfExtents = {x = 1.0, y = 2.0, z = 3.0}}).shape(0.5) as BoxShape3D).size, Vector3(1, 2, 3), 1e-6)
	near((_read({type = "sphere", radius = 0.2}).shape(3.0) as SphereShape3D).radius, 0.6, 1e-6)
	var hull := _read({type = "convex", points = [0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0]}).shape(2.0) as ConvexPolygonShape3D
	equal(hull.points.size(), 4)
	near_point(hull.points[0], Vector3(0, 2, 0), 1e-6)
	var mesh := _read({type = "trimesh", vertices = [0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0], indices = [0, 2, 1]}).shape(2.0) as ConcavePolygonShape3D
	equal(mesh.get_faces(), PackedVector3Array([Vector3.ZERO, Vector3(0, 0, 2), Vector3(2, 0, 0)]))


func test_a_hull_ignores_points_inside_it() -> void:
	var points := PackedVector3Array()
	var random := RandomNumberGenerator.new()
	random.seed = 5
	for i: int in 50:
		points.append(Vector3(random.randf_range(-0.9, 0.9), random.randf_range(-0.9, 0.9), random.randf_range(-0.9, 0.9)))
	for corner: int in 8:
		points.append(Vector3(1 if corner & 1 else -1, 1 if corner & 2 else -1, 1 if corner & 4 else -1))
	var triangles := Hull.triangles_of(points)
	near(_area(triangles), 24.0, 1e-4)
	for i: int in range(0, triangles.size(), 3):
		var normal := (triangles[i + 1] - triangles[i]).cross(triangles[i + 2] - triangles[i])
		check(normal.dot(triangles[i]) > 0.0, "a triangle looks inwards")


func test_points_in_a_plane_have_no_hull() -> void:
	equal(Hull.triangles_of(PackedVector3Array([Vector3.ZERO, Vector3.RIGHT, Vector3.FORWARD, Vector3(1, 0, 1), Vector3(3, 0, 1)])), PackedVector3Array())
	equal(Hull.triangles_of(PackedVector3Array([Vector3.ONE, Vector3.ONE])), PackedVector3Array())


func test_colliders_of_the_wire_equal_those_of_json() -> void:
	var message := Messages.Collider.new()
	message.capsule = Messages.Capsule.new()
	message.capsule.half_height = 0.5
	message.capsule.radius = 0.25
	message.position = Vector3(1, 2, 3)
	message.rotation = Quaternion(Vector3.UP, 0.5)
	var collider: Collider = Collider.of_messages([message])[0]
	equal(collider.kind, Collider.Kind.CAPSULE)
	near_point(collider.place.origin, Vector3(1, 2, 3), 1e-6)
	near((collider.shape(1.0) as CapsuleShape3D).height, 1.5, 1e-6)
	var broken := Messages.Collider.new()
	broken.trimesh = Messages.Trimesh.new()
	broken.trimesh.vertices = PackedFloat32Array([0, 0, 0, 1, 0, 0, 0, 1, 0])
	broken.trimesh.indices = PackedInt32Array([0, 1, 7])
	equal((Collider.of_messages([broken])[0] as Collider).indices.size(), 0)


func test_an_invalid_shape_is_reported_with_its_place() -> void:
	var wrong: Dictionary[String, Dictionary] = {
		"shape/type should be one of": {type = "cone"},
		"shape/radius should be a number": {type = "sphere", radius = "wide"},
		"shape/halfExtents/y should be a number": {type = "box", halfExtents = {x = 1, y = NAN, z = 1}},
		"shape/points should be 4 points": {type = "convex", points = [0, 0, 0]},
		"shape/indices should be a number": {type = "trimesh", vertices = [0, 0, 0], indices = [0, 1, 2]},
		"shape/points should be x, y and z": {type = "convex", points = [0, 0]},
	}
	for words: String in wrong:
		var reading := JsonReader.new()
		Collider.read(reading, AT.merged({shape = wrong[words]}), "c")
		check(reading.fault.contains(words), "%s: %s" % [words, reading.fault])


func _read(shape: Dictionary) -> Collider:
	var reading := JsonReader.new()
	var collider: Collider = Collider.read(reading, AT.merged({shape = shape}), "c")
	equal(reading.fault, "")
	return collider


static func _area(triangles: PackedVector3Array) -> float:
	var area := 0.0
	for i: int in range(0, triangles.size(), 3):
		area += (triangles[i + 1] - triangles[i]).cross(triangles[i + 2] - triangles[i]).length() / 2.0
	return area
