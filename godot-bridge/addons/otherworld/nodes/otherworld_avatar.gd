@icon("../icons/avatar.svg")
class_name OtherworldAvatar
extends Node3D
## Shows one avatar of a realm: its model in its current pose, its name, and its capsules.
##
## [OtherworldView] creates one for each avatar. Read [member state] for its data. While its package loads, one of the
## realm's own bodies of the same height is shown.

const _AvatarBody := preload("../packages/avatar/avatar_body.gd")
const _CapsuleAvatarModel := preload("../packages/avatar/capsule_avatar_model.gd")
const _CapsuleBodies := preload("../packages/avatar/capsule_bodies.gd")
const _ModelInstance := preload("../packages/model/model_instance.gd")
const _Gait := preload("../local_player/body/gait.gd")
const _LevelOfDetail := preload("../packages/download/level_of_detail.gd")
const _PackageLibrary := preload("../packages/download/package_library.gd")
const _Manifest := preload("../packages/download/manifest.gd")
const _Model := preload("../packages/model/model.gd")
const _PoseSolver := preload("../packages/avatar/pose_solver.gd")
const _LoadRequest := preload("../packages/download/load_request.gd")

## Emitted when another model is shown, because the package has loaded or changed, or the level of detail changed.
signal model_changed

# Height of the name above the head, metres.
const _NAME_ABOVE := 0.22
# Smoothing of the speed, so that an avatar at a limit does not change its animation all the time: share per second.
const _SPEED_EASE := 8.0
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
		if _figure != null:
			_figure.is_head_hidden = value
## If [code]true[/code], the avatar casts a shadow.
var casts_shadow := true:
	set(value):
		if casts_shadow != value:
			casts_shadow = value
			_set_shadows()
## Physics layers of the capsules.
var pick_layer := 1 << 19
## Why the package cannot be shown. Empty if there is no error.
var load_error := ""

var _library: _PackageLibrary
var _bodies_of_realm: Array[_AvatarBody] = []
var _body_model: _Model
var _body: _AvatarBody
var _package: _LoadRequest
var _model_request: _LoadRequest
var _level := -1
var _shown_level := -1
var _figure: _ModelInstance
var _is_humanoid := false
var _capsules: _CapsuleBodies
var _solver := _PoseSolver.new()
var _locals: Array[Quaternion] = []
var _label := Label3D.new()
# The gait of an avatar that sends no pose.
var _gait: _Gait
var _gait_pose: OtherworldPose
var _speed := 0.0
var _last_position := Vector3.INF
# Seconds since the last pose. Distant avatars are not posed in each frame.
var _seconds := 0.0
var _age_seconds := 0.0
var _metres := 0.0


# [param bodies] are the realm's.
func _init(of: OtherworldAvatarState, library: _PackageLibrary, bodies: Array[_AvatarBody]) -> void:
	state = of
	name = "Avatar_%d" % of.element
	_library = library
	_bodies_of_realm = bodies
	_locals.resize(18)
	_label.name = "Name"
	_label.billboard = BaseMaterial3D.BILLBOARD_ENABLED
	# A name has the same size on the screen at any distance, so that it can be read.
	_label.fixed_size = true
	_label.pixel_size = 0.0007
	_label.font_size = 48
	_label.outline_size = 12
	_label.modulate = Color(1.0, 1.0, 1.0, 0.95)
	_label.visibility_range_end = 28.0
	_label.visibility_range_end_margin = 4.0
	add_child(_label)
	_apply_state()


func _exit_tree() -> void:
	if is_queued_for_deletion():
		_release_packages()


func _notification(what: int) -> void:
	if what == NOTIFICATION_PREDELETE:
		_release_packages()


# The body whose bones its poses use.
func _shown_body() -> _AvatarBody:
	return _body


## Returns the level of detail that is shown; 0 is the finest. Returns -1 while one of the realm's own bodies is shown.
func shown_level() -> int:
	return _shown_level


# The model that is shown.
func _shown_model() -> _ModelInstance:
	return _figure


## Returns the physics bodies of the capsules. Empty if [member has_colliders] is [code]false[/code].
func capsule_bodies() -> Array[AnimatableBody3D]:
	return _capsules.bodies() if _capsules != null else ([] as Array[AnimatableBody3D])


# The realm has changed its package, body or name.
func _apply_state() -> void:
	_label.text = state.name
	if _package != null and _package.key != state.package:
		_release_packages()
	if state.package and _package == null:
		_package = _library.request_package(state.package)
	if _figure == null or not state.package or _package.manifest == null:
		_show_body()


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
	var is_often := _metres <= _OFTEN_METRES and (_metres < 3.0 or way.dot(ahead) >= 0.0)
	if _figure == null or not (is_often or _is_due(way.dot(ahead), frame)):
		return
	if not _is_humanoid:
		_animate(_moved(here))
	elif state.has_pose:
		_pose()
	else:
		_walk(_moved(here))
	_seconds = 0.0


