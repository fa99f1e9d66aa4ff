extends RefCounted
## The geometry of a gizmo: what rays of the pointer say along axes and about them, and how large a pixel is. Pure.

## A ray that runs so nearly along an axis, or along the plane of a ring, says nothing: sine of the angle.
const PARALLEL := 0.02


## How far along an axis through [param origin] a ray comes nearest to it, metres; not a number where the ray runs along it.
static func along_axis(origin: Vector3, axis: Vector3, from: Vector3, direction: Vector3) -> float:
	var cosine := axis.dot(direction)
	var sine_squared := 1.0 - cosine * cosine
	if sine_squared < PARALLEL * PARALLEL:
		return NAN
	var between := from - origin
	return (axis.dot(between) - cosine * direction.dot(between)) / sine_squared


## The angle about an axis at which a ray meets the plane of the axis' ring, radians; not a number where it does not.
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


## A unit vector across an axis, where angles about it begin.
static func across(axis: Vector3) -> Vector3:
	return axis.cross(Vector3.UP if absf(axis.y) < 0.9 else Vector3.RIGHT).normalized()


## How far a place of the viewport is from the nearest of the lines between points, pixels.
static func pixels_to_line(at: Vector2, points: PackedVector2Array) -> float:
	var least := INF
	for i: int in points.size() - 1:
		least = minf(least, at.distance_to(Geometry2D.get_closest_point_to_segment(at, points[i], points[i + 1])))
	return least


## What a pixel of the viewport is at a place, metres.
static func metres_per_pixel(camera: Camera3D, place: Vector3) -> float:
	var size := camera.get_viewport().get_visible_rect().size
	var pixels := size.y if camera.keep_aspect == Camera3D.KEEP_HEIGHT else size.x
	if camera.projection == Camera3D.PROJECTION_ORTHOGONAL:
		return camera.size / maxf(1.0, pixels)
	var depth := maxf(camera.near, -camera.global_basis.z.dot(place - camera.global_position))
	return 2.0 * depth * tan(deg_to_rad(camera.fov) / 2.0) / maxf(1.0, pixels)


## The factor that dragging a cube by so many pixels means: to the right and up is larger, [param pixels] twice as large.
static func factor_of(moved: Vector2, pixels: float) -> float:
	return pow(2.0, (moved.x - moved.y) / pixels)
