extends RefCounted
## Where the eye is: over the shoulder of the player's own avatar, or in its head. Pure.

## Metres behind the head.
const DISTANCE_START := 4.2
const DISTANCE_MAX := 14.0
## Nearer than this the view is from the eyes themselves.
const OWN_EYES := 0.9
## The eye stays over the ground.
const HEIGHT_MIN := 0.3
## To the right of the head at full distance.
const SHOULDER := 0.42
## Radians that the view goes up and down at most.
const PITCH_MAX := 1.35
## The eyes, from the head bone's origin, metres.
const EYES := Vector3(0.0, 0.07, -0.09)
## A notch of the wheel.
const ZOOM := 1.12


## Where a look goes, a unit vector. Up is positive.
static func direction_of(yaw: float, pitch: float) -> Vector3:
	var flat := cos(pitch)
	return Vector3(-sin(yaw) * flat, sin(pitch), -cos(yaw) * flat)


## The camera of an avatar whose head is at [param head], [param distance] metres behind it; 0 looks from the head. Realm space.
static func behind(head: Vector3, yaw: float, pitch: float, distance: float) -> Transform3D:
	var direction := direction_of(yaw, pitch)
	var far := 0.0 if distance < OWN_EYES else distance
	var pivot := head + Vector3(SHOULDER * minf(1.0, far / 2.0), 0.0, 0.0).rotated(Vector3.UP, yaw)
	var down := (pivot.y - HEIGHT_MIN) / direction.y if direction.y > 0.0 else INF
	var turn := Basis.from_euler(Vector3(pitch, yaw, 0.0))
	return Transform3D(turn, pivot - direction * minf(far, maxf(0.0, down)))


## The distance after the wheel turned, away from the user is positive; it snaps to the avatar's own eyes.
static func zoomed(distance: float, notches: float) -> float:
	var next := OWN_EYES if distance < OWN_EYES and notches < 0.0 else distance * pow(ZOOM, -notches)
	return 0.0 if next < OWN_EYES else minf(DISTANCE_MAX, next)


## Where the eyes are of a head bone at [param head], realm space.
static func eyes(head: Vector3, yaw: float) -> Vector3:
	return head + EYES.rotated(Vector3.UP, yaw)
