extends RefCounted
## Interpolates an avatar: its root, head and hands, and bones.

const Decoder := preload("../wire/snapshot_decoder.gd")
const RootTrack := preload("root_track.gd")
const JointTrack := preload("joint_track.gd")
const BoneTrack := preload("bone_track.gd")

## The state that is updated.
var state: OtherworldAvatarState
## The avatar was reported as added, because it has a position.
var is_shown := false
var root: RootTrack
var joints: JointTrack
var bones: BoneTrack


## Continues with the states of another decoder. [param origin] is the zero of its positions.
func follow(decoder: Decoder, origin: Vector3, tick_seconds: float) -> void:
	root = RootTrack.new(decoder.roots, state.element, origin, tick_seconds)
	joints = JointTrack.new(decoder.joints, state.element)
	bones = BoneTrack.new(decoder.bones, state.element)


## Updates the state to [param tick]. Beyond the last snapshot the root is extrapolated up to [param until_tick].
## Returns [code]false[/code] before the first state of the root.
func sample(tick: float, until_tick: float) -> bool:
	if not root.sample(tick, until_tick, state):
		return false
	if joints.sample(tick, state):
		state.has_pose = true
		bones.sample(tick, state)
	return true
