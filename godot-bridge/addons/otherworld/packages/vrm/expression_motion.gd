@tool
extends RefCounted
## The expressions of one instance of a model: those that the program sets, and those that move without it, blinks and
## looks.

const ExpressionMaterials := preload("expression_materials.gd")
const Expressions := preload("expressions.gd")

## Seconds between blinks; every third comes sooner. The page blinks alike (viewer/models/vrm/eyes.ts).
const PAUSES: PackedFloat64Array = [4.1, 3.3, 1.2]
const BLINK_SECONDS := 0.2

var _expressions: Expressions
var _meshes: Array[MeshInstance3D] = []
## Null if the expressions change no materials.
var _materials: ExpressionMaterials
## Weights by name that the program has set, and those of blinks and looks.
var _set: Dictionary[StringName, float] = {}
var _idle: Dictionary[StringName, float] = {}
## Weights of morph targets that the meshes have.
var _shown: Dictionary[Vector2i, float] = {}


## [param scene] is an instance of the model's scene.
func _init(expressions: Expressions, scene: Node3D) -> void:
	_expressions = expressions
	for path: NodePath in expressions.meshes:
		_meshes.append(scene.get_node(path) as MeshInstance3D)
	if not expressions.painted.is_empty():
		_materials = ExpressionMaterials.new(expressions.painted, scene)


## Replaces the weights that the program has set.
func set_weights(weights: Dictionary[StringName, float]) -> void:
	_set = weights
	_apply()


## Sets what moves without the program: how far the eyes are closed, 0 to 1, and weights of looks by name.
func set_idle(closed: float, looks: Dictionary[StringName, float]) -> void:
	var idle := looks.duplicate()
	# Both eyes; for a model without that, each eye.
	if _expressions.expressions.has(&"blink"):
		idle[&"blink"] = closed
	else:
		idle[&"blinkLeft"] = closed
		idle[&"blinkRight"] = closed
	if idle == _idle:
		return
	_idle = idle
	_apply()


## Returns how far eyes are closed at a time in seconds, 0 to 1.
static func blink_at(time: float) -> float:
	var total := 0.0
	for pause: float in PAUSES:
		total += pause
	var left := fposmod(time, total)
	for pause: float in PAUSES:
		if left < pause:
			return sin(PI * left / BLINK_SECONDS) if left < BLINK_SECONDS else 0.0
		left -= pause
	return 0.0


func _apply() -> void:
	var weights := _set.duplicate()
	for name: StringName in _idle:
		weights[name] = maxf(weights.get(name, 0.0) as float, _idle[name])
	# The neutral face is on unless the program changes it, as on the page.
	weights[&"neutral"] = weights.get(&"neutral", 1.0)
	if _materials != null:
		_materials.show(_expressions.material_blends_at(weights))
	var targets := _expressions.targets_at(weights)
	for key: Vector2i in targets:
		if not is_equal_approx(_shown.get(key, 0.0) as float, targets[key]):
			_meshes[key.x].set_blend_shape_value(key.y, targets[key])
			_shown[key] = targets[key]
