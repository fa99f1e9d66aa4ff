extends RefCounted
## A held prop, and where it should be for the pointer's ray. Pure; realm space.

## Limits of a prop's scale: docs/protocol.md, INP-9.
const SCALE_MIN := 0.05
const SCALE_MAX := 20.0
## A held prop is kept this far within reach, because the server's avatar may be where ours will be in a moment, metres.
const REACH_MARGIN := 0.5
## Least distance of a held prop from the eye, metres.
const DISTANCE_MIN := 0.6
## One notch of the wheel: factor of the size, metres of the distance.
const WHEEL_SCALE := 1.09
const WHEEL_METRES := 0.25

var element: int
## Distance from the ray's origin to the grabbed point, metres.
var distance: float
## From the grabbed point to the prop's origin, and the prop's rotation, both for heading 0.
var offset: Vector3
var rotation: Quaternion
var scale: float
## Least height of the prop's origin, metres.
var floor_metres: float

## Where the prop should be, after [method aim].
var target_position: Vector3
var target_rotation: Quaternion
## The pointer points beyond the player's reach, so the target was pulled back.
var is_too_far := false


## Starts to hold a prop. [param point] of it was grabbed, [param away] metres from the ray's origin. [param yaw] is the
## view's heading; [param lowest] is the least height of the prop's origin at which it does not sink into the ground.
func start(prop: OtherworldPropState, point: Vector3, away: float, yaw: float, lowest: float) -> void:
	var back := Quaternion(Vector3.UP, -yaw)
	element = prop.element
	distance = away
	offset = back * (prop.position - point)
	rotation = back * prop.rotation
	scale = prop.scale
	floor_metres = lowest
	target_position = prop.position
	target_rotation = prop.rotation


## Updates the target: it turns with the view, stays within [param reach] of [param head] and above the ground.
func aim(origin: Vector3, direction: Vector3, yaw: float, head: Vector3, reach: float) -> void:
	var turn := Quaternion(Vector3.UP, yaw)
	var target := origin + direction * distance + turn * offset
	target.y = maxf(target.y, floor_metres)
	is_too_far = target.distance_to(head) > reach - REACH_MARGIN
	target_position = head + (target - head).limit_length(reach - REACH_MARGIN)
	target_rotation = (turn * rotation).normalized()


## Scales by notches of the wheel. Positive is away from the user and larger.
func grow(notches: float) -> void:
	var to := Vector2(clampf(scale * pow(WHEEL_SCALE, notches), SCALE_MIN, SCALE_MAX), 0.0).x
	offset *= to / scale
	floor_metres *= to / scale
	scale = to


## Moves away by notches. [param eye_to_head]: distance of the ray's origin behind the head, metres.
func push(notches: float, reach: float, eye_to_head: float) -> void:
	distance = clampf(distance + notches * WHEEL_METRES, DISTANCE_MIN + eye_to_head, reach + eye_to_head)
