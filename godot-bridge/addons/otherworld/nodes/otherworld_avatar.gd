@icon("../icons/avatar.svg")
class_name OtherworldAvatar
extends Node3D
## Shows one avatar of a realm: its model in its current pose, and its name. See also [member show_colliders].
##
## [OtherworldView] creates one for each avatar. Read [member state] for its data. While its package loads, one of the
## realm's own bodies of the same height is shown. [method attach] puts your own nodes onto its bones:
## [codeblock]
## view.avatar_shown.connect(func(avatar: OtherworldAvatar) -> void:
##     var hat := preload("res://hat.tscn").instantiate() as Node3D
##     avatar.attach(hat, OtherworldPose.Bone.HEAD))
## [/codeblock]

const _AvatarBones := preload("avatar_bones.gd")
const _AvatarName := preload("avatar_name.gd")
const _AvatarPackage := preload("avatar_package.gd")
const _AvatarWalk := preload("avatar_walk.gd")
const _AvatarBody := preload("../packages/avatar/avatar_body.gd")
const _CapsuleAvatarModel := preload("../packages/avatar/capsule_avatar_model.gd")
const _CapsuleBodies := preload("../packages/avatar/capsule_bodies.gd")
const _ModelInstance := preload("../packages/model/model_instance.gd")
const _PackageLibrary := preload("../packages/download/package_library.gd")
const _Model := preload("../packages/model/model.gd")
const _PoseSolver := preload("../packages/avatar/pose_solver.gd")

## Emitted when another model is shown, because the package has loaded or changed, or the level of detail changed.
signal model_changed

# [member OtherworldAvatarState.bone_mask] of an avatar with all bones tracked.
const _BONES_ALL := (1 << 18) - 1
# Up to this distance a pose is applied in every frame; beyond it in every second, and beyond twice that in every
# fourth, metres.
const _OFTEN_METRES := 14.0
# Distance of the hues of names on the colour circle, so that neighbours never look alike: the golden angle.
const _TURN_OF_HUES := 0.381966011250105

## State of the avatar. The client updates it in each frame.
var state: OtherworldAvatarState
## If [code]true[/code], shows the name above the avatar.
var show_name := true:
	set(value):
		show_name = value
		_label.visible = value and not is_first_person
## If [code]true[/code], draws the capsules of the avatar.
var show_colliders := false
## If [code]true[/code], the capsules are physics bodies that rays can hit. This costs time for each avatar that moves.
var has_colliders := false
## If [code]true[/code], hides the head and the name, because the camera is in the eyes of this avatar.
var is_first_person := false:
	set(value):
		is_first_person = value
		_label.visible = show_name and not value
		_bones.hide_head(value)
		if _figure != null:
			_figure.is_head_hidden = value
## If [code]true[/code], the avatar casts a shadow.
var casts_shadow := true:
	set(value):
		if casts_shadow != value:
			casts_shadow = value
			_set_shadows()
## If [code]true[/code], the eyes of a VRM model blink while the avatar is near the camera.
var blinks := true
## Physics layers of the capsules.
var pick_layer := 1 << 19
## Why the package cannot be shown. Empty if there is no error.
var load_error: String:
	get:
		return _package.load_error

var _bodies_of_realm: Array[_AvatarBody] = []
var _body_model: _Model
var _body: _AvatarBody
var _package: _AvatarPackage
var _shown_level := -1
var _figure: _ModelInstance
var _is_humanoid := false
var _capsules: _CapsuleBodies
var _solver := _PoseSolver.new()
var _locals: Array[Quaternion] = []
var _label := _AvatarName.new()
var _bones := _AvatarBones.new(self)
var _expressions: Dictionary[StringName, float] = {}
var _walk := _AvatarWalk.new()
# Seconds since the last pose. Distant avatars are not posed in each frame.
var _seconds := 0.0
var _metres := 0.0
# Springs, eyes and expressions move. The view chooses the nearest avatars.
var _is_lively := false


# [param bodies] are the realm's.
func _init(of: OtherworldAvatarState, library: _PackageLibrary, bodies: Array[_AvatarBody]) -> void:
	state = of
	name = "Avatar_%d" % of.element
	_package = _AvatarPackage.new(library)
	_bodies_of_realm = bodies
	_locals.resize(18)
	add_child(_label)
	_apply_state()


func _exit_tree() -> void:
	if is_queued_for_deletion():
		_package.release()


func _notification(what: int) -> void:
	if what == NOTIFICATION_PREDELETE:
		_package.release()


