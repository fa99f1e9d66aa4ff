@tool
extends RefCounted
## A collider of a realm or package: one shape with its transform, metres at scale 1.

const Messages := preload("../../wire/generated/messages.gd")
const JsonReader := preload("../download/json_reader.gd")
const Hull := preload("hull.gd")

enum Kind { BOX, SPHERE, CAPSULE, CONVEX, TRIMESH }

const KINDS: PackedStringArray = ["box", "sphere", "capsule", "convex", "trimesh"]
const CONVEX_POINTS_MAX := 64
## Limits of a static mesh: vertices, and indices of its triangles.
const TRIMESH_POINTS_MAX := 140_000
const TRIMESH_INDICES_MAX := 400_000
const METRES_MAX := 10_000.0
## Least thickness, metres: physics engines handle nothing thinner.
const METRES_MIN := 1e-4

var kind := Kind.SPHERE
var place := Transform3D.IDENTITY
## Half extents of a box.
var half_extents := Vector3.ONE
## Radius of a sphere or capsule.
var radius := 0.5
## From a capsule's middle to the middle of either end. The capsule points along Y.
var half_height := 0.0
## Points of a hull or mesh.
var points: PackedVector3Array = []
## Indices of a mesh: three per triangle, counter-clockwise from outside.
var indices: PackedInt32Array = []


## Reads a collider from the JSON of a manifest.
static func read(r: JsonReader, value: Variant, where: String) -> RefCounted:
	var it := r.object(value, where)
	var found := new()
	found.place = Transform3D(
			Basis(r.quaternion(it.get("rotation"), where + "/rotation")),
			r.vector(it.get("position"), where + "/position", METRES_MAX))
	found._read_shape(r, r.object(it.get("shape"), where + "/shape"), where + "/shape")
	return found


## Reads the colliders of a list.
static func read_list(r: JsonReader, value: Variant, where: String, count_max: int) -> Array:
	var found: Array = []
	for item: Variant in r.list(value, where, count_max):
		found.append(read(r, item, "%s/%d" % [where, found.size()]))
	return found


## Reads colliders from messages of the wire, which were checked when they were decoded.
static func of_messages(messages: Array) -> Array:
	var found: Array = []
	for message: Messages.Collider in messages:
		var collider := new()
		collider._take(message)
		found.append(collider)
	return found


func _take(message: Messages.Collider) -> void:
	place = Transform3D(Basis(message.rotation.normalized() if message.has_rotation else Quaternion.IDENTITY),
			message.position)
	match message.shape_case:
		Messages.Collider.ShapeCase.BOX:
			kind = Kind.BOX
			half_extents = message.box.half_extents
		Messages.Collider.ShapeCase.SPHERE:
			radius = message.sphere.radius
		Messages.Collider.ShapeCase.CAPSULE:
			kind = Kind.CAPSULE
			radius = message.capsule.radius
			half_height = message.capsule.half_height
		Messages.Collider.ShapeCase.CONVEX:
			kind = Kind.CONVEX
			points = _triples(message.convex.points)
		Messages.Collider.ShapeCase.TRIMESH:
			kind = Kind.TRIMESH
			points = _triples(message.trimesh.vertices)
			indices = _within(message.trimesh.indices, points.size())


## Returns no indices if one of them is out of range.
static func _within(found: PackedInt32Array, count: int) -> PackedInt32Array:
	for index: int in found:
		if index < 0 or index >= count:
			return []
	return found


static func _triples(flat: PackedFloat32Array) -> PackedVector3Array:
	var found := PackedVector3Array()
	found.resize(floori(flat.size() / 3.0))
	for i: int in found.size():
		found[i] = Vector3(flat[i * 3], flat[i * 3 + 1], flat[i * 3 + 2])
	return found


