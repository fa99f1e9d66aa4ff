extends RefCounted
## Where the camera is: over the shoulder of your avatar, or in its head. Pure functions.

## Metres behind the head.
const DISTANCE_START := 4.2
const DISTANCE_MAX := 14.0
## A smaller distance is first person.
const OWN_EYES := 0.9
## The camera stays above the ground, metres.
const HEIGHT_MIN := 0.3
## Offset to the right of the head at full distance, metres.
const SHOULDER := 0.42
## Limit of looking up and down, radians.
const PITCH_MAX := 1.35
## From the head bone's origin to the eyes, metres.
const EYES := Vector3(0.0, 0.07, -0.09)
## Factor of the distance for one notch of the wheel.
const ZOOM := 1.12


## Returns the unit vector of a view direction. Positive [param pitch] is up.
static func direction_of(yaw: float, pitch: float) -> Vector3:
	var flat := cos(pitch)
	return Vector3(-sin(yaw) * flat, sin(pitch), -cos(yaw) * flat)


## Returns the camera of an avatar whose head is at [param head], [param distance] metres, times its scale, behind it. 0 is
## first person. Realm space.
static func behind(head: Vector3, yaw: float, pitch: float, distance: float, scale := 1.0) -> Transform3D:
	var direction := direction_of(yaw, pitch)
	var share := 0.0 if distance < OWN_EYES else distance
	var far := share * scale
	var pivot := head + Vector3(SHOULDER * scale * minf(1.0, share / 2.0), 0.0, 0.0).rotated(Vector3.UP, yaw)
	var down := (pivot.y - HEIGHT_MIN) / direction.y if direction.y > 0.0 else INF
	var turn := Basis.from_euler(Vector3(pitch, yaw, 0.0))
	return Transform3D(turn, pivot - direction * minf(far, maxf(0.0, down)))


## Returns the distance after the wheel turned (positive: away from the user). It snaps to first person.
static func zoomed(distance: float, notches: float) -> float:
	var next := OWN_EYES if distance < OWN_EYES and notches < 0.0 else distance * pow(ZOOM, -notches)
	return 0.0 if next < OWN_EYES else minf(DISTANCE_MAX, next)


## Returns the position of the eyes for a head bone at [param head], realm space.
static func eyes(head: Vector3, yaw: float, scale := 1.0) -> Vector3:
	return head + (EYES * scale).rotated(Vector3.UP, yaw)