# The body whose bones its poses use.
func _shown_body() -> _AvatarBody:
	return _body


## Returns a node that follows a bone: its origin, and its rotation relative to the rest pose, in which the avatar faces
## -Z. The node stays when the avatar changes its package, body or level of detail. It is freed with the avatar.
func bone_node(bone: OtherworldPose.Bone) -> Node3D:
	var is_new := not _bones.has(bone)
	var node := _bones.node_of(bone, _body)
	if is_new and _figure != null and _is_humanoid and state.has_pose:
		_pose()
	return node


## Attaches [param node] to a bone. Its transform becomes relative to [method bone_node]. To take it off, remove or free
## it. Only you see it. In first person, nodes on your own head are hidden.
func attach(node: Node3D, bone: OtherworldPose.Bone) -> void:
	var holder := bone_node(bone)
	if node.get_parent() == null:
		holder.add_child(node)
	else:
		node.reparent(holder, false)
	_place_name()


## Sets the weight of an expression of a VRM model, 0 to 1. The names are those of VRM 1.0, also for VRM 0.x: "happy",
## "angry", "sad", "relaxed", "surprised", "neutral"; "aa", "ih", "ou", "ee", "oh"; "blink", "blinkLeft", "blinkRight";
## "lookUp", "lookDown", "lookLeft", "lookRight"; and the model's own. A model without the expression ignores it. The
## weight stays when the model changes. Only you see it.
func set_expression(expression: StringName, weight: float) -> void:
	_expressions[expression] = clampf(weight, 0.0, 1.0)
	if _has_motion():
		_figure.motion.set_expressions(_expressions)


## Returns the weight that [method set_expression] has set; 0 without one.
func expression_weight(expression: StringName) -> float:
	return _expressions.get(expression, 0.0)


## Returns the names of the expressions that the shown model has. They change with [signal model_changed].
func expression_names() -> PackedStringArray:
	return _figure.motion.expression_names() if _has_motion() else PackedStringArray()


## Returns the height of the body at rest, metres.
func height() -> float:
	return _body.height if _body != null else state.head_metres


## Returns the height of the top of the head above the head bone, metres: where a hat sits. It changes with
## [signal model_changed].
func head_top() -> float:
	return _body.height - _body.head_metres if _body != null else 0.0


## Returns the size of the body relative to the first of the realm's own bodies. Scale what you attach by it.
func body_scale() -> float:
	var standard := _bodies_of_realm[0].head_metres if not _bodies_of_realm.is_empty() else state.head_metres
	return state.head_metres / maxf(standard, 0.01)


## Returns the level of detail that is shown; 0 is the finest. Returns -1 while one of the realm's own bodies is shown.
func shown_level() -> int:
	return _shown_level


# Whether the model is a VRM.
func _has_motion() -> bool:
	return _figure != null and _figure.motion != null


# The model that is shown.
func _shown_model() -> _ModelInstance:
	return _figure


## Returns the physics bodies of the capsules. Empty if [member has_colliders] is [code]false[/code].
func capsule_bodies() -> Array[AnimatableBody3D]:
	return _capsules.bodies() if _capsules != null else ([] as Array[AnimatableBody3D])


# The realm has changed its package, body or name.
func _apply_state() -> void:
	_label.show_text(state.name)
	_package.wear(state.package)
	if _figure == null or _package.manifest == null:
		_show_body()
	elif _shown_level >= 0 and not is_equal_approx(_figure.size, state.scale):
		_resize()


# Draws the avatar. [param eye] and [param ahead] are the camera's, [param frame] counts up.
func _update_frame(eye: Vector3, ahead: Vector3, frame: int, delta: float) -> void:
	var here := state.position
	# Moving a model notifies each of its nodes, which costs as much as posing it.
	var place := Transform3D(Basis(Vector3.UP, state.yaw), here)
	if transform != place:
		transform = place
	var way := here - eye
	_metres = way.length()
	_seconds += delta
	_label.move(delta)
	var is_often := _metres <= _OFTEN_METRES and (_metres < 3.0 or way.dot(ahead) >= 0.0)
	if _figure == null:
		return
	if is_often or _is_due(way.dot(ahead), frame):
		_move_joints(here)
	if _has_motion():
		_figure.motion.blinks = blinks
		_figure.motion.move(delta, state.element, _is_lively, is_first_person)