# Updates what changes less often than the pose: the requests to the library, the level of detail, the bodies.
func _update_detail() -> void:
	if _package != null:
		_package.see(_metres)
		load_error = _package.load_error
		if _package.manifest != null:
			_want_level(_package.manifest)
	var needs_bodies := (has_colliders or show_colliders) and _figure != null
	if needs_bodies and _capsules == null:
		_capsules = _CapsuleBodies.new(_figure, 0 if state.is_local else pick_layer, state.element)
	elif not needs_bodies and _capsules != null:
		_capsules.free_all()
		_capsules = null
	if _capsules != null:
		_capsules.set_visible(show_colliders)


# Whether a distant avatar, or one behind the camera, is due in this frame.
func _is_due(metres_ahead: float, frame: int) -> bool:
	var every := 4 if metres_ahead < 0.0 or _metres > _OFTEN_METRES * 2.0 else 2
	return (frame + state.element) % every == 0


func _pose() -> void:
	if state.bone_mask == 0:
		_solver.from_three_points(_body, state.head, state.left_hand, state.right_hand)
		_figure.pose_by_bones(_solver)
	elif state.bone_mask == _BONES_ALL:
		_figure.pose_by_locals(_body, state.bones, state.head.origin, _solver)
	else:
		for bone: int in 18:
			_locals[bone] = state.bones[bone] if state.bone_mask & (1 << bone) else Quaternion.IDENTITY
		_figure.pose_by_locals(_body, _locals, state.head.origin, _solver)


# Velocity since the last call, m/s, realm space.
func _moved(here: Vector3) -> Vector3:
	var speed := (here - _last_position) / _seconds if _last_position.is_finite() and _seconds > 0.0 else Vector3.ZERO
	_last_position = here
	return speed


func _animate(speed: Vector3) -> void:
	_speed += (Vector2(speed.x, speed.z).length() - _speed) * (1.0 - exp(-_seconds * _SPEED_EASE))
	_figure.animate(_speed)


# Animates an avatar that sends no pose, by its movement over the ground.
func _walk(speed: Vector3) -> void:
	if _gait == null:
		_gait = _Gait.new()
		_gait_pose = OtherworldPose.new()
	_age_seconds += _seconds
	var local := speed.rotated(Vector3.UP, -state.yaw)
	_gait.is_airborne = state.is_flying
	_gait.advance(local.x, local.z, _seconds)
	_gait.pose(_body, _age_seconds + state.element, _gait_pose)
	_figure.pose_by_locals(_body, _gait_pose.bones, _gait_pose.head.origin, _solver)


func _want_level(manifest: _Manifest) -> void:
	if not manifest.is_avatar:
		load_error = tr("This package is an object and can't be used as an avatar.")
		return
	var level := _LevelOfDetail.choose(manifest.models, _metres, 1.0, _level)
	if level != _level or _model_request == null:
		var before := _model_request
		_model_request = _library.request_model(manifest, level)
		_level = level
		if before != null:
			_library.release(before)
	_model_request.see(_metres)
	if _model_request.load_error:
		load_error = _model_request.load_error
	if _model_request.model != null and (_figure == null or _figure.model != _model_request.model):
		_body = manifest.body
		_shown_level = level
		_show(_model_request.model)


# Returns the realm's body, or for a package that is not loaded yet, one of its height.
func _show_body() -> void:
	if _bodies_of_realm.is_empty():
		return
	var realm_body := _bodies_of_realm[clampi(state.body, 0, _bodies_of_realm.size() - 1)]
	if state.package and absf(state.head_metres - realm_body.head_metres) > 0.02:
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


func _show(model: _Model) -> void:
	if _capsules != null:
		_capsules.free_all()
		_capsules = null
	if _figure != null:
		_figure.queue_free()
		remove_child(_figure)
	_figure = _ModelInstance.new(model)
	_is_humanoid = model.is_humanoid()
	_figure.is_head_hidden = is_first_person
	add_child(_figure)
	_label.position.y = _body.height + _NAME_ABOVE
	_set_shadows()
	model_changed.emit()


func _set_shadows() -> void:
	if _figure == null:
		return
	for mesh: GeometryInstance3D in _figure.meshes():
		mesh.cast_shadow = GeometryInstance3D.SHADOW_CASTING_SETTING_ON if casts_shadow \
				else GeometryInstance3D.SHADOW_CASTING_SETTING_OFF


func _release_packages() -> void:
	if _model_request != null and is_instance_valid(_library):
		_library.release(_model_request)
	if _package != null and is_instance_valid(_library):
		_library.release(_package)
	_model_request = null
	_package = null
	_level = -1
	load_error = ""
