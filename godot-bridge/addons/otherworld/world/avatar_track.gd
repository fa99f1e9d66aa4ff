extends RefCounted
## An avatar: its root, its head and hands, its bones.

const Decoder := preload("../wire/snapshot_decoder.gd")
const RootTrack := preload("root_track.gd")
const JointTrack := preload("joint_track.gd")
const BoneTrack := preload("bone_track.gd")

## The avatar that is brought up to date.
var state: OtherworldAvatarState
## The program was told of it: it has a place.
var is_shown := false
var root: RootTrack
var joints: JointTrack
var bones: BoneTrack


## Goes on with the states of another decoder, in which [param origin] is where roots' numbers count from.
func follow(decoder: Decoder, origin: Vector3, tick_seconds: float) -> void:
	root = RootTrack.new(decoder.roots, state.element, origin, tick_seconds)
	joints = JointTrack.new(decoder.joints, state.element)
	bones = BoneTrack.new(decoder.bones, state.element)


## Brings the state to [param tick]; beyond the last state the root goes on to [param until_tick] at most. False: no state of
## the root came yet.
func sample(tick: float, until_tick: float) -> bool:
	if not root.sample(tick, until_tick, state):
		return false
	if joints.sample(tick, state):
		state.has_pose = true
		bones.sample(tick, state)
	return true
