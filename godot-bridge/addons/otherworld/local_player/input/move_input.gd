extends RefCounted
## Turns held actions into a move: direction, heading, jump, run, fly.

const CameraRig := preload("../body/camera_rig.gd")
const HeldActions := preload("held_actions.gd")
const Steering := preload("../prediction/steering.gd")

## Looking up and down by keys has this share of the turn speed.
const PITCH_SHARE := 0.6
## Headings that differ by less are equal.
const YAW_LEAST := 1e-4

## Heading of the view about +Y, radians; 0 looks along -Z.
var yaw := 0.0
## Up is positive, radians.
var pitch := -0.14
var is_flying := false
## The direction in the player's own frame.
var direction := Vector3.ZERO
var jumps := false
var runs := false

var _sent_direction := Vector3.INF
var _sent_yaw := NAN
var _sent_flags := Vector3i(-1, -1, -1)


## Reads the held actions. [param turn_speed] applies to turning by keys and sticks, radians per second.
func read(held: HeldActions, controls: OtherworldControls, delta: float, turn_speed: float, now_msec: float) -> void:
	var turned := held.strength(controls.turn_left, now_msec) - held.strength(controls.turn_right, now_msec)
	var raised := held.strength(controls.look_up, now_msec) - held.strength(controls.look_down, now_msec)
	turn(turned * turn_speed * delta, raised * turn_speed * PITCH_SHARE * delta)
	var x := held.strength(controls.right, now_msec) - held.strength(controls.left, now_msec)
	var z := held.strength(controls.back, now_msec) - held.strength(controls.forward, now_msec)
	var up := held.strength(controls.jump, now_msec)
	direction = Vector3(x, 0.0, z).limit_length(1.0)
	if is_flying:
		direction.y = up - held.strength(controls.down, now_msec)
	jumps = not is_flying and up > 0.0
	runs = held.strength(controls.run, now_msec) > 0.0


## Turns the view, radians. Left and up are positive.
func turn(left: float, up: float) -> void:
	yaw = Steering.rounded(Steering.wrap_angle(yaw + left))
	pitch = clampf(pitch + up, -CameraRig.PITCH_MAX, CameraRig.PITCH_MAX)


## Stops the move, except for the heading.
func rest() -> void:
	direction = Vector3.ZERO
	jumps = false
	runs = false


## Returns whether the move has changed since the last call. A jump is a change only once.
func has_changed() -> bool:
	var flags := Vector3i(int(jumps), int(runs), int(is_flying))
	# NAN differs from everything, so the first move is a change.
	var is_same := direction == _sent_direction and flags == _sent_flags and absf(yaw - _sent_yaw) < YAW_LEAST
	if is_same:
		return false
	_sent_direction = direction
	_sent_flags = flags
	_sent_yaw = yaw
	return true
