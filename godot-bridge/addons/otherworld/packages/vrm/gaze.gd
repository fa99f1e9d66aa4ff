@tool
extends RefCounted
## Where one instance of a model looks: along its head, a little behind it, as on the page (viewer/models/vrm/eyes.ts). It
## turns the eye bones, or returns weights of expressions.

const LookAt := preload("look_at.gd")
const Model := preload("../model/model.gd")

## Eyes keep their direction while the head turns, and follow it within about this time, seconds.
const FOLLOW_SECONDS := 0.15

var _look: LookAt
var _scene: Node3D
## Direction of the look in the world. Zero after a rest: the next look is straight ahead.
var _direction := Vector3.ZERO
## Rotations of the eyes at rest, in their parents' space.
var _rests: Dictionary[Model.Place, Quaternion] = {}


## [param scene] is an instance of the model's scene, whose eyes are at rest.
func _init(look_at: LookAt, scene: Node3D) -> void:
	_look = look_at
	_scene = scene
	for eye: Model.Place in [look_at.left_eye, look_at.right_eye]:
		if eye != null and eye.bone >= 0:
			_rests[eye] = (scene.get_node(eye.path) as Skeleton3D).get_bone_rest(eye.bone).basis.get_rotation_quaternion()
		elif eye != null:
			_rests[eye] = (scene.get_node(eye.path) as Node3D).quaternion


## Turns the eyes. Returns weights of expressions by name, empty if the eyes are bones.
func update(seconds: float) -> Dictionary[StringName, float]:
	# The model looks along +Z of this frame, and +X is its left.
	var frame := _turn_of(_look.head) * _look.head.rest.basis.get_rotation_quaternion().inverse()
	var ahead := frame * Vector3.BACK
	if _direction == Vector3.ZERO:
		_direction = ahead
	_direction = _direction.lerp(ahead, 1.0 - exp(-seconds / FOLLOW_SECONDS)).normalized()
	if not _direction.is_normalized():
		_direction = ahead
	var seen := frame.inverse() * _direction
	return look(rad_to_deg(atan2(seen.x, seen.z)), -rad_to_deg(asin(clampf(seen.y, -1.0, 1.0))))


## Turns the eyes straight ahead, and forgets where they looked.
func rest() -> void:
	_direction = Vector3.ZERO
	look(0.0, 0.0)


## Turns the eyes by degrees to the model's left and down.
func look(left: float, down: float) -> Dictionary[StringName, float]:
	var pitch := LookAt.mapped(_look.down if down > 0.0 else _look.up, down)
	if _look.is_expression:
		var side := LookAt.mapped(_look.outer, left)
		return {
			&"lookLeft": side if left > 0.0 else 0.0, &"lookRight": side if left < 0.0 else 0.0,
			&"lookDown": pitch if down > 0.0 else 0.0, &"lookUp": pitch if down < 0.0 else 0.0,
		}
	var outwards := LookAt.mapped(_look.outer, left) * signf(left)
	var inwards := LookAt.mapped(_look.inner, left) * signf(left)
	_turn(_look.left_eye, outwards if left > 0.0 else inwards, pitch * signf(down))
	_turn(_look.right_eye, inwards if left > 0.0 else outwards, pitch * signf(down))
	return {}


func _turn(eye: Model.Place, left: float, down: float) -> void:
	if eye == null:
		return
	var node := _scene.get_node(eye.path) as Node3D
	var turn := Quaternion(Vector3.UP, deg_to_rad(left)) * Quaternion(Vector3.RIGHT, deg_to_rad(down))
	var rest := eye.rest.basis.get_rotation_quaternion()
	# The turn is in the model's space, and the bone's rotation in its parent's.
	var turned := _rests[eye] * rest.inverse() * turn * rest
	if eye.bone >= 0:
		(node as Skeleton3D).set_bone_pose_rotation(eye.bone, turned)
	else:
		node.quaternion = turned


## Returns the rotation of a joint in the world.
func _turn_of(place: Model.Place) -> Quaternion:
	var node := _scene.get_node(place.path) as Node3D
	var basis := node.global_basis
	if place.bone >= 0:
		basis *= (node as Skeleton3D).get_bone_global_pose(place.bone).basis
	return basis.orthonormalized().get_rotation_quaternion()
