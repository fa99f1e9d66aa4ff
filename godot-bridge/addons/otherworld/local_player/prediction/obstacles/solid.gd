extends RefCounted
## A convex part of an obstacle, in realm space, as the prediction walks around it.

const Collider := preload("../../../packages/model/collider.gd")
const HullDistance := preload("hull_distance.gd")
const Self := preload("solid.gd")

## Triangles of a mesh that the prediction knows. Larger meshes would cost a frame milliseconds.
const TRIANGLES_MAX := 512
## Horizontal part of the up vector below which a box counts as upright: half a millimetre on 5 m.
const UPRIGHT := 1e-4
## Half thickness of the ground, metres: only its top matters.
const GROUND_METRES := 5.0

## Its axis-aligned box, with the margin.
var low: Vector3
var high: Vector3
## Its surface is this far outside the hull of its points, metres.
var margin := 0.0
var points: PackedVector3Array = []
# A box whose sides are upright needs no search: its middle, half extents, and the directions of its x and z.
var _is_upright := false
var _centre: Vector3
var _half: Vector3
var _right: Vector3
var _back: Vector3


## Returns the parts of a prop's colliders; null if its meshes have more than [constant TRIANGLES_MAX] triangles together.
static func all_of(colliders: Array, position: Vector3, rotation: Quaternion, scale: float) -> Variant:
	var found: Array[Self] = []
	var prop := Transform3D(Basis(rotation.normalized()), position)
	var indices := 0
	for collider: Collider in colliders:
		indices += collider.indices.size() if collider.kind == Collider.Kind.TRIMESH else 0
	if indices > 3 * TRIANGLES_MAX:
		return null
	for collider: Collider in colliders:
		var place := prop * Transform3D(collider.place.basis, collider.place.origin * scale)
		_add(found, collider, place, scale)
	return found


## Returns the ground plane of a realm, by its half extents.
static func ground(x: float, z: float) -> Self:
	var solid := new()
	solid._take_box(Vector3(x, GROUND_METRES, z), Transform3D(Basis.IDENTITY, Vector3(0.0, -GROUND_METRES, 0.0)))
	return solid


## Returns the gap to the upright segment from [param bottom] to [param top]: the direction from the solid, and the metres
## as w. The metres are INF if it is longer than [param metres_max], or if the segment is in the solid.
func gap_to(bottom: Vector3, top: Vector3, metres_max: float) -> Vector4:
	if _is_upright:
		return _gap_to_box(bottom, top, metres_max)
	var gap := HullDistance.gap_to(points, bottom, top, metres_max + margin)
	gap.w -= margin
	return gap


static func _add(found: Array[Self], collider: Collider, place: Transform3D, scale: float) -> void:
	if collider.kind == Collider.Kind.TRIMESH:
		for i: int in range(0, collider.indices.size() - 2, 3):
			var corners: PackedVector3Array = []
			for k: int in 3:
				corners.append(place * (collider.points[collider.indices[i + k]] * scale))
			var triangle := new()
			triangle._take_points(corners, 0.0)
			found.append(triangle)
		return
	var solid := new()
	match collider.kind:
		Collider.Kind.BOX:
			solid._take_box(collider.half_extents * scale, place)
		Collider.Kind.SPHERE:
			solid._take_points([place.origin], collider.radius * scale)
		Collider.Kind.CAPSULE:
			var end := place.basis.y * collider.half_height * scale
			solid._take_points([place.origin - end, place.origin + end], collider.radius * scale)
		Collider.Kind.CONVEX:
			solid._take_points(place * (Transform3D(Basis.from_scale(Vector3.ONE * scale), Vector3.ZERO) * collider.points), 0.0)
	found.append(solid)


func _take_box(half: Vector3, place: Transform3D) -> void:
	var corners: PackedVector3Array = []
	for i: int in 8:
		corners.append(place * AABB(-half, half * 2.0).get_endpoint(i))
	_take_points(corners, 0.0)
	var up := place.basis.y
	_is_upright = absf(up.x) <= UPRIGHT and absf(up.z) <= UPRIGHT
	_centre = place.origin
	_half = half
	_right = place.basis.x
	_back = place.basis.z


func _take_points(of: PackedVector3Array, thickness: float) -> void:
	points = of
	margin = thickness
	low = points[0]
	high = points[0]
	for point: Vector3 in points:
		low = low.min(point)
		high = high.max(point)
	low -= Vector3.ONE * margin
	high += Vector3.ONE * margin


func _gap_to_box(bottom: Vector3, top: Vector3, metres_max: float) -> Vector4:
	var from := bottom - _centre
	var x := _beyond(from.dot(_right), _half.x)
	var z := _beyond(from.dot(_back), _half.z)
	var y := 0.0
	if from.y > _half.y:
		y = from.y - _half.y
	elif top.y - _centre.y < -_half.y:
		y = top.y - _centre.y + _half.y
	var metres := sqrt(x * x + y * y + z * z)
	if metres == 0.0 or metres > metres_max:
		return HullDistance.NONE
	var normal := (_right * x + _back * z + Vector3(0.0, y, 0.0)) / metres
	return Vector4(normal.x, normal.y, normal.z, metres)


# Returns how much of a number is outside -half to half.
static func _beyond(value: float, half: float) -> float:
	return value - half if value > half else value + half if value < -half else 0.0
