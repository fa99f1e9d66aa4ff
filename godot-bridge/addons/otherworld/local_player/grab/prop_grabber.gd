extends RefCounted
## What the player holds with the pointer: grabs, drags, scales and lets go through the client, and notices when it slipped
## away.

const DragTarget := preload("drag_target.gd")
const ColliderBounds := preload("../prediction/collider_bounds.gd")
const Messages := preload("../../wire/generated/messages.gd")
const PlayerMessages := preload("../player_messages.gd")

## The hand takes a thing.
signal grabbed(element: int)
## The hand is empty, whatever the reason.
signal released(element: int)
## Something was not possible, in words for the player.
signal action_rejected(reason: String)

## By what it is held: that decides when it is let go.
enum By { NOTHING, POINTER, KEY, GIZMO }

## Least time between two scale commands: each is a command of its own.
const SCALE_INTERVAL_MSEC := 70.0
## How long the server may take to show us as the holder.
const CONFIRM_MSEC := 3000.0
## What is put down is held still for so long: the realm throws what is let go in motion.
const PUT_DOWN_MSEC := 350.0
## The least height that a thing is dragged to, metres.
const LOWEST_METRES := 0.02

## How and where it is held; only while [member by] is not nothing.
var drag := DragTarget.new()
var by := By.NOTHING

var _client: OtherworldClient
# Counts what was taken: an answer to an earlier grab says nothing about this one.
var _taken := 0
var _since_msec := 0.0
# The server has shown us as its holder.
var _is_shown := false
var _sent_scale := 1.0
var _scaled_msec := -INF
# Since when it is being put down; not a number: it is not.
var _put_down_msec := NAN


func _init(client: OtherworldClient) -> void:
	_client = client


## The element that is held; 0: none.
func element() -> int:
	return 0 if by == By.NOTHING else drag.element


## Takes a prop at a point, [param away] metres from the ray's origin. False: it may not be taken; why was said.
func take(prop: OtherworldPropState, point: Vector3, away: float, how: By, yaw: float, now_msec: float) -> bool:
	if prop.motion == OtherworldPropState.Motion.STATIC:
		action_rejected.emit(PlayerMessages.rejection("not-movable"))
		return false
	if not _client.can(OtherworldClient.Act.DRAG, prop):
		action_rejected.emit(PlayerMessages.forbidden(OtherworldClient.Act.DRAG, _client.permissions))
		return false
	release()
	drag.take(prop, point, away, yaw, lowest_origin(prop))
	by = how
	_since_msec = now_msec
	_is_shown = false
	_sent_scale = prop.scale
	_put_down_msec = NAN
	_grab(prop.element)
	grabbed.emit(prop.element)
	return true


## Opens the hand; what moves flies on.
func release() -> void:
	if by == By.NOTHING:
		return
	_forget()
	_client.release(OtherworldClient.Hand.POINTER)


## Opens the hand once what it holds lies still: it is not thrown.
func put_down(now_msec: float) -> void:
	_put_down_msec = now_msec


## Larger by so many notches, if the player may.
func grow(notches: float) -> void:
	var prop: OtherworldPropState = _client.props.get(element())
	if prop == null:
		return
	if _client.can(OtherworldClient.Act.SCALE, prop):
		drag.grow(notches)
	else:
		action_rejected.emit(PlayerMessages.forbidden(OtherworldClient.Act.SCALE, _client.permissions))


## Once a frame, and when the pointer moves: sends where it should be and how large.
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


## Least height of a prop's origin at which it does not sink into the ground, metres.
static func lowest_origin(prop: OtherworldPropState) -> float:
	var box := ColliderBounds.box_of(Array(prop.colliders, TYPE_OBJECT, "RefCounted", Messages.Collider), prop.rotation)
	return maxf(LOWEST_METRES, -box.position.y * prop.scale)


func _grab(what: int) -> void:
	_taken += 1
	var taken := _taken
	var outcome: OtherworldOutcome = await _client.grab(what, OtherworldClient.Hand.POINTER)
	if outcome.ok or taken != _taken or by == By.NOTHING:
		return
	_forget()
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
	_forget()
	action_rejected.emit(tr("It slipped out of your hand.") if prop != null else tr("It no longer exists."))
	return false


func _forget() -> void:
	var was := drag.element
	by = By.NOTHING
	released.emit(was)
