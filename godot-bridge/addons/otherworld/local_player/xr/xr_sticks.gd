extends RefCounted
## What the sticks and buttons of two controllers wish: going, turning, jumping, flying. Pure.
##
## Left stick: goes; pushed in: runs, until it is let go. Right stick: turns, in steps or smoothly, and rises while flying.
## The right lower button (A) jumps, the right upper one (B) begins and ends flying.

const XRMaths := preload("xr_maths.gd")

## A stick pushed aside so far makes a step of turning, and so far back the next one may be made.
const SNAP_AT := 0.7
const SNAP_READY := 0.4

## Where the left stick points, without its dead middle.
var pushed := Vector2.ZERO
## By how much to turn now, radians.
var turn := 0.0
## Up and down while flying, -1 to 1.
var rise := 0.0
var runs := false
var flies := false
## The button for jumping is down: a jump that is wished for a frame alone might never be sent.
var jumps := false

var _may_snap := true
var _fly_was := false


## Reads both controllers. [param snap]: radians of a step; 0: smooth, by [param speed] radians per second.
func read(left: Vector2, right: Vector2, run: bool, jump: bool, fly: bool, snap: float, speed: float, delta: float) -> void:
	pushed = XRMaths.stick(left)
	runs = pushed != Vector2.ZERO and (runs or run)
	jumps = jump
	if fly and not _fly_was:
		flies = not flies
	_fly_was = fly
	rise = XRMaths.stick(Vector2(0.0, right.y)).y if flies and absf(right.y) > absf(right.x) else 0.0
	turn = _snapped(right, snap) if snap > 0.0 else -XRMaths.stick(Vector2(right.x, 0.0)).x * speed * delta


func _snapped(right: Vector2, snap: float) -> float:
	if absf(right.x) < SNAP_READY:
		_may_snap = true
	if not _may_snap or absf(right.x) < SNAP_AT or absf(right.x) < absf(right.y):
		return 0.0
	_may_snap = false
	return -signf(right.x) * snap
