extends RefCounted
## Computes head and wrists of an avatar from a headset and its controllers, and what the sticks mean. Pure functions.
##
## Directions on the ground are [Vector3] with y = 0, in metres and metres per second; headings are radians about +Y, 0
## looks along -Z.

enum Hand { LEFT, RIGHT }

## Speeds of an avatar, m/s: docs/protocol.md, OWN-4.
const WALK_SPEED := 2.0
const RUN_SPEED := 4.5
const FLY_SPEED := 6.0
## From the head bone to the middle of the eyes, of a body whose head bone is [constant HEAD_METRES] above the ground.
const EYES_FROM_HEAD := Vector3(0.0, 0.08, -0.09)
const HEAD_METRES := 1.52
## Limits of the eye height of a standing player, metres. Another height means that the player sits, or that the floor
## is not set up.
const EYES_METRES_MIN := 1.0
const EYES_METRES_MAX := 2.2
## Limits of the world scale. Beyond them the world would be too near or too far for the eyes.
const SCALE_MIN := 0.1
const SCALE_MAX := 10.0
## From the palm, where controllers report the hand, to the wrist, metres: along the forearm and into the hand.
const PALM_TO_WRIST := 0.085
const PALM_DEPTH := 0.02
## Dead zone of a stick.
const STICK_DEAD := 0.15


## Returns the heading of [param basis], which looks along -Z. Looking straight up or down, the top of the head decides.
static func heading(basis: Basis) -> float:
	var forward := -basis.z.normalized()
	var flat := forward - basis.y.normalized() * forward.y
	return atan2(-flat.x, -flat.z)


## Returns the point on the ground.
static func flat(point: Vector3) -> Vector3:
	return Vector3(point.x, 0.0, point.z)


## Returns an avatar's root, with feet at [param position] and heading [param yaw].
static func root(position: Vector3, yaw: float) -> Transform3D:
	return Transform3D(Basis(Vector3.UP, yaw), position)


## Returns the head bone for eyes of a body of [param head_metres].
static func head_of(eyes: Transform3D, head_metres: float) -> Transform3D:
	return eyes * Transform3D(Basis.IDENTITY, -EYES_FROM_HEAD * (head_metres / HEAD_METRES))


## Returns the eye height of a body above its root, metres.
static func eyes_metres(head_metres: float) -> float:
	return head_metres * (1.0 + EYES_FROM_HEAD.y / HEAD_METRES)


## Returns the world scale (metres of the realm per metre of the room) with which a player, whose eyes are
## [param player_eye_height] above the floor, sees from the eyes of an avatar of [param head_metres].
static func world_scale(head_metres: float, player_eye_height: float) -> float:
	var eyes := clampf(player_eye_height, EYES_METRES_MIN, EYES_METRES_MAX)
	return clampf(eyes_metres(head_metres) / eyes, SCALE_MIN, SCALE_MAX)


## Returns the hand bone for a controller's grip pose in OpenXR: +X is the normal of the palm, away from the left palm
## and into the right one; -Z points from the little finger to the thumb; fingers point along -Y. At rest a hand bone
## has its fingers along ∓X, the palm down and the thumb forward (POS-3).
static func wrist_of(grip: Transform3D, hand: Hand, scale := 1.0) -> Transform3D:
	var back := Vector3(PALM_DEPTH * (-1.0 if hand == Hand.LEFT else 1.0), PALM_TO_WRIST, 0.0) * scale
	var held := grip.orthonormalized()
	return Transform3D(held.basis * _fingers_down(hand), held * back)


## Returns the hand bone of a hanging arm, root space, for a hand that is not tracked.
static func resting_wrist(hand: Hand, head_metres: float) -> Transform3D:
	var at := Vector3(-0.24 if hand == Hand.LEFT else 0.24, 0.8, -0.04)
	return Transform3D(_fingers_down(hand), at * (head_metres / HEAD_METRES))


## Returns a hand bone whose fingers point along -Y, the palm towards the other hand and the thumb along -Z.
static func _fingers_down(hand: Hand) -> Basis:
	var outward := -1.0 if hand == Hand.LEFT else 1.0
	return Basis(Vector3(0.0, -outward, 0.0), Vector3(outward, 0.0, 0.0), Vector3(0.0, 0.0, 1.0))


## Applies the dead zone to a stick, and limits its length to 1.
static func stick(value: Vector2) -> Vector2:
	var length := value.length()
	if length <= STICK_DEAD:
		return Vector2.ZERO
	return value / length * minf(1.0, (length - STICK_DEAD) / (1.0 - STICK_DEAD))


## Returns the velocity of a stick over the ground. Pushed forward, it points along [param yaw].
static func stick_velocity(pushed: Vector2, yaw: float, speed: float) -> Vector3:
	return Basis(Vector3.UP, yaw) * Vector3(pushed.x, 0.0, -pushed.y) * speed


## Returns the direction for [method OtherworldClient.move]: in the frame of an avatar of [param yaw], with
## [param speed] as 1.
static func direction(velocity: Vector3, yaw: float, speed: float) -> Vector3:
	return (Basis(Vector3.UP, -yaw) * flat(velocity) / speed).limit_length(1.0)


## Returns [param origin] turned about the vertical through [param head], so that the head stays in place.
static func turned_about(origin: Transform3D, head: Vector3, angle: float) -> Transform3D:
	var turn := Basis(Vector3.UP, angle)
	var from_head := flat(origin.origin - head)
	return Transform3D(turn * origin.basis, origin.origin - from_head + turn * from_head)


## Returns the origin for a head at [param local] in it that looks along [param yaw] above [param feet].
static func origin_under(local: Transform3D, feet: Vector3, yaw: float) -> Transform3D:
	var turn := Basis(Vector3.UP, yaw - heading(local.basis))
	return Transform3D(turn, feet - turn * flat(local.origin))
