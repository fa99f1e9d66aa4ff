@tool
extends Node3D
## One instance of a model, in the avatar's root space. Its joints follow bones, or it plays its own animations.

const Model := preload("model.gd")
const Rig := preload("../avatar/rig.gd")
const PoseSolver := preload("../avatar/pose_solver.gd")
const AvatarBody := preload("../avatar/avatar_body.gd")
const Vrm := preload("../vrm/vrm.gd")
const VrmMotion := preload("../vrm/vrm_motion.gd")

## Speeds from which a model walks and runs, m/s.
const WALK_SPEED := 0.2
const RUN_SPEED := 3.2
## Blend time between animations, seconds.
const BLEND_SECONDS := 0.25
## Scale of a hidden head. A scale of 0 has no inverse.
const HIDDEN_SCALE := 1e-3

var model: Model
## Moves what a VRM has beyond its pose; null for other models.
var motion: VrmMotion
## Size relative to the model's own. Poses are in the root space of the scaled body.
var size := 1.0:
	set(value):
		size = value
		scale = Vector3.ONE * value
## Hides the head, for the first-person view of your own avatar.
var is_head_hidden := false:
	set(value):
		if is_head_hidden != value:
			is_head_hidden = value
			_scale_head()

var _scene: Node3D
var _rig: Rig
## For each joint of the rig: its skeleton (null for a node) and its bone there, or its node.
var _skeletons: Array[Skeleton3D] = []
var _bones: PackedInt32Array = []
var _nodes: Array[Node3D] = []
var _turns: Array[Quaternion] = []
var _takes_locals := false
var _player: AnimationPlayer
var _head_scale := Vector3.ONE


func _init(of: Model) -> void:
	model = of
	name = "Figure"
	quaternion = of.turn
	_scene = of.scene.instantiate() as Node3D
	add_child(_scene)
	if of.vrm != null:
		motion = VrmMotion.new(of.vrm as Vrm, self, _scene)
	_rig = of.rig
	_takes_locals = of.is_humanoid() and _rig.takes_locals()
	for place: Model.Place in of.joints:
		var node := _scene.get_node(place.path)
		_skeletons.append(node as Skeleton3D)
		_nodes.append(node as Node3D)
		_bones.append(place.bone)
		_turns.append(Quaternion.IDENTITY)
	if _rig.head >= 0:
		var head := _rig.head
		_head_scale = _skeletons[head].get_bone_pose_scale(_bones[head]) if _bones[head] >= 0 else _nodes[head].scale
	if not of.is_humanoid():
		for found: AnimationPlayer in _scene.find_children("*", "AnimationPlayer", true, false):
			_player = found


## Poses the model from local rotations of all bones. The head's origin is at [param head] (root space).
func pose_by_locals(body: AvatarBody, locals: Array[Quaternion], head: Vector3, solver: PoseSolver) -> void:
	if not _takes_locals:
		solver.from_rotations(body, locals, head)
		pose_by_bones(solver)
		return
	if not _rig.is_plain:
		_rig.turn_by_locals(locals, _turns)
	# Sums the way from the hips up to the head.
	var offsets := body.offsets
	var up := offsets[4] + locals[4] * offsets[5]
	up = offsets[3] + locals[3] * up
	up = offsets[2] + locals[2] * up
	up = locals[0] * (offsets[1] + locals[1] * up)
	_apply(locals if _rig.is_plain else _turns, (head - up) / size)


## Poses the model from bones in root space.
func pose_by_bones(solver: PoseSolver) -> void:
	if _rig.hips < 0:
		return
	_rig.turn_by_bones(solver.rotations, _turns)
	_apply(_turns, solver.positions[PoseSolver.HIPS] / size)


## Plays its own animation for a speed over the ground, metres per second.
func animate(speed: float) -> void:
	if _player == null:
		return
	var clip := model.clip_run if speed >= RUN_SPEED else model.clip_walk if speed >= WALK_SPEED else model.clip_idle
	if clip == &"":
		_player.pause()
	elif _player.current_animation != clip or not _player.is_playing():
		_player.play(clip, BLEND_SECONDS)


## Returns all its visible nodes.
func meshes() -> Array[GeometryInstance3D]:
	var found: Array[GeometryInstance3D] = []
	found.assign(_scene.find_children("*", "GeometryInstance3D", true, false))
	return found


## Returns the node of a joint: a [Skeleton3D], or the node itself.
func node_at(place: Model.Place) -> Node3D:
	return _scene.get_node(place.path) as Node3D


func _apply(turns: Array[Quaternion], hips: Vector3) -> void:
	for j: int in _bones.size():
		var bone := _bones[j]
		if bone >= 0:
			_skeletons[j].set_bone_pose_rotation(bone, turns[j])
		else:
			_nodes[j].quaternion = turns[j]
	var at := _rig.hips
	var translation := _rig.hips_translation(hips)
	if _bones[at] >= 0:
		_skeletons[at].set_bone_pose_position(_bones[at], translation)
	else:
		_nodes[at].position = translation


func _scale_head() -> void:
	if _rig.head < 0:
		return
	var at := _rig.head
	var scaled := _head_scale * (HIDDEN_SCALE if is_head_hidden else 1.0)
	if _bones[at] >= 0:
		_skeletons[at].set_bone_pose_scale(_bones[at], scaled)
	else:
		_nodes[at].scale = scaled
