extends RefCounted
## Builds the specification of a prop from one of Godot's shapes.

const Messages := preload("../../wire/generated/messages.gd")

const _DENSITY := 200.0
const _FRICTION := 0.5
const _RESTITUTION := 0.1


## Returns a prop of one shape around its origin; null if realms have no such shape.
static func spec_of(shape: Shape3D, name: String, color: Color,
		motion: OtherworldPropState.Motion) -> Messages.PropSpec:
	var collider := Messages.Collider.new()
	if not _fill(collider, shape):
		return null
	collider.position = Vector3.ZERO
	collider.rotation = Quaternion.IDENTITY
	var spec := Messages.PropSpec.new()
	spec.name = name
	spec.motion = motion
	spec.density = _DENSITY
	spec.friction = _FRICTION
	spec.restitution = _RESTITUTION
	spec.color = color.to_rgba32() >> 8
	spec.colliders.append(collider)
	return spec


static func _fill(collider: Messages.Collider, shape: Shape3D) -> bool:
	if shape is BoxShape3D:
		collider.box = Messages.Box.new()
		collider.box.half_extents = (shape as BoxShape3D).size / 2.0
	elif shape is SphereShape3D:
		collider.sphere = Messages.Sphere.new()
		collider.sphere.radius = (shape as SphereShape3D).radius
	elif shape is CapsuleShape3D:
		var capsule := shape as CapsuleShape3D
		collider.capsule = Messages.Capsule.new()
		collider.capsule.radius = capsule.radius
		# Godot's height includes the round ends, the height on the wire does not.
		collider.capsule.half_height = capsule.height / 2.0 - capsule.radius
	elif shape is ConvexPolygonShape3D:
		collider.convex = Messages.Convex.new()
		collider.convex.points = _floats((shape as ConvexPolygonShape3D).points)
	elif shape is ConcavePolygonShape3D:
		var faces := (shape as ConcavePolygonShape3D).get_faces()
		collider.trimesh = Messages.Trimesh.new()
		collider.trimesh.vertices = _floats(faces)
		collider.trimesh.indices = PackedInt32Array(range(faces.size()))
	else:
		return false
	return true


static func _floats(points: PackedVector3Array) -> PackedFloat32Array:
	var floats: PackedFloat32Array = []
	for point: Vector3 in points:
		floats.append_array([point.x, point.y, point.z])
	return floats
