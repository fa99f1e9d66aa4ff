extends RefCounted
## Animates a desktop player's body: breathing, walking, running, looking, reaching for a held prop. A headset sends
## real poses. A keyboard has none, so the pose is made from speed and view, shown and sent.

const AvatarBody := preload("../../packages/avatar/avatar_body.gd")
const PoseSolver := preload("../../packages/avatar/pose_solver.gd")

## A slower body stands, metres per second.
const STANDING_SPEED := 0.15
## How far arms hang down from the T-pose, radians.
const HANG := 1.28
## Smoothing of the speed, so that legs do not twitch: exponent per second.
const EASE := 9.0

## Phase of the stride, radians. A full turn is two steps.
var phase := 0.0
## Speed over the ground in the avatar's own frame, m/s: to the right, backwards.
var x := 0.0
var z := 0.0

## View direction of the player, radians. Up is positive.
var pitch := 0.0
## The point that the right hand reaches for while [member reaches], root space.
var reach_for := Vector3.ZERO
var reaches := false
var is_airborne := false

# Stride: 0 standing, 1 full stride. Run: 0 walking, 1 running. Then the forward and sideways parts of the direction.
var _stride := 0.0
var _run := 0.0
var _forward := 0.0
var _sideways := 0.0
var _solver := PoseSolver.new()
# Measures of the body that was posed last: its feet and hips at rest, and its right shoulder.
var _rest_of: AvatarBody = null
var _rest_feet := 0.0
var _rest_hips := Vector3.ZERO
var _rest_shoulder := Vector3.ZERO


## Advances the gait with the speed over the ground, in the avatar's own frame.
func advance(speed_x: float, speed_z: float, seconds: float) -> void:
	var eased := 1.0 - exp(-seconds * EASE)
	x += (speed_x - x) * eased
	z += (speed_z - z) * eased
	var speed := Vector2(x, z).length()
	if speed < STANDING_SPEED:
		_stride = 0.0
		_run = 0.0
		_forward = 0.0
		_sideways = 0.0
		return
	# A stride's length grows with speed.
	phase = fmod(phase + speed * seconds * TAU / (0.75 + 0.34 * speed), TAU)
	_stride = minf(1.0, speed / 1.6)
	_run = clampf((speed - 2.0) / 3.0, 0.0, 1.0)
	_forward = -z / speed
	_sideways = x / speed


## Writes the pose of a body that walks, looks and reaches. [param seconds] is the time for breathing.
func pose(body: AvatarBody, seconds: float, into: OtherworldPose) -> void:
	_measure_rest(body)
	_legs(into)
	_arms(into, seconds)
	var lean := -0.05 * _stride - 0.14 * _run * maxf(0.0, _forward)
	into.set_bone(OtherworldPose.Bone.SPINE, _about(Vector3.UP, sin(phase) * 0.07 * _stride) * _about(Vector3.RIGHT, lean))
	if reaches:
		_reach_out(into)
	into.set_bone(OtherworldPose.Bone.NECK, _about(Vector3.RIGHT, pitch * 0.35))
	into.set_bone(OtherworldPose.Bone.HEAD, _about(Vector3.RIGHT, pitch * 0.5))
	_place_on_ground(body, into)


func _measure_rest(body: AvatarBody) -> void:
	if body == _rest_of:
		return
	_rest_of = body
	_solver.set_rest_pose(body)
	_rest_feet = _lowest_foot()
	_rest_hips = _solver.positions[OtherworldPose.Bone.HIPS]
	_rest_shoulder = _solver.positions[OtherworldPose.Bone.RIGHT_UPPER_ARM]


func _legs(into: OtherworldPose) -> void:
	for side: int in 2:
		var upper := OtherworldPose.Bone.LEFT_UPPER_LEG if side == 0 else OtherworldPose.Bone.RIGHT_UPPER_LEG
		var wave := sin(phase + side * PI)
		var lift := maxf(0.0, cos(phase + side * PI))
		var reach := _stride * (0.48 + 0.34 * _run)
		var thigh := 0.35 if is_airborne else wave * reach * _forward
		var out := 0.0 if is_airborne else wave * reach * 0.6 * _sideways
		var knee := 0.75 if is_airborne else _stride * (0.12 + lift * (0.75 + 0.75 * _run)) + 0.03
		into.set_bone(upper, _about(Vector3.BACK, out) * _about(Vector3.RIGHT, thigh + knee * 0.4))
		into.set_bone(_after(upper, 1), _about(Vector3.RIGHT, -knee))
		into.set_bone(_after(upper, 2), _about(Vector3.RIGHT, -0.4 if is_airborne else knee * 0.45 - thigh * 0.5))


func _arms(into: OtherworldPose, seconds: float) -> void:
	var breath := sin(seconds * 1.7) * 0.025
	for side: int in 2:
		var upper := OtherworldPose.Bone.LEFT_UPPER_ARM if side == 0 else OtherworldPose.Bone.RIGHT_UPPER_ARM
		var sign_of := 1.0 if side == 0 else -1.0
		# Opposite to the leg of the same side.
		var wave := sin(phase + (PI if side == 0 else 0.0)) * _stride * (0.42 + 0.4 * _run) \
				* (-1.0 if _forward < -0.2 else 1.0)
		var hang := 0.75 if is_airborne else HANG - 0.12 * _run + breath
		into.set_bone(upper, _about(Vector3.RIGHT, wave) * _about(Vector3.BACK, sign_of * hang))
		into.set_bone(_after(upper, 1), _about(Vector3.UP, -sign_of * (0.22 + _run * 1.05 + _stride * 0.18)))


# Points the right arm, which points along +X at rest, at its target.
func _reach_out(into: OtherworldPose) -> void:
	var way := reach_for - _rest_shoulder
	var toward := way.normalized() if way.length_squared() > 1e-12 else Vector3.FORWARD
	var turn := Quaternion(Vector3.BACK, PI) if toward.x < -0.999999 else Quaternion(Vector3.RIGHT, toward)
	into.set_bone(OtherworldPose.Bone.RIGHT_UPPER_ARM, turn)
	into.set_bone(OtherworldPose.Bone.RIGHT_LOWER_ARM, _about(Vector3.UP, 0.12))


# Moves the body so that its lower foot is at the height of a foot at rest.
func _place_on_ground(body: AvatarBody, into: OtherworldPose) -> void:
	_solver.from_rotations(body, into.bones, Vector3.ZERO)
	var shift := _rest_hips - _solver.positions[OtherworldPose.Bone.HIPS]
	if not is_airborne:
		shift.y = _rest_feet - _lowest_foot()
	into.head = _joint(OtherworldPose.Bone.HEAD, shift)
	into.left_hand = _joint(OtherworldPose.Bone.LEFT_HAND, shift)
	into.right_hand = _joint(OtherworldPose.Bone.RIGHT_HAND, shift)


func _joint(bone: OtherworldPose.Bone, shift: Vector3) -> Transform3D:
	return Transform3D(Basis(_solver.rotations[bone].normalized()), _solver.positions[bone] + shift)


func _lowest_foot() -> float:
	return minf(_solver.positions[OtherworldPose.Bone.LEFT_FOOT].y, _solver.positions[OtherworldPose.Bone.RIGHT_FOOT].y)


func _after(bone: OtherworldPose.Bone, steps: int) -> OtherworldPose.Bone:
	return (bone + steps) as OtherworldPose.Bone


func _about(axis: Vector3, angle: float) -> Quaternion:
	return Quaternion(axis, angle)
