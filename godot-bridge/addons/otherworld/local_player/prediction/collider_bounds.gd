extends RefCounted
## Bounds of props, from the colliders on the wire, metres at scale 1.

const Messages := preload("../../wire/generated/messages.gd")


## Returns the radius around a prop's origin that contains all its colliders.
static func radius_of(colliders: Array[Messages.Collider]) -> float:
	var most := 0.0
	for collider: Messages.Collider in colliders:
		most = maxf(most, collider.position.length() + _radius(collider))
	return most


## Returns the axis-aligned box around all colliders of a prop with this rotation; of size 0 without colliders.
static func box_of(colliders: Array[Messages.Collider], rotation := Quaternion.IDENTITY) -> AABB:
	var box := AABB()
	var is_first := true
	for collider: Messages.Collider in colliders:
		var margin := Vector3.ONE * _margin(collider)
		for point: Vector3 in _outline(collider):
			var at := rotation * (collider.position + collider.rotation * point)
			var around := AABB(at - margin, margin * 2.0)
			box = around if is_first else box.merge(around)
			is_first = false
	return box


static func _radius(collider: Messages.Collider) -> float:
	match collider.shape_case:
		Messages.Collider.ShapeCase.CAPSULE:
			return collider.capsule.half_height + collider.capsule.radius
		Messages.Collider.ShapeCase.SPHERE:
			return collider.sphere.radius
	var most := 0.0
	for point: Vector3 in _outline(collider):
		most = maxf(most, point.length())
	return most


# Points whose hull, grown by the margin, contains the shape, in the collider's own space.
static func _outline(collider: Messages.Collider) -> PackedVector3Array:
	match collider.shape_case:
		Messages.Collider.ShapeCase.BOX:
			return _corners(collider.box.half_extents)
		Messages.Collider.ShapeCase.SPHERE:
			return [Vector3.ZERO]
		Messages.Collider.ShapeCase.CAPSULE:
			var end := Vector3(0.0, collider.capsule.half_height, 0.0)
			return [end, -end]
		Messages.Collider.ShapeCase.CONVEX:
			return _points(collider.convex.points)
		Messages.Collider.ShapeCase.TRIMESH:
			return _points(collider.trimesh.vertices)
	return []


static func _margin(collider: Messages.Collider) -> float:
	match collider.shape_case:
		Messages.Collider.ShapeCase.SPHERE:
			return collider.sphere.radius
		Messages.Collider.ShapeCase.CAPSULE:
			return collider.capsule.radius
	return 0.0


static func _corners(half: Vector3) -> PackedVector3Array:
	var box := AABB(-half, half * 2.0)
	var corners: PackedVector3Array = []
	for i: int in 8:
		corners.append(box.get_endpoint(i))
	return corners


static func _points(flat: PackedFloat32Array) -> PackedVector3Array:
	var points: PackedVector3Array = []
	for i: int in range(0, flat.size() - 2, 3):
		points.append(Vector3(flat[i], flat[i + 1], flat[i + 2]))
	return points
