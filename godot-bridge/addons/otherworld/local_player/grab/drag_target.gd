extends RefCounted
## A held prop, and where it should go from where the pointer points. Pure; realm space.

## The realm's limits of a prop's scale: docs/protocol.md, INP-9.
const SCALE_MIN := 0.05
const SCALE_MAX := 20.0
## A held thing is kept this far within reach: the server's avatar may stand where ours will be in a moment, metres.
const REACH_MARGIN := 0.5
## Nearest to the eye that a held thing is pulled, metres.
const DISTANCE_MIN := 0.6
## One notch of the wheel: factor of the size, metres of the distance.
const WHEEL_SCALE := 1.09
const WHEEL_METRES := 0.25

var element: int
## From the ray's origin to the point that was grabbed, metres.
var distance: float
## From the grabbed point to the prop's origin, and the prop's turn, both as seen with heading 0.
var offset: Vector3
var rotation: Quaternion
var scale: float
## The least height that the prop's origin is dragged to, metres.
var floor_metres: float

## Where it should be: what [method aim] found.
var target_position: Vector3
var target_rotation: Quaternion
## The pointer points beyond the player's reach, and the target was pulled back.
var is_too_far := false


## Takes a prop as it lies. [param point] of it was grabbed, [param away] metres from the ray's origin. [param yaw] is the
## view's heading; [param lowest] the least height of the prop's origin at which it does not sink into the ground.
func take(prop: OtherworldPropState, point: Vector3, away: float, yaw: float, lowest: float) -> void:
	var back := Quaternion(Vector3.UP, -yaw)
	element = prop.element
	distance = away
	offset = back * (prop.position - point)
	rotation = back * prop.rotation
	scale = prop.scale
	floor_metres = lowest
	target_position = prop.position
	target_rotation = prop.rotation


## Finds where it should be: it turns with the view, stays within [param reach] of [param head] and above the ground.
func aim(origin: Vector3, direction: Vector3, yaw: float, head: Vector3, reach: float) -> void:
	var turn := Quaternion(Vector3.UP, yaw)
	var wished := origin + direction * distance + turn * offset
	wished.y = maxf(wished.y, floor_metres)
	is_too_far = wished.distance_to(head) > reach - REACH_MARGIN
	target_position = head + (wished - head).limit_length(reach - REACH_MARGIN)
	target_rotation = (turn * rotation).normalized()


## Larger by so many notches of the wheel, away from the user positive.
func grow(notches: float) -> void:
	var to := Vector2(clampf(scale * pow(WHEEL_SCALE, notches), SCALE_MIN, SCALE_MAX), 0.0).x
	offset *= to / scale
	floor_metres *= to / scale
	scale = to


## Farther by so many notches. [param eye_to_head]: how far the ray's origin is behind the head, metres.
func push(notches: float, reach: float, eye_to_head: float) -> void:
	distance = clampf(distance + notches * WHEEL_METRES, DISTANCE_MIN + eye_to_head, reach + eye_to_head)
