extends RefCounted
## What a desktop player does to props: takes the one under the pointer or in front, moves and scales it, deletes it, and
## shows the gizmo on it.

const PlayerActions := preload("player_actions.gd")
const PointerTarget := preload("pointer_target.gd")
const PropGrabber := preload("prop_grabber.gd")

## Emitted when an action is not possible. [param reason] is a message for the player.
signal action_rejected(reason: String)
## Emitted when an action succeeded. [param text] is a message for the player.
signal hint_shown(text: String)

## The prop under the pointer.
var target: PointerTarget
## The prop in the hand.
var grabber: PropGrabber
## Spawns and despawns.
var actions: PlayerActions

var _client: OtherworldClient
var _gizmo: OtherworldGizmo


func _init(client: OtherworldClient, camera: Camera3D, gizmo: OtherworldGizmo) -> void:
	_client = client
	_gizmo = gizmo
	target = PointerTarget.new(client, camera)
	grabber = PropGrabber.new(client)
	actions = PlayerActions.new(client)
	for rejected: Signal in [target.action_rejected, grabber.action_rejected, actions.action_rejected]:
		rejected.connect(action_rejected.emit)
	actions.hint_shown.connect(hint_shown.emit)


## Returns whether the hand holds no prop.
func is_empty() -> bool:
	return grabber.by == PropGrabber.By.NOTHING


## Grabs the prop at a point of the viewport, pixels. Returns [code]true[/code] if the hand took it.
func take(at: Vector2, yaw: float, now_msec: float) -> bool:
	if _client.local_avatar == null or not target.find_to_take(at):
		return false
	return _grab(PropGrabber.By.POINTER, yaw, now_msec)


## Grabs the prop at a point of the viewport, pixels, or in front of the avatar. Releases a held prop.
func grab_or_release(at: Vector2, yaw: float, now_msec: float) -> void:
	if not is_empty():
		grabber.release()
	elif _finds_near(at):
		_grab(PropGrabber.By.KEY, yaw, now_msec)
	else:
		action_rejected.emit(tr("Nothing to grab within reach. Walk closer and look at it."))


## Scales the held prop by notches of the wheel.
func grow(notches: float) -> void:
	if is_empty():
		action_rejected.emit(tr("Grab something first. Then plus and minus scale it."))
	else:
		grabber.grow(notches)


## Moves the held prop away by notches of the wheel. The camera is [param distance] metres behind the head.
func push(notches: float, distance: float) -> void:
	if is_empty():
		action_rejected.emit(tr("Grab something first. Then you can move it nearer and farther."))
	else:
		grabber.drag.push(notches, target.reach(), distance)


## Sends where the held prop should be. The pointer is at [param at] in a viewport of [param size], pixels.
func carry(at: Vector2, size: Vector2, yaw: float, now_msec: float) -> void:
	if _client.local_avatar == null or is_empty():
		return
	target.aim(size / 2.0 if grabber.by == PropGrabber.By.KEY else at)
	grabber.frame(target.origin, target.direction, yaw, target.head(), target.reach(), now_msec)


## Deletes the held prop, or the one at a point of the viewport, pixels, or in front of the avatar.
func delete(at: Vector2) -> void:
	var prop: OtherworldPropState = _client.props.get(grabber.element())
	if prop == null and _finds_near(at):
		prop = target.prop
	if prop == null:
		action_rejected.emit(tr("Point at an item, or hold it, to delete it."))
		return
	grabber.release()
	actions.delete(prop)


## Shows the gizmo on the prop at a point of the viewport, pixels, or in front of the avatar, or hides it.
func toggle_gizmo(at: Vector2) -> void:
	if _gizmo.element != 0:
		_gizmo.element = 0
	elif _finds_near(at):
		grabber.release()
		_gizmo.element = target.prop.element
		hint_shown.emit(tr("Drag the arrows to move, the rings to rotate, the cube to scale. G hides the gizmo."))
	else:
		action_rejected.emit(tr("Point at an item to show the gizmo on it."))


func _finds_near(at: Vector2) -> bool:
	return _client.local_avatar != null and target.find_near(at)


func _grab(how: PropGrabber.By, yaw: float, now_msec: float) -> bool:
	_gizmo.element = 0
	var prop := target.prop
	if not grabber.grab(prop, target.point, target.distance, how, yaw, now_msec):
		return false
	var label := prop.name if prop.name else tr("item")
	var hint := tr("The wheel scales it. Release it in motion to throw it.") if how == PropGrabber.By.POINTER \
			else tr("Plus and minus scale it, E releases it.")
	hint_shown.emit("%s %s" % [tr("Holding the %s.") % label, hint])
	return true
