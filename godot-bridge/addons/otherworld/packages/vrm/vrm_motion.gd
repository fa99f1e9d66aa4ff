@tool
extends RefCounted
## Moves what a VRM has beyond its pose, in one instance of its model: node constraints, springs, eyes and expressions.

const ConstraintMotion := preload("constraint_motion.gd")
const ExpressionMotion := preload("expression_motion.gd")
const Gaze := preload("gaze.gd")
const SpringMotion := preload("spring_motion.gd")
const Vrm := preload("vrm.gd")

## Seconds between the clocks of two elements, so that they do not blink at the same time.
const CLOCKS_APART := 1.37

## Null while it is paused.
var springs: SpringMotion
## Null until it is used: an avatar that is never near needs none.
var expressions: ExpressionMotion
## The eyes blink.
var blinks := true

var _vrm: Vrm
var _figure: Node3D
var _scene: Node3D
var _constraints: ConstraintMotion
var _gaze: Gaze
var _is_paused := true
## Constrained nodes are not at rest.
var _is_turned := false


## [param scene] is the instance of the model's scene below [param figure].
func _init(vrm: Vrm, figure: Node3D, scene: Node3D) -> void:
	_vrm = vrm
	_figure = figure
	_scene = scene


## Call it in each frame after the pose. Only an avatar that [param is_near] moves. You see the arms of an avatar in first
## person, so its constrained nodes turn too.
func move(seconds: float, element: int, is_near: bool, is_first_person := false) -> void:
	if is_near:
		update(seconds, Time.get_ticks_msec() / 1000.0 + element * CLOCKS_APART)
	elif is_first_person:
		_pause_lively()
		_turn_constrained()
	else:
		pause()


## Moves constrained nodes, springs, eyes and expressions by a frame. [param time] is the avatar's own clock, seconds: it
## says when the avatar blinks.
func update(seconds: float, time: float) -> void:
	if not _figure.is_inside_tree():
		return
	if springs == null and _vrm.springs != null:
		springs = SpringMotion.new(_vrm.springs, _figure, _scene)
	if _gaze == null and _vrm.look_at != null:
		_gaze = Gaze.new(_vrm.look_at, _scene)
	_make_expressions()
	_is_paused = false
	_turn_constrained()
	var looks: Dictionary[StringName, float] = {}
	if _gaze != null:
		looks = _gaze.update(seconds)
	if expressions != null:
		expressions.set_idle(ExpressionMotion.blink_at(time) if blinks else 0.0, looks)
	if springs != null:
		springs.update(seconds)


## Puts constrained nodes, springs and eyes to rest until the next update. Expressions that the program has set stay.
func pause() -> void:
	_pause_lively()
	if _is_turned:
		_is_turned = false
		_constraints.rest()


## Puts springs and eyes to rest.
func _pause_lively() -> void:
	if _is_paused:
		return
	_is_paused = true
	if springs != null:
		springs.remove()
		springs = null
	if _gaze != null:
		_gaze.rest()
	if expressions != null:
		expressions.set_idle(0.0, {})


## Replaces the weights of expressions, by name, that the program has set.
func set_expressions(weights: Dictionary[StringName, float]) -> void:
	_make_expressions()
	if expressions != null:
		expressions.set_weights(weights)


## Returns the names of the model's expressions.
func expression_names() -> PackedStringArray:
	return PackedStringArray(_vrm.expressions.expressions.keys()) if _vrm.expressions != null else PackedStringArray()


func _turn_constrained() -> void:
	if _constraints == null and _vrm.constraints != null:
		_constraints = ConstraintMotion.new(_vrm.constraints, _scene)
	if _constraints != null:
		_constraints.update()
		_is_turned = true


func _make_expressions() -> void:
	if expressions == null and _vrm.expressions != null:
		expressions = ExpressionMotion.new(_vrm.expressions, _scene)
