@tool
extends RefCounted
## The expressions of a model: what each moves, and how they exclude each other. All instances of the model share them.
## Source: VRMC_vrm 1.0 expressions (vrm-c/vrm-specification).

## How an active expression changes the expressions of another group: not, to 0, or to 1 minus its own weight.
enum Override { NONE, BLOCK, BLEND }

const BLINKS: Array[StringName] = [&"blink", &"blinkLeft", &"blinkRight"]
const LOOKS: Array[StringName] = [&"lookUp", &"lookDown", &"lookLeft", &"lookRight"]
## The parameter of a [MaterialBind] that moves and scales the textures, in the coordinates of KHR_texture_transform.
const TEXTURE_TRANSFORM := &"texture_transform"
const MOUTHS: Array[StringName] = [&"aa", &"ih", &"ou", &"ee", &"oh"]

## By name.
var expressions: Dictionary[StringName, Face] = {}
## Paths of the meshes that they move, from the scene's root.
var meshes: Array[NodePath] = []
## Materials whose colours or texture transforms they change.
var painted: Array[Painted] = []


## What one expression moves, and how it changes others.
class Face:
	extends RefCounted
	var binds: Array[Bind] = []
	var material_binds: Array[MaterialBind] = []
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


## A colour of a material, or the transform of its textures.
class MaterialBind:
	extends RefCounted
	## Index in [member painted].
	var material := 0
	## Parameter of the MToon shader (mtoon.gdshaderinc) that is a colour, or [constant TEXTURE_TRANSFORM].
	var parameter := &""
	## The value at an expression's weight of 1: a linear colour, or x and y of the offset, then x and y of the scale.
	var target := Vector4.ONE


## The surfaces that have one material.
class Painted:
	extends RefCounted
	## Paths of the mesh instances from the scene's root, and the surface of each.
	var meshes: Array[NodePath] = []
	var surfaces: PackedInt32Array = []


## A value that expressions have changed: 1 - [member share] of the file's value, plus [member sum].
class Blend:
	extends RefCounted
	var share := 0.0
	var sum := Vector4.ZERO


## Returns the weight of each morph target, by mesh and target, for weights of expressions by name.
func targets_at(weights: Dictionary[StringName, float]) -> Dictionary[Vector2i, float]:
	var targets: Dictionary[Vector2i, float] = {}
	var outputs := _outputs_at(weights)
	for name: StringName in outputs:
		for bind: Bind in expressions[name].binds:
			var key := Vector2i(bind.mesh, bind.target)
			targets[key] = targets.get(key, 0.0) + outputs[name] * bind.weight
	return targets


## Returns the changed values of materials, a [Blend] by the index of the material and then by parameter, for weights of
## expressions by name.
func material_blends_at(weights: Dictionary[StringName, float]) -> Dictionary[int, Dictionary]:
	var blends: Dictionary[int, Dictionary] = {}
	var outputs := _outputs_at(weights)
	for name: StringName in outputs:
		for bind: MaterialBind in expressions[name].material_binds:
			var blend: Blend = blends.get_or_add(bind.material, {}).get_or_add(bind.parameter, Blend.new())
			blend.share += outputs[name]
			blend.sum += bind.target * outputs[name]
	return blends


## Returns the weight of each expression after the others have overridden it.
func _outputs_at(weights: Dictionary[StringName, float]) -> Dictionary[StringName, float]:
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
	for name: StringName in outputs:
		var left := blink if BLINKS.has(name) else look if LOOKS.has(name) else mouth if MOUTHS.has(name) else 1.0
		outputs[name] *= maxf(left, 0.0)
		# A binary expression that another expression overrides in part is off.
		if expressions[name].is_binary and outputs[name] < 1.0:
			outputs[name] = 0.0
	return outputs


static func _overriding(kind: Override, weight: float) -> float:
	match kind:
		Override.BLOCK:
			return 1.0 if weight > 0.0 else 0.0
		Override.BLEND:
			return weight
		_:
			return 0.0
