extends RefCounted
## The geometry of a gizmo: a pointer's ray along and about an axis, and the size of a pixel. Pure functions.

## A ray closer to parallel with an axis, or with the plane of a ring, gives no value: sine of the angle.
const PARALLEL := 0.02


## Returns where an axis through [param origin] is nearest to a ray, metres along the axis; NAN if the ray is parallel
## to it.
static func along_axis(origin: Vector3, axis: Vector3, from: Vector3, direction: Vector3) -> float:
	var cosine := axis.dot(direction)
	var sine_squared := 1.0 - cosine * cosine
	if sine_squared < PARALLEL * PARALLEL:
		return NAN
	var between := from - origin
	return (axis.dot(between) - cosine * direction.dot(between)) / sine_squared


## Returns the angle about an axis at which a ray meets the plane of the axis' ring, radians; NAN if it does not.
static func angle_about(origin: Vector3, axis: Vector3, from: Vector3, direction: Vector3) -> float:
	var toward := axis.dot(direction)
	if absf(toward) < PARALLEL:
		return NAN
	var metres := axis.dot(origin - from) / toward
	if metres < 0.0:
		return NAN
	var arm := from + direction * metres - origin
	var right := across(axis)
	return atan2(arm.dot(axis.cross(right)), arm.dot(right))


## Returns a unit vector perpendicular to an axis. Angles about the axis begin there.
static func across(axis: Vector3) -> Vector3:
	return axis.cross(Vector3.UP if absf(axis.y) < 0.9 else Vector3.RIGHT).normalized()


## Returns the distance of a point of the viewport from the nearest of the lines between points, pixels.
static func pixels_to_line(at: Vector2, points: PackedVector2Array) -> float:
	var least := INF
	for i: int in points.size() - 1:
		least = minf(least, at.distance_to(Geometry2D.get_closest_point_to_segment(at, points[i], points[i + 1])))
	return least


## Returns the size of a pixel of the viewport at a position, metres.
static func metres_per_pixel(camera: Camera3D, place: Vector3) -> float:
	var size := camera.get_viewport().get_visible_rect().size
	var pixels := size.y if camera.keep_aspect == Camera3D.KEEP_HEIGHT else size.x
	if camera.projection == Camera3D.PROJECTION_ORTHOGONAL:
		return camera.size / maxf(1.0, pixels)
	var depth := maxf(camera.near, -camera.global_basis.z.dot(place - camera.global_position))
	return 2.0 * depth * tan(deg_to_rad(camera.fov) / 2.0) / maxf(1.0, pixels)


## Returns the scale factor after a cube was dragged by [param moved]: larger to the right and up, double after
## [param pixels].
static func factor_of(moved: Vector2, pixels: float) -> float:
	return pow(2.0, (moved.x - moved.y) / pixels)
