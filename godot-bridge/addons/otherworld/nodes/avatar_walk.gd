extends RefCounted
## Animates an avatar that sends no pose, by its movement over the ground.

const AvatarBody := preload("../packages/avatar/avatar_body.gd")
const Gait := preload("../local_player/body/gait.gd")

## An avatar without ground below it for this long is drawn in the air, seconds. A step down is shorter.
const AIRBORNE_SECONDS := 0.12
## Smoothing of the speed, so that an avatar at a limit does not change its animation all the time: share per second.
const SPEED_EASE := 8.0

var _gait: Gait
var _pose: OtherworldPose
var _speed := 0.0
var _airborne_seconds := 0.0
var _age_seconds := 0.0
var _last_position := Vector3.INF


## Returns the pose of an avatar that walks as it has moved in the last [param seconds].
func pose(state: OtherworldAvatarState, body: AvatarBody, seconds: float) -> OtherworldPose:
	if _gait == null:
		_gait = Gait.new()
		_pose = OtherworldPose.new()
	_age_seconds += seconds
	var local := _moved(state.position, seconds).rotated(Vector3.UP, -state.yaw)
	_airborne_seconds = 0.0 if state.is_grounded else _airborne_seconds + seconds
	_gait.is_airborne = state.is_flying or _airborne_seconds > AIRBORNE_SECONDS
	_gait.advance(local.x, local.z, seconds)
	_gait.pose(body, _age_seconds + state.element, _pose)
	return _pose


## Returns its smoothed speed over the ground, m/s.
func smooth_speed(here: Vector3, seconds: float) -> float:
	var speed := _moved(here, seconds)
	_speed += (Vector2(speed.x, speed.z).length() - _speed) * (1.0 - exp(-seconds * SPEED_EASE))
	return _speed


## Velocity since the last call, m/s, realm space.
func _moved(here: Vector3, seconds: float) -> Vector3:
	var speed := (here - _last_position) / seconds if _last_position.is_finite() and seconds > 0.0 else Vector3.ZERO
	_last_position = here
	return speed
