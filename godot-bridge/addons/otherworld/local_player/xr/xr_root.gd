extends RefCounted
## The avatar's root below a headset: how it moves to stay below the head, where it faces, and how the room's origin
## moves with it.
##
## Walking through the room must never move the room. Without a pushed stick the origin stays in place, and the avatar
## walks after the head. The origin only follows movements that were not made for the head: sticks, jumps, rising
## floors, and walls that the head went through.

const XRMaths := preload("xr_maths.gd")

## Nearer to the root, the head leans. Farther away, the root walks until it is as near as the second value, metres.
const LEAN_METRES := 0.12
const BELOW_METRES := 0.03
## Speed per metre of distance of the head, and share of the head's own speed. The avatar answers about 0.15 s late;
## larger values would overshoot a head that stops.
const FOLLOW_RATE := 2.5
const SPEED_SHARE := 0.5
## Time over which the speed of the head is averaged, seconds.
const HEAD_SECONDS := 0.05
## A slower head is standing, m/s.
const HEAD_STANDS := 0.08
## At a larger distance between head and root the room is pushed back, metres. It usually means a wall.
const AWAY_METRES_MAX := 0.6
## A larger move of the root in one frame is a teleport, metres.
const ELSEWHERE_METRES := 1.5
## After a stick is released the avatar slows down. The room follows for this time, while the avatar is faster than
## this.
const COAST_SECONDS := 0.4
const COAST_SPEED := 0.1
## The body turns once the head has turned this far, until the difference is the second value, radians.
const TURN_AT := 0.7
const TURNED_TO := 0.1
## Time constant with which the body turns after the head, seconds.
const TURN_SECONDS := 0.18

## Heading of the body, radians.
var yaw := 0.0
## Velocity over the ground that moves the root below the head, m/s, after the last [method follow].
var follow_velocity := Vector3.ZERO

var _follows := false
var _turns := false
var _head_velocity := Vector3.ZERO
var _carried_seconds := 0.0


## Resets, facing [param facing].
func reset(facing: float) -> void:
	yaw = facing
	follow_velocity = Vector3.ZERO
	_follows = false
	_turns = false
	_head_velocity = Vector3.ZERO
	_carried_seconds = 0.0


## Turns with the room.
func turn(angle: float) -> void:
	yaw = wrapf(yaw + angle, -PI, PI)


## Turns the body after the head: at once while it walks, else only if the head looks over a shoulder.
func face(head_yaw: float, walks: bool, delta: float) -> void:
	var off := angle_difference(yaw, head_yaw)
	if absf(off) > TURN_AT or walks:
		_turns = true
	elif absf(off) < TURNED_TO:
		_turns = false
	if _turns:
		turn(off * (1.0 - exp(-delta / TURN_SECONDS)))


## Returns the velocity over the ground that moves the root below the head. [param walked] is the head's movement
## through the room since the last frame, in the realm's metres and directions.
func follow(head: Vector3, walked: Vector3, root: Vector3, delta: float) -> Vector3:
	if delta > 0.0:
		_head_velocity = _head_velocity.lerp(XRMaths.flat(walked) / delta, 1.0 - exp(-delta / HEAD_SECONDS))
	var away := XRMaths.flat(head - root)
	if away.length() > LEAN_METRES:
		_follows = true
	elif away.length() < BELOW_METRES and _head_velocity.length() < HEAD_STANDS:
		_follows = false
	follow_velocity = (away * FOLLOW_RATE + _head_velocity * SPEED_SHARE).limit_length(XRMaths.RUN_SPEED) if _follows \
			else Vector3.ZERO
	return follow_velocity


## Returns the movement of the origin after the root moved by [param step] to [param root]. [param head] is the head's
## position before. [param sticks]: a stick is pushed. [param speed] is the root's over the ground, m/s.
func carry(step: Vector3, root: Vector3, head: Vector3, sticks: bool, speed: float, is_grounded: bool,
		delta: float) -> Vector3:
	if step.length() > ELSEWHERE_METRES:
		return XRMaths.flat(root - head) + Vector3(0.0, step.y, 0.0)
	var along := Vector3(0.0, step.y, 0.0)
	if _is_carried(sticks, speed, is_grounded, delta):
		along += XRMaths.flat(step) - follow_velocity * delta
	var away := XRMaths.flat(head + along - root)
	return along - (away - away.limit_length(AWAY_METRES_MAX))


func _is_carried(sticks: bool, speed: float, is_grounded: bool, delta: float) -> bool:
	if sticks:
		_carried_seconds = COAST_SECONDS
	elif speed - follow_velocity.length() < COAST_SPEED:
		_carried_seconds = 0.0
	elif is_grounded:
		_carried_seconds -= delta
	return _carried_seconds > 0.0
