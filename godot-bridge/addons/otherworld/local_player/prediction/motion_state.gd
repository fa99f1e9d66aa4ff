extends RefCounted
## How an avatar goes: all that a step changes. Vectors round to 32 bits where they are stored, as the simulation does.

const MotionState := preload("motion_state.gd")

## Where its feet are.
var position := Vector3.ZERO
## Metres per second.
var velocity := Vector3.ZERO
## Heading about +Y in radians, 0 looks along -Z.
var yaw := 0.0
## Stands on something.
var grounded := false
var flying := false
## The jump of the move in effect still waits for the ground.
var jumping := false
## Number of the move that it was stepped with last.
var sequence := 0


## Becomes as [param from] is.
func take(from: MotionState) -> void:
	position = from.position
	velocity = from.velocity
	yaw = from.yaw
	grounded = from.grounded
	flying = from.flying
	jumping = from.jumping
	sequence = from.sequence
