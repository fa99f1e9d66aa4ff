extends RefCounted
## Spawns and despawns props for a player, and reports the outcomes as messages.

const StarterShapes := preload("starter_shapes.gd")
const PlayerMessages := preload("../player_messages.gd")

## Emitted when an action is not possible. [param reason] is a message for the player.
signal action_rejected(reason: String)
## Emitted when an action succeeded. [param text] is a message for the player.
signal hint_shown(text: String)

## A new prop appears this far in front of the avatar, and this high above its feet, metres.
const AHEAD_METRES := 1.5
const HEIGHT_METRES := 1.25

var _client: OtherworldClient


func _init(client: OtherworldClient) -> void:
	_client = client


## Spawns the item of a spawn key: a starter shape, or after those a package of [param packages]. [param access] may be
## null: the defaults.
func spawn(index: int, packages: PackedStringArray, yaw: float, access: OtherworldAccess) -> void:
	if _client.local_avatar == null:
		action_rejected.emit(tr("The realm is still loading."))
		return
	if _client.permissions & OtherworldClient.Permission.SPAWN == 0:
		action_rejected.emit(tr("You are not allowed to spawn items here."))
		return
	var turn := Quaternion(Vector3.UP, yaw)
	var place := _client.local_avatar.position + turn * Vector3(0.0, HEIGHT_METRES, -AHEAD_METRES)
	if index < StarterShapes.NAMES.size():
		_report(await _client.spawn_shape(StarterShapes.shape(index), place, turn, StarterShapes.COLORS[index],
				OtherworldPropState.Motion.DYNAMIC, StarterShapes.NAMES[index], access),
				tr("You made a %s.") % tr(StarterShapes.NAMES[index]))
		return
	index -= StarterShapes.NAMES.size()
	if index < packages.size():
		_report(await _client.spawn_package(packages[index], place, turn, 1.0, access), tr("It is in front of you."))


## Despawns a prop, if the player may.
func delete(prop: OtherworldPropState) -> void:
	if not _client.can(OtherworldClient.Act.DESPAWN, prop):
		action_rejected.emit(PlayerMessages.forbidden(OtherworldClient.Act.DESPAWN, _client.permissions))
		return
	var label := prop.name
	_report(await _client.despawn(prop.element), tr("Deleted the %s.") % label)


func _report(outcome: OtherworldOutcome, done: String) -> void:
	if outcome.ok:
		hint_shown.emit(done)
	else:
		action_rejected.emit(PlayerMessages.rejection(outcome.reason))
