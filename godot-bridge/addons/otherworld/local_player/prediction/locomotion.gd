extends RefCounted
## Walking, jumping and flying where nothing stands in the way, by the simulation's own arithmetic: scalars are floats of
## 64 bits, and what is stored in a [Vector3] is rounded to 32, just where the simulation rounds. Sine and cosine are the
## simulation's polynomials, for those of the C library differ between machines.

const Messages := preload("../../wire/generated/messages.gd")
const MotionState := preload("motion_state.gd")
const Terrain := preload("terrain.gd")

## m/s
const WALK_SPEED := 2.0
const RUN_SPEED := 4.5
const FLY_SPEED := 6.0
const JUMP_SPEED := 4.2
const FALL_SPEED_MAX := 40.0
## Share of the difference to the wished velocity that is made up in a tick: on the ground, in the air.
const GRIP := 0.25
const AIR_GRIP := 0.04
## Of an avatar's capsule, metres, and the gap beyond it within which the simulation asks for obstacles.
const CAPSULE_RADIUS := 0.3
const NEAR := 0.6

const _HALF_PI := 1.5707963267948966


## One tick of an avatar; [param motion] is stepped in place. [param jump]: the jump still waits, whatever the move says.
## True: it jumped, the jump is used up.
static func step(terrain: Terrain, motion: MotionState, move: Messages.Move, yaw: float, flying: bool, jump: bool) -> bool:
	var jumped := jump and motion.grounded and not flying
	var velocity := _steered(terrain, motion, move, yaw, flying, jumped)
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


## The velocity of the next tick.
static func _steered(terrain: Terrain, motion: MotionState, move: Messages.Move, yaw: float, flying: bool, jumped: bool) -> Vector3:
	var wish_x := move.x
	var wish_z := move.z
	var length := sqrt(wish_x * wish_x + wish_z * wish_z)
	if length > 1.0:
		wish_x *= 1.0 / length
		wish_z *= 1.0 / length
	var speed := FLY_SPEED if flying else RUN_SPEED if move.run else WALK_SPEED
	var s := sine(yaw)
	var c := sine(yaw + _HALF_PI)
	var goal_x := (wish_x * c + wish_z * s) * speed
	var goal_z := (wish_z * c - wish_x * s) * speed
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


## Distance over the ground from the middle of an obstacle of a radius, below which it may be in the way, metres.
static func obstacle_reach(radius: float) -> float:
	return radius + CAPSULE_RADIUS + NEAR


## Wraps an angle to -PI..PI.
static func wrap_angle(angle: float) -> float:
	return angle - TAU * floorf(angle / TAU + 0.5)


## As a float of 32 bits.
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
