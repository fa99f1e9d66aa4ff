@tool
extends RefCounted
## A model file as it was read: a scene to make copies of, what poses them, and where their joints are. Shared by all who
## show it; never changed after it was made.

const Rig := preload("../avatar/rig.gd")

## Of copies; made of the file on another thread.
var scene: PackedScene
## What follows the realm's bones; without joints where the model has no humanoid.
var rig := Rig.new()
## Where the rig's joints are.
var joints: Array[Place] = []
## Its fitted capsules.
var capsules: Array[Capsule] = []
## How the model stands in the avatar's root space.
var turn := Quaternion(0.0, 1.0, 0.0, 0.0)
## Animations for standing, walking and running; empty: none.
var clip_idle := &""
var clip_walk := &""
var clip_run := &""
## Of vertices and decoded textures, about.
var bytes := 0
## How many bones its skeletons have.
var bone_count := 0


## A joint of the file: a bone of a Skeleton3D, or a Node3D of its own.
class Place:
	extends RefCounted
	## From the scene's root to the Skeleton3D or Node3D.
	var path := NodePath()
	## Index in the skeleton; -1: the node itself.
	var bone := -1
	## How it stands at rest below the scene's root, its scale included.
	var rest := Transform3D.IDENTITY


## A fitted capsule on a joint; ends and radius in the joint's space without its scale, metres.
class Capsule:
	extends RefCounted
	## Name of the humanoid bone, or of the joint.
	var bone := ""
	var place: Place
	var from := Vector3.ZERO
	var to := Vector3.ZERO
	var radius := 0.0


## Whether its joints follow the realm's bones.
func is_humanoid() -> bool:
	return rig.hips >= 0
