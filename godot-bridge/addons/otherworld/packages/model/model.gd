@tool
extends RefCounted
## A model file that was read: a scene to instantiate, what poses it, and its joints. It is shared by all instances and
## never changes.

const Rig := preload("../avatar/rig.gd")

## The scene of its instances, made on another thread.
var scene: PackedScene
## The rig that follows the realm's bones; without joints if the model has no humanoid.
var rig := Rig.new()
## The rig's joints in the scene.
var joints: Array[Place] = []
## The fitted capsules.
var capsules: Array[Capsule] = []
## Transform of the model in the avatar's root space.
var turn := Quaternion(0.0, 1.0, 0.0, 0.0)
## Names of its idle, walk and run animations; "" if it has none.
var clip_idle := &""
var clip_walk := &""
var clip_run := &""
## Approximate size of vertices and decoded textures, bytes.
var bytes := 0
## What a VRM file has beyond the model: a Vrm ([code]vrm.gd[/code]); null for other files.
var vrm: RefCounted
## Number of bones in its skeletons.
var bone_count := 0


## A joint of the file: a bone of a Skeleton3D, or a Node3D.
class Place:
	extends RefCounted
	## Path from the scene's root to the Skeleton3D or Node3D.
	var path := NodePath()
	## Index in the skeleton; -1 for the node itself.
	var bone := -1
	## Rest transform relative to the scene's root, with its scale.
	var rest := Transform3D.IDENTITY

	## Returns whether it and the nodes above it have rotations.
	func has_rotation() -> bool:
		return not Rig.is_flat(rest.basis)


## A fitted capsule on a joint. Ends and radius are in the joint's space without its scale, metres.
class Capsule:
	extends RefCounted
	## Name of the humanoid bone, or of the joint.
	var bone := ""
	var place: Place
	var from := Vector3.ZERO
	var to := Vector3.ZERO
	var radius := 0.0


## Returns whether its joints follow the realm's bones.
func is_humanoid() -> bool:
	return rig.hips >= 0
