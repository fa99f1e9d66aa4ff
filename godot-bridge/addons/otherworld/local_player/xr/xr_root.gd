extends RefCounted
## The avatar's root below a headset: where it wants to go so that it stays below the head, where it faces, and how the
## origin of the room goes along with it.
##
## Walking through the room must never move the room: while no stick is pushed the origin stands still, and the avatar goes
## after the head by moves of its own. Only what the avatar did not do by itself for the head's sake carries the room
## along: sticks, jumps, floors that rise, and walls that the head went through.

const XRMaths := preload("xr_maths.gd")

## A head nearer to the root than this leans; farther, it walks; and the root then comes as near as the second, metres.
const LEAN_METRES := 0.12
const BELOW_METRES := 0.03
## Metres per second for each metre that the head is away, and the share of the head's own speed. The avatar answers some
## 0.15 s late: more would swing past a head that stops.
const FOLLOW_RATE := 2.5
const SPEED_SHARE := 0.5
## Time over which the speed of the head is averaged, seconds.
const HEAD_SECONDS := 0.05
## A slower head stands, m/s.
const HEAD_STANDS := 0.08
## A head may be so far from its root before the room is pushed back, metres: behind a wall, mostly.
const AWAY_METRES_MAX := 0.6
## What moves the root so far within a frame put it elsewhere, metres.
const ELSEWHERE_METRES := 1.5
## After a stick is let go the avatar slows down: the room goes along for so long, and while it is faster than this.
const COAST_SECONDS := 0.4
const COAST_SPEED := 0.1
## The head turns so far before the body turns after it, and the body then comes as near as the second, radians.
const TURN_AT := 0.7
const TURNED_TO := 0.1
## Time to 1/e in which the body turns after the head, seconds.
const TURN_SECONDS := 0.18

## Where the body faces, radians.
var yaw := 0.0
## The velocity over the ground that brings the root below the head, m/s; of the last [method follow].
var follow_velocity := Vector3.ZERO

var _follows := false
var _turns := false
var _head_velocity := Vector3.ZERO
var _carried_seconds := 0.0


## Begins anew, facing [param facing].
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


## Turns the body after the head: at once where it walks, else only when the head looks over a shoulder.
func face(head_yaw: float, walks: bool, delta: float) -> void:
	var off := angle_difference(yaw, head_yaw)
	if absf(off) > TURN_AT or walks:
		_turns = true
	elif absf(off) < TURNED_TO:
		_turns = false
	if _turns:
		turn(off * (1.0 - exp(-delta / TURN_SECONDS)))


## The velocity over the ground that brings the root below the head. [param walked]: by how much the head went through the
## room since the last frame, in the realm's metres and directions.
func follow(head: Vector3, walked: Vector3, root: Vector3, delta: float) -> Vector3:
	if delta > 0.0:
		_head_velocity = _head_velocity.lerp(XRMaths.flat(walked) / delta, 1.0 - exp(-delta / HEAD_SECONDS))
	var away := XRMaths.flat(head - root)
	if away.length() > LEAN_METRES:
		_follows = true
	elif away.length() < BELOW_METRES and _head_velocity.length() < HEAD_STANDS:
		_follows = false
	follow_velocity = (away * FOLLOW_RATE + _head_velocity * SPEED_SHARE).limit_length(XRMaths.RUN_SPEED) if _follows else Vector3.ZERO
	return follow_velocity


## By how much the origin goes along with a root that went by [param step] to [param root]; [param head] is where the head
## was before. [param sticks]: a stick wishes to move; [param speed] is the root's over the ground, m/s.
func carry(step: Vector3, root: Vector3, head: Vector3, sticks: bool, speed: float, is_grounded: bool, delta: float) -> Vector3:
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
