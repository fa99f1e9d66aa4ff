extends RefCounted
## Your own part of the world at its predicted present: the avatar, and what it holds. [code]present[/code] is the
## client's timeline in ticks (its estimate of the server's tick), [code]now_msec[/code] its clock.

const ColliderBounds := preload("collider_bounds.gd")
const Collider := preload("../../packages/model/collider.gd")
const HeldPrediction := preload("held_prediction.gd")
const Messages := preload("../../wire/generated/messages.gd")
const MotionState := preload("motion_state.gd")
const Prediction := preload("prediction.gd")
const Solid := preload("obstacles/solid.gd")
const Steering := preload("steering.gd")
const Terrain := preload("terrain.gd")
const World := preload("../../world/world.gd")

## Obstacles farther from the avatar than this, plus their own size, are ignored by the prediction.
const OBSTACLE_METRES := 12.0
## Height of the head while the avatar is unknown.
const HEAD_METRES := 1.6
## Bit of the permission to fly.
const PERMISSION_FLY := 16
## Cached radii of removed props are dropped once there are this many more than props.
const RADII_SPARE := 64

## The solids of a prop, and where it was when they were made.
class KnownSolids:
	var colliders: Array
	var position: Vector3
	var rotation: Quaternion
	var scale: float
	## Null if they are too many for the prediction.
	var solids: Variant


## Returns the colliders of a package by its hash, or null while they are not known.
var colliders_of := func(_hash: String) -> Variant: return null
## Prediction of held props. Call it for each grab, drag, rejection and release.
var held_prediction: HeldPrediction
## Distance of the server's last answer from the prediction, metres.
var correction_metres: float:
	get:
		return _prediction.correction_metres
## Root mean square of the last second's corrections, metres.
var correction_rms_metres: float:
	get:
		return _prediction.correction_rms_metres

var _terrain: Terrain
var _prediction: Prediction
var _move: Messages.Move = null
var _sent_sequence := 0
var _sent_yaw := NAN
var _pose: OtherworldPose = null
var _shown := MotionState.new()
# Obstacles near the avatar: x, radius, z of each, and its solids, or null.
var _obstacles: PackedVector3Array = []
var _obstacle_solids: Array = []
# By element.
var _solids: Dictionary[int, KnownSolids] = {}
# Radii by element, at scale 1.
var _radii: Dictionary[int, float] = {}


## [param player] is from the Welcome. [param definition] is the realm's, parsed and checked.
func _init(player: int, definition: Dictionary) -> void:
	_terrain = Terrain.new(definition)
	held_prediction = HeldPrediction.new(player, _terrain.tick_rate)
	_prediction = Prediction.new(_terrain)


## Sets the player's move. It takes effect once it is sent.
func set_move(move: Messages.Move) -> void:
	_move = move


## Sets the player's pose. It is shown at once, sent or not.
func set_pose(pose: OtherworldPose) -> void:
	_pose = pose


## Records that a packet carried the newest move, at a [param tick] of the client's timeline. The server rejects flying
## without the permission; then the previous move continues.
func move_sent(sequence: int, tick: float, permissions: int) -> void:
	if _move == null or _sent_sequence == sequence or (_move.fly and permissions & PERMISSION_FLY == 0):
		return
	_sent_sequence = sequence
	_sent_yaw = _move.yaw
	_prediction.move_sent(sequence, tick, _move)


## Reconciles the prediction with the server's answer of its [param tick]. [param away_ticks] is half a round trip.
## [param props] are all props, as last drawn.
func reconcile(own: Messages.Own, tick: int, present: float, away_ticks: float, now_msec: float,
		props: Dictionary[int, OtherworldPropState]) -> void:
	_find_obstacles(own.position, props)
	_prediction.reconcile(own, tick, present, now_msec, away_ticks, _obstacles, _obstacle_solids)


## Places your avatar at its predicted present.
func place(avatar: OtherworldAvatarState, present: float, now_msec: float) -> void:
	if _pose != null:
		_place_pose(avatar)
	_prediction.head_metres = avatar.head_metres
	if not _prediction.at(present, now_msec, _shown):
		return
	avatar.position = _shown.position
	avatar.velocity = _shown.velocity
	avatar.is_grounded = _shown.grounded
	avatar.is_flying = _shown.flying
	# A turn that is not sent yet is shown at once. A turn by the server stays until the player turns.
	var turns := _move != null and _move.yaw != _sent_yaw
	avatar.yaw = Steering.wrap_angle(_move.yaw) if turns else _shown.yaw


## Places held props in the hand. Call it after [method place]. [param sampled_tick] is the moment at which
## [param world] was sampled.
func place_props(world: World, sampled_tick: float, present: float, now_msec: float) -> void:
	var head := Vector3(0.0, HEAD_METRES, 0.0) if world.local_avatar == null \
			else world.local_avatar.position + Vector3(0.0, world.local_avatar.head_metres, 0.0)
	var lag_ticks := present + _prediction.delay_ticks - sampled_tick
	var lag_msec := maxf(0.0, lag_ticks * 1000.0 / _terrain.tick_rate)
	held_prediction.place(world.props, now_msec, lag_msec, head, _terrain.reach, world.displace)


# A copy, because the world writes the server's pose into the avatar.
func _place_pose(avatar: OtherworldAvatarState) -> void:
	avatar.has_pose = true
	avatar.head = _pose.head
	avatar.left_hand = _pose.left_hand
	avatar.right_hand = _pose.right_hand
	avatar.bone_mask = _pose.bone_mask
	avatar.bones.assign(_pose.bones)


func _find_obstacles(at: Vector3, props: Dictionary[int, OtherworldPropState]) -> void:
	_obstacles.clear()
	_obstacle_solids = []
	if _radii.size() > 2 * props.size() + RADII_SPARE:
		_radii.clear()
		_solids.clear()
	for element: int in props:
		var prop := props[element]
		if prop.motion == OtherworldPropState.Motion.DYNAMIC:
			continue
		var radius := _radius(prop) * prop.scale
		if Vector2(prop.position.x - at.x, prop.position.z - at.z).length() < radius + OBSTACLE_METRES:
			_obstacles.append(Vector3(prop.position.x, radius, prop.position.z))
			_obstacle_solids.append(_solids_of(prop))


# Returns the solids of a prop, or null if they are not known.
func _solids_of(prop: OtherworldPropState) -> Variant:
	var known: KnownSolids = _solids.get(prop.element)
	var colliders: Variant = null
	if prop.package:
		colliders = colliders_of.call(prop.package)
	else:
		colliders = known.colliders if known != null else Collider.of_messages(prop.colliders)
	if colliders == null:
		return null
	if known == null or not is_same(known.colliders, colliders) or known.position != prop.position \
			or known.rotation != prop.rotation or known.scale != prop.scale:
		known = KnownSolids.new()
		known.colliders = colliders as Array
		known.position = prop.position
		known.rotation = prop.rotation
		known.scale = prop.scale
		known.solids = Solid.all_of(known.colliders, prop.position, prop.rotation, prop.scale)
		_solids[prop.element] = known
	return known.solids


func _radius(prop: OtherworldPropState) -> float:
	if not _radii.has(prop.element):
		_radii[prop.element] = ColliderBounds.radius_of(Array(prop.colliders, TYPE_OBJECT, "RefCounted", Messages.Collider))
	return _radii[prop.element]
