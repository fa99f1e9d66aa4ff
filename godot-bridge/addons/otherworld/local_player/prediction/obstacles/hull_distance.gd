extends RefCounted
## The distance between an upright segment and the convex hull of a few points, by the algorithm of Gilbert, Johnson and
## Keerthi (1988): it walks through simplices of the difference of both sets to the point nearest to the origin. The
## TypeScript client has the same in netcode/client/prediction/obstacles/hull-distance.ts.

## Rounds until the nearest point is good enough; six are usual.
const ROUNDS_MAX := 24
## The search ends when a round brings it nearer by less than this share: the least that 32-bit floats resolve.
const ENOUGH := 1e-5
## Sets that are nearer than this overlap, metres.
const TOUCHING := 1e-5
## No gap: it is longer than the limit, or both overlap.
const NONE := Vector4(0.0, 0.0, 0.0, INF)


## The nearest point to the origin, and the corners of the simplex that it needs.
class Nearest:
	var point: Vector3
	var corners: PackedVector3Array

	func _init(at: Vector3, of: PackedVector3Array) -> void:
		point = at
		corners = of


## Returns the gap between the hull of [param points] and the segment from [param low] up to [param high]: the direction
## from the hull, and the metres as w. Returns [constant NONE] if it is longer than [param metres_max].
static func gap_to(points: PackedVector3Array, low: Vector3, high: Vector3, metres_max: float) -> Vector4:
	var nearest := Nearest.new(low - _furthest(points, low - high), [])
	for i: int in ROUNDS_MAX:
		var point := nearest.point
		var square := point.length_squared()
		if square < TOUCHING * TOUCHING:
			return NONE
		var corner := (high if point.y < 0.0 else low) - _furthest(points, point)
		var reach := corner.dot(point)
		if reach > 0.0 and reach * reach > metres_max * metres_max * square:
			return NONE
		if square - reach <= ENOUGH * square or nearest.corners.has(corner):
			break
		var corners := nearest.corners.duplicate()
		corners.append(corner)
		nearest = _nearest_of(corners)
		if nearest == null:
			return NONE
	var metres := nearest.point.length()
	if metres > metres_max:
		return NONE
	var normal := nearest.point / metres
	return Vector4(normal.x, normal.y, normal.z, metres)


static func _nearest_of(corners: PackedVector3Array) -> Nearest:
	match corners.size():
		1:
			return Nearest.new(corners[0], corners)
		2:
			return _of_segment(corners[0], corners[1])
		3:
			return _of_triangle(corners[0], corners[1], corners[2])
	return _of_tetrahedron(corners)


static func _of_segment(a: Vector3, b: Vector3) -> Nearest:
	var along := b - a
	var square := along.length_squared()
	var share := -a.dot(along) / square if square > 0.0 else 0.0
	if share <= 0.0:
		return Nearest.new(a, [a])
	if share >= 1.0:
		return Nearest.new(b, [b])
	return Nearest.new(a + along * share, [a, b])


static func _of_triangle(a: Vector3, b: Vector3, c: Vector3) -> Nearest:
	var normal := (b - a).cross(c - a)
	var square := normal.length_squared()
	if square > 0.0 and (b - a).cross(normal).dot(a) >= 0.0 and (c - b).cross(normal).dot(b) >= 0.0 \
			and (a - c).cross(normal).dot(c) >= 0.0:
		return Nearest.new(normal * (a.dot(normal) / square), [a, b, c])
	return _nearer(_nearer(_of_segment(a, b), _of_segment(b, c)), _of_segment(c, a))


# Returns null if the origin is inside.
static func _of_tetrahedron(corners: PackedVector3Array) -> Nearest:
	var found: Nearest = null
	for face: PackedInt32Array in [[0, 1, 2, 3], [0, 2, 3, 1], [0, 3, 1, 2], [1, 3, 2, 0]] as Array[PackedInt32Array]:
		var p := corners[face[0]]
		var normal := (corners[face[1]] - p).cross(corners[face[2]] - p)
		# The origin is on the other side of the face than the fourth corner.
		if p.dot(normal) * (corners[face[3]] - p).dot(normal) < 0.0:
			continue
		var nearest := _of_triangle(p, corners[face[1]], corners[face[2]])
		found = nearest if found == null else _nearer(found, nearest)
	return found


static func _nearer(a: Nearest, b: Nearest) -> Nearest:
	return b if b.point.length_squared() < a.point.length_squared() else a


static func _furthest(points: PackedVector3Array, along: Vector3) -> Vector3:
	var found := Vector3.ZERO
	var most := -INF
	for point: Vector3 in points:
		var reach := point.dot(along)
		if reach > most:
			most = reach
			found = point
	return found
