extends Node
## A fake client for views, with avatars and props that a test makes.

@warning_ignore_start("unused_signal")
signal realm_entered
signal avatar_added(avatar: OtherworldAvatarState)
signal avatar_changed(avatar: OtherworldAvatarState)
signal avatar_removed(avatar: OtherworldAvatarState)
signal prop_added(prop: OtherworldPropState)
signal prop_changed(prop: OtherworldPropState)
signal prop_removed(prop: OtherworldPropState)
signal frame_updated(tick: float)
@warning_ignore_restore("unused_signal")

var url := ""
var token := ""
var definition: Dictionary = {}
var avatars: Dictionary[int, OtherworldAvatarState] = {}
var props: Dictionary[int, OtherworldPropState] = {}

var _next := 1


## A realm's definition, with the body that every realm has.
static func realm() -> Dictionary:
	var path := ProjectSettings.globalize_path("res://").path_join("../../fixtures/realms/hundred.json").simplify_path()
	return JSON.parse_string(FileAccess.get_file_as_string(path))


func _process(_delta: float) -> void:
	frame_updated.emit(Time.get_ticks_msec() / 16.667)


## Returns an avatar at the middle that wears a package.
func add_avatar(package := "") -> OtherworldAvatarState:
	var state := OtherworldAvatarState.new()
	state.element = _next
	state.player = _next
	state.name = "Ada %d" % _next
	state.package = package
	state.head_metres = 1.52
	state.is_grounded = true
	_next += 1
	avatars[state.element] = state
	avatar_added.emit(state)
	return state


func remove_avatar(state: OtherworldAvatarState) -> void:
	avatars.erase(state.element)
	avatar_removed.emit(state)


## Returns a prop at the middle, of a package or of colliders of the wire.
func add_prop(package := "", colliders: Array = []) -> OtherworldPropState:
	var state := OtherworldPropState.new()
	state.element = _next
	state.motion = OtherworldPropState.Motion.DYNAMIC
	state.package = package
	state.colliders = colliders
	state.color = 0xd9a05b
	state.scale = 1.0
	state.rotation = Quaternion.IDENTITY
	_next += 1
	props[state.element] = state
	prop_added.emit(state)
	return state


func remove_prop(state: OtherworldPropState) -> void:
	props.erase(state.element)
	prop_removed.emit(state)
