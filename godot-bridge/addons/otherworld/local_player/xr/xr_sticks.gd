extends RefCounted
## Turns the sticks and buttons of two controllers into walking, turning, jumping and flying. Pure.
##
## The left stick walks; pressed, it runs until it is released. The right stick turns, in steps or smoothly, and moves
## up and down while flying. The lower right button (A) jumps, the upper right one (B) starts and stops flying.

const XRMaths := preload("xr_maths.gd")

## A stick pushed this far turns one step. It must come back this far before the next step.
const SNAP_AT := 0.7
const SNAP_READY := 0.4

## Direction of the left stick, without its dead zone.
var pushed := Vector2.ZERO
## Turn in this frame, radians.
var turn := 0.0
## Up and down while flying, -1 to 1.
var rise := 0.0
var runs := false
var flies := false
## The jump button is down. A jump that lasts one frame might never be sent.
var jumps := false

var _may_snap := true
var _fly_was := false


## Reads both controllers. [param snap] is the angle of a step, radians; 0 turns smoothly, by [param speed] radians per
## second.
func read(left: Vector2, right: Vector2, run: bool, jump: bool, fly: bool, snap: float, speed: float,
		delta: float) -> void:
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
