class_name OtherworldAvatarState
extends RefCounted
## The state of one avatar in the current frame.
##
## [OtherworldClient] keeps one for each avatar and updates it in each frame. You can keep a reference and read it after
## [signal OtherworldClient.frame_updated]. Remote avatars are interpolated and shown slightly in the past. Your own
## avatar is predicted. Realm space uses Godot's conventions: metres, Y up, forward is -Z.

## Id in the realm. Never reused.
var element: int
## Player number of its session.
var player: int
## User number, the same across sessions. Owns props.
var user: int
## Name that the player chose.
var name: String
## Index in the realm's bodies. 0 if [member package] is set.
var body: int
## Hash of its package, 64 hex digits. Empty if it uses one of the realm's own bodies.
var package: String
## Size relative to its body. 1 is the body's own size.
var scale := 1.0
## Height of the head above the root in the rest pose at its [member scale], metres.
var head_metres: float
## [code]true[/code] for your own avatar.
var is_local: bool

## Position of the feet, realm space.
var position: Vector3
## Heading about +Y, radians. 0 looks along -Z.
var yaw: float
## Velocity, metres per second.
var velocity: Vector3
## [code]true[/code] while it stands on something.
var is_grounded: bool
## [code]true[/code] while it flies.
var is_flying: bool

## [code]true[/code] if the player sends a pose. Otherwise ignore [member head], [member left_hand], [member right_hand]
## and [member bones].
var has_pose: bool
## Head in root space: relative to [member position] and [member yaw].
var head: Transform3D
## Left wrist in root space.
var left_hand: Transform3D
## Right wrist in root space.
var right_hand: Transform3D
## Bit i is set if rotation i of [member bones] was sent. The bits are in the order of [constant OtherworldPose.BONES].
var bone_mask: int
## Rotations of the 18 bones, each relative to its parent.
var bones: Array[Quaternion] = []
