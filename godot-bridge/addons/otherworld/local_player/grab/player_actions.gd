extends RefCounted
## What a player does in the realm by commands: makes things and deletes them, and is told in words what became of it.

const StarterShapes := preload("starter_shapes.gd")
const PlayerMessages := preload("../player_messages.gd")

## Something was not possible, in words for the player.
signal action_rejected(reason: String)
## Something was done, in words for the player.
signal hint_shown(text: String)

## In front of the avatar a thing appears so far away, and so high above its feet, metres.
const AHEAD_METRES := 1.5
const HEIGHT_METRES := 1.25

var _client: OtherworldClient


func _init(client: OtherworldClient) -> void:
	_client = client


## Makes what the key of that index makes: a shape, then a package of [param packages].
func spawn(index: int, packages: PackedStringArray, yaw: float) -> void:
	if _client.local_avatar == null:
		action_rejected.emit(tr("The realm is still loading."))
		return
	if _client.permissions & OtherworldClient.Permission.SPAWN == 0:
		action_rejected.emit(tr("You are not allowed to spawn items here."))
		return
	var turn := Quaternion(Vector3.UP, yaw)
	var place := _client.local_avatar.position + turn * Vector3(0.0, HEIGHT_METRES, -AHEAD_METRES)
	if index < StarterShapes.NAMES.size():
		_tell(await _client.spawn_shape(StarterShapes.shape(index), place, turn, StarterShapes.COLORS[index], OtherworldPropState.Motion.DYNAMIC, StarterShapes.NAMES[index]), tr("You made a %s.") % tr(StarterShapes.NAMES[index]))
		return
	index -= StarterShapes.NAMES.size()
	if index < packages.size():
		_tell(await _client.spawn_package(packages[index], place, turn), tr("It is in front of you."))


## Deletes a prop, if the player may.
func delete(prop: OtherworldPropState) -> void:
	if not _client.can(OtherworldClient.Act.DESPAWN, prop):
		action_rejected.emit(PlayerMessages.forbidden(OtherworldClient.Act.DESPAWN, _client.permissions))
		return
	var label := prop.name
	_tell(await _client.despawn(prop.element), tr("Deleted the %s.") % label)


func _tell(outcome: OtherworldOutcome, done: String) -> void:
	if outcome.ok:
		hint_shown.emit(done)
	else:
		action_rejected.emit(PlayerMessages.rejection(outcome.reason))
