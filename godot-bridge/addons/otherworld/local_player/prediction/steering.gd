extends RefCounted
## Walks, jumps and flies without obstacles, with the simulation's arithmetic. Scalars are 64-bit floats, and values
## stored in a [Vector3] are rounded to 32 bits, exactly where the simulation rounds. Sine and cosine are the
## simulation's polynomials, because those of the C library differ between machines.

const Messages := preload("../../wire/generated/messages.gd")
const MotionState := preload("motion_state.gd")
const Terrain := preload("terrain.gd")

## m/s
const WALK_SPEED := 2.0
const RUN_SPEED := 4.5
const FLY_SPEED := 6.0
const JUMP_SPEED := 4.2
const FALL_SPEED_MAX := 40.0
## Share of the difference to the wanted velocity that is made up in a tick: on the ground, in the air.
const GRIP := 0.25
const AIR_GRIP := 0.04
## Radius of an avatar's capsule, and the gap beyond it in which the simulation looks for obstacles, metres.
const CAPSULE_RADIUS := 0.3
const NEAR := 0.6

const _HALF_PI := 1.5707963267948966


## Steps an avatar by one tick; changes [param motion]. [param jump]: a jump is waiting, whatever the move says. Returns
## [code]true[/code] if it jumped, which uses up the jump.
static func step(terrain: Terrain, motion: MotionState, move: Messages.Move, yaw: float, flying: bool,
		jump: bool) -> bool:
	var jumped := jump and motion.grounded and not flying
	var velocity := steered(terrain, motion, move, yaw, flying, jumped)
	var from := motion.position
	var share := 1.0 / terrain.tick_rate
	var x := from.x + velocity.x * share
	var y := from.y + velocity.y * share
	var z := from.z + velocity.z * share
	var lands := from.y >= 0.0 and y <= 0.0 and terrain.is_over_ground(x, z)
	motion.position = Vector3(x, 0.0 if lands else y, z)
	motion.grounded = lands and velocity.y <= 0.0 and not flying
	motion.velocity = Vector3(velocity.x, 0.0, velocity.z) if motion.grounded else velocity
	return jumped


## Returns the velocity of the next tick.
static func steered(terrain: Terrain, motion: MotionState, move: Messages.Move, yaw: float, flying: bool,
		jumped: bool) -> Vector3:
	var input_x := move.x
	var input_z := move.z
	var length := sqrt(input_x * input_x + input_z * input_z)
	if length > 1.0:
		input_x *= 1.0 / length
		input_z *= 1.0 / length
	var speed := FLY_SPEED if flying else RUN_SPEED if move.run else WALK_SPEED
	var s := sine(yaw)
	var c := sine(yaw + _HALF_PI)
	var goal_x := (input_x * c + input_z * s) * speed
	var goal_z := (input_z * c - input_x * s) * speed
	var grip := GRIP if motion.grounded or flying else AIR_GRIP
	var velocity := motion.velocity
	var y := 0.0
	if flying:
		y = velocity.y + (clampf(move.y, -1.0, 1.0) * FLY_SPEED - velocity.y) * GRIP
	elif jumped:
		y = JUMP_SPEED
	elif not motion.grounded:
		y = clampf(velocity.y + terrain.gravity_y / terrain.tick_rate, -FALL_SPEED_MAX, FALL_SPEED_MAX)
	return Vector3(velocity.x + (goal_x - velocity.x) * grip, y, velocity.z + (goal_z - velocity.z) * grip)


## Returns the distance over the ground below which an obstacle of a radius may block the avatar, metres.
static func obstacle_reach(radius: float) -> float:
	return radius + CAPSULE_RADIUS + NEAR


## Wraps an angle to -PI..PI.
static func wrap_angle(angle: float) -> float:
	return angle - TAU * floorf(angle / TAU + 0.5)


## Rounds to a 32-bit float.
static func rounded(value: float) -> float:
	return Vector2(value, 0.0).x


## The simulation's sine: the Taylor series to x^15 on -PI/2..PI/2.
static func sine(angle: float) -> float:
	var x := wrap_angle(angle)
	if x > _HALF_PI:
		x = PI - x
	elif x < -_HALF_PI:
		x = -PI - x
	var y := x * x
	var tail := 1.0 - (y / 110.0) * (1.0 - (y / 156.0) * (1.0 - y / 210.0))
	return x * (1.0 - (y / 6.0) * (1.0 - (y / 20.0) * (1.0 - (y / 42.0) * (1.0 - (y / 72.0) * tail))))
