@tool
extends RefCounted
## Moves what a VRM has beyond its pose, in one instance of its model.

const SpringMotion := preload("spring_motion.gd")
const Vrm := preload("vrm.gd")

## Null until the first update: an avatar that is never near needs none.
var springs: SpringMotion

var _vrm: Vrm
var _figure: Node3D
var _scene: Node3D


## [param scene] is the instance of the model's scene below [param figure].
func _init(vrm: Vrm, figure: Node3D, scene: Node3D) -> void:
	_vrm = vrm
	_figure = figure
	_scene = scene


## Call it in each frame in which the avatar is near, after the pose.
func update(seconds: float) -> void:
	if not _figure.is_inside_tree():
		return
	if springs == null and _vrm.springs != null:
		springs = SpringMotion.new(_vrm.springs, _figure, _scene)
	if springs != null:
		springs.update(seconds)


## Puts springs to rest until the next update.
func pause() -> void:
	if springs != null:
		springs.pause()
