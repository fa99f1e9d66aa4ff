@tool
extends RefCounted
## The expressions of a model: what each moves, and how they exclude each other. All instances of the model share them.
## Source: VRMC_vrm 1.0 expressions (vrm-c/vrm-specification).

## How an active expression changes the expressions of another group: not, to 0, or to 1 minus its own weight.
enum Override { NONE, BLOCK, BLEND }

const BLINKS: Array[StringName] = [&"blink", &"blinkLeft", &"blinkRight"]
const LOOKS: Array[StringName] = [&"lookUp", &"lookDown", &"lookLeft", &"lookRight"]
const MOUTHS: Array[StringName] = [&"aa", &"ih", &"ou", &"ee", &"oh"]

## By name.
var expressions: Dictionary[StringName, Face] = {}
## Paths of the meshes that they move, from the scene's root.
var meshes: Array[NodePath] = []


## What one expression moves, and how it changes others.
class Face:
	extends RefCounted
	var binds: Array[Bind] = []
	## Its weight is 0 or 1: a weight above 0.5 counts as 1.
	var is_binary := false
	var override_blink := Override.NONE
	var override_look_at := Override.NONE
	var override_mouth := Override.NONE


## A morph target of a mesh.
class Bind:
	extends RefCounted
	## Index in [member meshes].
	var mesh := 0
	## Index of the morph target.
	var target := 0
	## Value of the morph target at an expression's weight of 1.
	var weight := 1.0


## Returns the weight of each morph target, by mesh and target, for weights of expressions by name.
func targets_at(weights: Dictionary[StringName, float]) -> Dictionary[Vector2i, float]:
	var outputs: Dictionary[StringName, float] = {}
	var blink := 1.0
	var look := 1.0
	var mouth := 1.0
	for name: StringName in expressions:
		var it := expressions[name]
		var output := clampf(weights.get(name, 0.0) as float, 0.0, 1.0)
		if it.is_binary:
			output = 1.0 if output > 0.5 else 0.0
		outputs[name] = output
		blink -= _overriding(it.override_blink, output)
		look -= _overriding(it.override_look_at, output)
		mouth -= _overriding(it.override_mouth, output)
	var targets: Dictionary[Vector2i, float] = {}
	for name: StringName in outputs:
		var left := blink if BLINKS.has(name) else look if LOOKS.has(name) else mouth if MOUTHS.has(name) else 1.0
		var output := outputs[name] * maxf(left, 0.0)
		# A binary expression that another expression overrides in part is off.
		if expressions[name].is_binary and output < 1.0:
			output = 0.0
		for bind: Bind in expressions[name].binds:
			var key := Vector2i(bind.mesh, bind.target)
			targets[key] = targets.get(key, 0.0) + output * bind.weight
	return targets


static func _overriding(kind: Override, weight: float) -> float:
	match kind:
		Override.BLOCK:
			return 1.0 if weight > 0.0 else 0.0
		Override.BLEND:
			return weight
		_:
			return 0.0
