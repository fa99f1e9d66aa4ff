class_name OtherworldAvatarState
extends RefCounted
## An avatar of the realm as it is to be drawn now.
##
## [OtherworldClient] keeps one for each avatar and brings it up to date in each frame; hold on to it and read it after
## [signal OtherworldClient.frame_updated]. Others are shown a little in the past, between two states that the server sent;
## the own avatar at its predicted present. Realm space is Godot's: metres, Y up, forward is -Z.

## Id in the realm, never used again.
var element: int
## The session that it is of.
var player: int
## Who it is, the same over sessions; owns props.
var user: int
## The name that the player gave, for people.
var name: String
## Index in the realm's bodies; 0 where [member package] is set.
var body: int
## Hash of the package that it wears, 64 hex digits; empty: one of the realm's bodies.
var package: String
## Height of its head at rest above the root, metres.
var head_metres: float
## Whether it is this client's own.
var is_local: bool

## Where its feet are.
var position: Vector3
## Heading about +Y in radians, 0 looks along -Z.
var yaw: float
## Metres per second.
var velocity: Vector3
## Stands on something.
var is_grounded: bool
## Flies.
var is_flying: bool

## Whether its player sent a pose; without one the four below mean nothing.
var has_pose: bool
## Head in root space: at [member position], turned by [member yaw].
var head: Transform3D
## Left wrist in root space.
var left_hand: Transform3D
## Right wrist in root space.
var right_hand: Transform3D
## Bit i: rotation i of [member bones] was sent. The bits are [constant OtherworldPose.BONES].
var bone_mask: int
## Rotations of the 18 bones, each in the space of its parent.
var bones: Array[Quaternion] = []
