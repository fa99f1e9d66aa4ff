extends RefCounted
## Grabs, drags, scales and releases the prop that a pointer, a key or the gizmo holds, and notices when it is lost.

const DragTarget := preload("drag_target.gd")
const ColliderBounds := preload("../prediction/collider_bounds.gd")
const Messages := preload("../../wire/generated/messages.gd")
const PlayerMessages := preload("../player_messages.gd")

## Emitted when a prop is grabbed.
signal grabbed(element: int)
## Emitted when the hand is empty, for any reason.
signal released(element: int)
## Emitted when an action is not possible. [param reason] is a message for the player.
signal action_rejected(reason: String)

## What holds the prop. It decides when the prop is released.
enum By { NOTHING, POINTER, KEY, GIZMO }

## Least time between two scale commands.
const SCALE_INTERVAL_MSEC := 70.0
## The server has this long to report us as the holder.
const CONFIRM_MSEC := 3000.0
## A prop that is put down is first held still for this time, because the realm throws a prop that is released in
## motion.
const PUT_DOWN_MSEC := 350.0
## Least height of a dragged prop, metres.
const LOWEST_METRES := 0.02

## Where the prop is held. Valid only while [member by] is not NOTHING.
var drag := DragTarget.new()
var by := By.NOTHING

var _client: OtherworldClient
# Number of grabs. An outcome of an earlier grab says nothing about the current one.
var _grab_count := 0
var _since_msec := 0.0
# The server has reported us as the holder.
var _is_shown := false
var _sent_scale := 1.0
var _scaled_msec := -INF
# When it was put down; NAN if it was not.
var _put_down_msec := NAN


func _init(client: OtherworldClient) -> void:
	_client = client


## Returns the held element; 0 without one.
func element() -> int:
	return 0 if by == By.NOTHING else drag.element


## Grabs a prop at a point, [param away] metres from the ray's origin. Returns [code]false[/code] after
## [signal action_rejected] if the player may not grab it.
func grab(prop: OtherworldPropState, point: Vector3, away: float, how: By, yaw: float, now_msec: float) -> bool:
	if prop.motion == OtherworldPropState.Motion.STATIC:
		action_rejected.emit(PlayerMessages.rejection("not-movable"))
		return false
	if not _client.can(OtherworldClient.Act.DRAG, prop):
		action_rejected.emit(PlayerMessages.forbidden(OtherworldClient.Act.DRAG, _client.permissions))
		return false
	release()
	drag.start(prop, point, away, yaw, lowest_origin(prop))
	by = how
	_since_msec = now_msec
	_is_shown = false
	_sent_scale = prop.scale
	_put_down_msec = NAN
	_grab(prop.element)
	grabbed.emit(prop.element)
	return true


## Releases the prop. A moving prop flies on.
func release() -> void:
	if by == By.NOTHING:
		return
	_clear()
	_client.release(OtherworldClient.Hand.POINTER)


## Releases the prop once it is still, so that it is not thrown.
func put_down(now_msec: float) -> void:
	_put_down_msec = now_msec


## Scales by notches, if the player may.
func grow(notches: float) -> void:
	var prop: OtherworldPropState = _client.props.get(element())
	if prop == null:
		return
	if _client.can(OtherworldClient.Act.SCALE, prop):
		drag.grow(notches)
	else:
		action_rejected.emit(PlayerMessages.forbidden(OtherworldClient.Act.SCALE, _client.permissions))


## Call it in each frame and when the pointer moves. It sends where the prop should be, and its size.
func frame(origin: Vector3, direction: Vector3, yaw: float, head: Vector3, reach: float, now_msec: float) -> void:
	if by == By.NOTHING or not _is_still_ours(now_msec):
		return
	if by != By.GIZMO:
		drag.aim(origin, direction, yaw, head, reach)
	_client.drag(OtherworldClient.Hand.POINTER, drag.target_position, drag.target_rotation)
	if now_msec - _put_down_msec >= PUT_DOWN_MSEC:
		release()
		return
	if drag.scale != _sent_scale and now_msec - _scaled_msec >= SCALE_INTERVAL_MSEC:
		_sent_scale = drag.scale
		_scaled_msec = now_msec
		_scale(drag.element, drag.scale)


## Returns the least height of a prop's origin at which it does not sink into the ground, metres.
static func lowest_origin(prop: OtherworldPropState) -> float:
	var box := ColliderBounds.box_of(Array(prop.colliders, TYPE_OBJECT, "RefCounted", Messages.Collider), prop.rotation)
	return maxf(LOWEST_METRES, -box.position.y * prop.scale)


func _grab(what: int) -> void:
	_grab_count += 1
	var count := _grab_count
	var outcome: OtherworldOutcome = await _client.grab(what, OtherworldClient.Hand.POINTER)
	if outcome.ok or count != _grab_count or by == By.NOTHING:
		return
	_clear()
	action_rejected.emit(PlayerMessages.rejection(outcome.reason))


func _scale(what: int, to: float) -> void:
	var outcome: OtherworldOutcome = await _client.scale_prop(what, to)
	if not outcome.ok and outcome.reason != "lost":
		action_rejected.emit(PlayerMessages.rejection(outcome.reason))


func _is_still_ours(now_msec: float) -> bool:
	var prop: OtherworldPropState = _client.props.get(drag.element)
	if prop != null and prop.holder == _client.player:
		_is_shown = true
		return true
	if prop != null and not _is_shown and now_msec - _since_msec < CONFIRM_MSEC:
		return true
	_clear()
	action_rejected.emit(tr("It slipped out of your hand.") if prop != null else tr("It no longer exists."))
	return false


func _clear() -> void:
	var was := drag.element
	by = By.NOTHING
	released.emit(was)
