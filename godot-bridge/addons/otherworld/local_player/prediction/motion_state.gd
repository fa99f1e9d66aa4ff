extends RefCounted
## The motion of an avatar: everything that a step changes. Vectors are rounded to 32 bits where the simulation rounds
## them.

const MotionState := preload("motion_state.gd")

## Position of the feet.
var position := Vector3.ZERO
## Metres per second.
var velocity := Vector3.ZERO
## Heading about +Y in radians, 0 looks along -Z.
var yaw := 0.0
## It stands on something.
var grounded := false
var flying := false
## The jump of the move in effect still waits for the ground.
var jumping := false
## Sequence number of the move of the last step.
var sequence := 0


## Copies all values of [param from].
func copy_from(from: MotionState) -> void:
	position = from.position
	velocity = from.velocity
	yaw = from.yaw
	grounded = from.grounded
	flying = from.flying
	jumping = from.jumping
	sequence = from.sequence
