@tool
extends RefCounted
## The spring bones of a model: chains of bones that swing, and the shapes that they do not enter. All instances of the
## model share them ([code]spring_motion.gd[/code] moves one of them).

## Chains, those nearer to the root of the skeleton first.
var chains: Array[Chain] = []
var colliders: Array[Collider] = []


## What a joint's swing is like. Sources: VRMC_springBone 1.0, VRM 0.x secondaryAnimation (vrm-c/vrm-specification).
class Joint:
	extends RefCounted
	## Name of the node in the file.
	var node := ""
	## Radius that colliders push away, metres.
	var radius := 0.0
	## Force towards the rest pose.
	var stiffness := 1.0
	## Share of the velocity that is lost in each step, 0 to 1.
	var drag := 0.4
	var gravity := 0.0
	## Direction of the gravity in realm space.
	var gravity_direction := Vector3.DOWN


## Joints from the first to the last. The last only gives the one before it a length, unless [member is_extended].
class Chain:
	extends RefCounted
	var joints: Array[Joint] = []
	## The last joint swings too, with a tail of [constant SpringReader.TAIL_METRES].
	var is_extended := false
	## Indices in [member colliders].
	var colliders: PackedInt32Array = []
	## Name of the node relative to which the chain moves; "" for the realm.
	var center := ""
	## Path of the skeleton from the scene's root.
	var skeleton := NodePath()
	## The bones of [member joints], and of nodes between them, from the first to the last.
	var bones: PackedInt32Array = []
	## For each bone, its joint.
	var settings: Array[Joint] = []
	## Bone of [member center] in the same skeleton; -1 without one.
	var center_bone := -1


## A sphere, a capsule or a plane on a bone.
class Collider:
	extends RefCounted
	enum Shape { SPHERE, CAPSULE, PLANE }
	var shape := Shape.SPHERE
	## Name of the node in the file.
	var node := ""
	var radius := 0.0
	## Centre of the sphere, one end of the capsule, or a point of the plane, in the node's space.
	var from := Vector3.ZERO
	## The other end of the capsule; the normal of the plane.
	var to := Vector3.ZERO
	## Joints stay inside the shape.
	var is_inside := false
	## Path of the skeleton from the scene's root, and the bone in it.
	var skeleton := NodePath()
	var bone := -1