func _read_shape(r: JsonReader, it: Dictionary, where: String) -> void:
	kind = KINDS.find(r.one_of(it.get("type"), KINDS, where + "/type")) as Kind
	match kind:
		Kind.BOX:
			half_extents = r.vector(it.get("halfExtents"), where + "/halfExtents", METRES_MAX).abs()
		Kind.SPHERE:
			radius = r.number(it.get("radius"), where + "/radius", METRES_MIN, METRES_MAX)
		Kind.CAPSULE:
			radius = r.number(it.get("radius"), where + "/radius", METRES_MIN, METRES_MAX)
			half_height = r.number(it.get("halfHeight"), where + "/halfHeight", 0.0, METRES_MAX)
		Kind.CONVEX:
			points = r.points(it.get("points"), where + "/points", CONVEX_POINTS_MAX)
			if points.size() < 4:
				r.fail(where + "/points", "4 points at least")
		Kind.TRIMESH:
			points = r.points(it.get("vertices"), where + "/vertices", TRIMESH_POINTS_MAX)
			for value: Variant in r.list(it.get("indices"), where + "/indices", TRIMESH_INDICES_MAX):
				indices.append(r.integer(value, where + "/indices", 0, maxi(points.size() - 1, 0)))
			if indices.size() % 3 != 0 or indices.is_empty():
				r.fail(where + "/indices", "three indices for each triangle")


## Returns the shape for the physics engine at a scale, because engines handle scaled nodes badly.
func shape(scale: float) -> Shape3D:
	match kind:
		Kind.BOX:
			var box := BoxShape3D.new()
			box.size = half_extents.max(Vector3.ONE * METRES_MIN) * 2.0 * scale
			return box
		Kind.SPHERE:
			var sphere := SphereShape3D.new()
			sphere.radius = radius * scale
			return sphere
		Kind.CAPSULE:
			return capsule_shape(half_height * scale, radius * scale)
		Kind.CONVEX:
			var hull := ConvexPolygonShape3D.new()
			hull.points = _scaled_points(scale)
			return hull
	var mesh := ConcavePolygonShape3D.new()
	mesh.backface_collision = true
	mesh.set_faces(_corners(scale))
	return mesh


## Godot's height includes the round ends.
static func capsule_shape(half: float, thickness: float) -> CapsuleShape3D:
	var capsule := CapsuleShape3D.new()
	capsule.radius = thickness
	capsule.height = (half + thickness) * 2.0
	return capsule


## Returns the visible mesh, at scale 1.
func mesh() -> Mesh:
	match kind:
		Kind.BOX:
			var box := BoxMesh.new()
			box.size = half_extents * 2.0
			return box
		Kind.SPHERE:
			var sphere := SphereMesh.new()
			sphere.radius = radius
			sphere.height = radius * 2.0
			sphere.radial_segments = 24
			sphere.rings = 12
			return sphere
		Kind.CAPSULE:
			var capsule := CapsuleMesh.new()
			capsule.radius = radius
			capsule.height = (half_height + radius) * 2.0
			capsule.radial_segments = 20
			capsule.rings = 6
			return capsule
		Kind.CONVEX:
			return Hull.mesh_of(Hull.triangles_of(points))
	return Hull.mesh_of(_corners(1.0))


## Returns its bounding box in the prop's space.
func bounds() -> AABB:
	var box := AABB(-half_extents, half_extents * 2.0)
	if kind == Kind.SPHERE or kind == Kind.CAPSULE:
		var reach := Vector3(radius, radius + (half_height if kind == Kind.CAPSULE else 0.0), radius)
		box = AABB(-reach, reach * 2.0)
	elif not points.is_empty():
		box = AABB(points[0], Vector3.ZERO)
		for point: Vector3 in points:
			box = box.expand(point)
	return place * box


func _scaled_points(scale: float) -> PackedVector3Array:
	return Transform3D(Basis.from_scale(Vector3.ONE * scale), Vector3.ZERO) * points


func _corners(scale: float) -> PackedVector3Array:
	var corners := PackedVector3Array()
	corners.resize(indices.size())
	for i: int in indices.size():
		corners[i] = points[indices[i]] * scale
	return corners
