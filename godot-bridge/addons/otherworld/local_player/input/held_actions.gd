extends RefCounted
## Tracks from events which actions are held and how far. So a text field that takes a key does not move the avatar, and
## a player in a SubViewport gets only its events.

## An action stays held at least this long, so that a tap between two packets is not lost.
const TAP_MSEC := 180.0

var _actions: Array[StringName]
# Strength by action, then by the key, button or axis that holds it.
var _sources: Dictionary[StringName, Dictionary] = {}
var _begun_msec: Dictionary[StringName, float] = {}


func _init(actions: Array[StringName]) -> void:
	_actions = actions


## Handles an event of a key, button or stick. If [param may_begin] is [code]false[/code], it only ends what is held.
func feed(event: InputEvent, now_msec: float, may_begin := true) -> void:
	if event is InputEventMouseMotion or event.is_echo():
		return
	for action: StringName in _actions:
		if action.is_empty() or not event.is_action(action):
			continue
		var strength := event.get_action_strength(action)
		var sources: Dictionary = _sources.get_or_add(action, {})
		if strength == 0.0:
			sources.erase(_source(event))
		elif may_begin:
			if sources.is_empty() and not event is InputEventJoypadMotion:
				_begun_msec[action] = now_msec
			sources[_source(event)] = strength


## Returns how far an action is held, 0 to 1.
func strength(action: StringName, now_msec: float) -> float:
	var begun_msec: float = _begun_msec.get(action, -INF)
	var most := 1.0 if now_msec - begun_msec < TAP_MSEC else 0.0
	for held: float in (_sources.get(action, {}) as Dictionary).values():
		most = maxf(most, held)
	return most


## Releases everything, because the window lost the focus.
func clear() -> void:
	_sources.clear()
	_begun_msec.clear()


# The source of an event: the kind of device, and the key, button or axis.
func _source(event: InputEvent) -> Vector2i:
	if event is InputEventKey:
		var key := event as InputEventKey
		return Vector2i(0, key.physical_keycode if key.physical_keycode != KEY_NONE else key.keycode)
	if event is InputEventJoypadButton:
		return Vector2i(1, (event as InputEventJoypadButton).button_index)
	if event is InputEventJoypadMotion:
		return Vector2i(2, (event as InputEventJoypadMotion).axis)
	if event is InputEventMouseButton:
		return Vector2i(3, (event as InputEventMouseButton).button_index)
	return Vector2i(4, 0)