func _move_joints(here: Vector3) -> void:
	if not _is_humanoid:
		_figure.animate(_walk.smooth_speed(here, _seconds))
		if not _bones.is_empty():
			_solver.rest(_body)
			_bones.place(_solver)
	elif state.has_pose:
		_pose()
	else:
		var pose := _walk.pose(state, _body, _seconds)
		_pose_by_locals(pose.bones, pose.head.origin)
	_seconds = 0.0


# Updates what changes less often than the pose: the requests to the library, the level of detail, the bodies.
func _update_detail() -> void:
	var model := _package.update(_metres)
	if model != null and (_figure == null or _figure.model != model):
		_body = _package_body()
		_shown_level = _package.level
		_show(model, state.scale)
	var needs_bodies := (has_colliders or show_colliders) and _figure != null
	if needs_bodies and _capsules == null:
		_capsules = _CapsuleBodies.new(_figure, 0 if state.is_local else pick_layer, state.element)
	elif not needs_bodies:
		_free_capsules()
	if _capsules != null:
		_capsules.set_visible(show_colliders)
	_place_name()


# Whether a distant avatar, or one behind the camera, is due in this frame.
func _is_due(metres_ahead: float, frame: int) -> bool:
	var every := 4 if metres_ahead < 0.0 or _metres > _OFTEN_METRES * 2.0 else 2
	return (frame + state.element) % every == 0


func _pose() -> void:
	if state.bone_mask == 0:
		_solver.from_three_points(_body, state.head, state.left_hand, state.right_hand)
		_figure.pose_by_bones(_solver)
		_bones.place(_solver)
	elif state.bone_mask == _BONES_ALL:
		_pose_by_locals(state.bones, state.head.origin)
	else:
		for bone: int in 18:
			_locals[bone] = state.bones[bone] if state.bone_mask & (1 << bone) else Quaternion.IDENTITY
		_pose_by_locals(_locals, state.head.origin)


func _pose_by_locals(locals: Array[Quaternion], head: Vector3) -> void:
	_figure.pose_by_locals(_body, locals, head, _solver)
	if not _bones.is_empty():
		_solver.from_rotations(_body, locals, head)
		_bones.place(_solver)


# Returns the body of the loaded package at the avatar's scale.
func _package_body() -> _AvatarBody:
	var body := _package.manifest.body
	return body if body == null or state.scale == 1.0 else body.resized(body.head_metres * state.scale)


# The package's model stays, and gets the avatar's new scale.
func _resize() -> void:
	_body = _package_body()
	_figure.size = state.scale
	_free_capsules()
	_place_name()


func _free_capsules() -> void:
	if _capsules != null:
		_capsules.free_all()
		_capsules = null


# Shows the realm's body at the height of the avatar, also for a package that is not loaded yet.
func _show_body() -> void:
	if _bodies_of_realm.is_empty():
		return
	var realm_body := _bodies_of_realm[clampi(state.body, 0, _bodies_of_realm.size() - 1)]
	if absf(state.head_metres - realm_body.head_metres) > 0.001:
		realm_body = realm_body.resized(state.head_metres)
	if _body == realm_body and _figure != null and _shown_level < 0:
		return
	_body = realm_body
	_shown_level = -1
	_show(_CapsuleAvatarModel.of(_body))
	var color := Color.from_ok_hsl(fposmod(0.07 + state.player * _TURN_OF_HUES, 1.0), 0.75, 0.66)
	for mesh: GeometryInstance3D in _figure.meshes():
		if mesh.name == _CapsuleAvatarModel.COLORED:
			mesh.material_override = _CapsuleAvatarModel.material(color)


func _show(model: _Model, size := 1.0) -> void:
	_free_capsules()
	if _figure != null:
		_figure.queue_free()
		remove_child(_figure)
	_figure = _ModelInstance.new(model)
	_figure.size = size
	_is_humanoid = model.is_humanoid()
	_figure.is_head_hidden = is_first_person
	add_child(_figure)
	if _has_motion():
		_figure.motion.set_expressions(_expressions)
	_place_name()
	_set_shadows()
	model_changed.emit()


# Above the head, and what is attached to it.
func _place_name() -> void:
	if _body != null:
		_label.place_above(maxf(_body.height, _body.head_metres + _bones.metres_above_head()))


func _set_shadows() -> void:
	if _figure == null:
		return
	for mesh: GeometryInstance3D in _figure.meshes():
		mesh.cast_shadow = GeometryInstance3D.SHADOW_CASTING_SETTING_ON if casts_shadow \
				else GeometryInstance3D.SHADOW_CASTING_SETTING_OFF
