extends RefCounted
## The world as messages and snapshots report it, and its state at a moment (protocol MSG-4, MSG-5, CLK-3).
##
## In each frame, after [method receive] and [method apply_snapshot] got what arrived, call [method sample]. Then the
## prediction overwrites your own avatar and the props in your hands.

## Emitted when an avatar has a description and a first state.
signal avatar_added(avatar: OtherworldAvatarState)
## Emitted when an avatar wears another package or body.
signal avatar_changed(avatar: OtherworldAvatarState)
signal avatar_removed(avatar: OtherworldAvatarState)
signal prop_added(prop: OtherworldPropState)
## Emitted when a prop's scale, holder or access has changed.
signal prop_changed(prop: OtherworldPropState)
signal prop_removed(prop: OtherworldPropState)
## Emitted when somebody grabs a prop, or has grabbed it while the connection was lost. Not emitted for props that were
## held when they were described first.
signal prop_grabbed(prop: OtherworldPropState, by: OtherworldAvatarState)
## Emitted when the holder releases a prop, or the prop or the holder is removed.
signal prop_released(prop: OtherworldPropState, by: OtherworldAvatarState)

const Messages := preload("../wire/generated/messages.gd")
const Decoder := preload("../wire/snapshot_decoder.gd")
const AvatarTrack := preload("avatar_track.gd")
const PropTrack := preload("prop_track.gd")
## Limit of extrapolation of roots and props beyond the newest snapshot, ticks. An element that was not in it moved as
## expected.
const AHEAD_TICKS_MAX := 15
## Limit of elements: twice that of a realm, because those from before another Welcome stay for a while.
const ELEMENTS_MAX := 32_768
## Positions in snapshots have their zero this far outside the realm's least corner.
const MARGIN_METRES := 64.0
## After another Welcome, elements that are not described again within this time are removed, ticks.
const RENEWAL_TICKS := 300.0

## All elements with a position, by element.
var avatars: Dictionary[int, OtherworldAvatarState] = {}
## All described elements, by element.
var props: Dictionary[int, OtherworldPropState] = {}
## This client's player and its avatar; null before the avatar has a position.
var player: int
var local_avatar: OtherworldAvatarState

## The tick that was drawn last.
var _tick := 0.0
var _decoder: Decoder
var _origin: Vector3
var _tick_seconds: float
var _avatars: Dictionary[int, AvatarTrack] = {}
var _props: Dictionary[int, PropTrack] = {}
## The same avatars, and those that got a position in this frame.
var _described: Array[AvatarTrack] = []
var _added: Array[AvatarTrack] = []
## Props that are not at rest.
var _moving: Array[PropTrack] = []
## Elements of an earlier Welcome that were not described since; and how long they are kept, 0 before the next drawn
## tick.
var _undescribed: Dictionary[int, bool] = {}
## Holders by the element that they hold. An avatar is removed before the props that it held report it.
var _holders: Dictionary[int, OtherworldAvatarState] = {}
var _renewed_until_tick := 0.0


## Starts after a Welcome. [param decoder] is the connection's, and may have states of elements that are not described
## yet. [param bounds_min] is the least corner of the realm's bounds. After another Welcome, elements that are described
## again keep their objects; they stand still until their next state.
func welcome(decoder: Decoder, bounds_min: Vector3, tick_rate: int, own_player: int) -> void:
	_decoder = decoder
	_origin = bounds_min - Vector3.ONE * MARGIN_METRES
	_tick_seconds = 1.0 / tick_rate
	player = own_player
	_renewed_until_tick = 0.0
	for element: int in _avatars:
		_undescribed[element] = true
		_avatars[element].follow(decoder, _origin, _tick_seconds)
	for element: int in _props:
		_undescribed[element] = true
		_props[element].is_listed = false
	_moving.clear()


## Receives a message after the Welcome. Messages that are not about elements are ignored.
func receive(message: Messages.ServerMessage) -> void:
	if not _decoder:
		return
	match message.message_case:
		Messages.ServerMessage.MessageCase.AVATAR_ADDED:
			_add_avatar(message.avatar_added)
		Messages.ServerMessage.MessageCase.AVATAR_CHANGED:
			_change_avatar(message.avatar_changed)
		Messages.ServerMessage.MessageCase.PROP_ADDED:
			_add_prop(message.prop_added)
		Messages.ServerMessage.MessageCase.PROP_CHANGED:
			_change_prop(message.prop_changed)
		Messages.ServerMessage.MessageCase.ELEMENT_REMOVED:
			_remove(message.element_removed.element)
			_decoder.forget(message.element_removed.element)


## Returns the avatar of a player; null if it has no position yet.
func avatar_of_player(of_player: int) -> OtherworldAvatarState:
	for avatar: OtherworldAvatarState in avatars.values():
		if avatar.player == of_player:
			return avatar
	return null


## Returns the number of described elements.
func size() -> int:
	return _avatars.size() + _props.size()


## Applies the snapshot that the decoder received last. States of elements that are not described (yet, or any more) are
## ignored.
func apply_snapshot(tick: int) -> void:
	if not _decoder:
		return
	for element: int in _decoder.roots.changed:
		var avatar: AvatarTrack = _avatars.get(element)
		if avatar:
			avatar.root.came(tick)
	for element: int in _decoder.joints.changed:
		var avatar: AvatarTrack = _avatars.get(element)
		if avatar:
			avatar.joints.came(tick)
	for element: int in _decoder.bones.changed:
		var avatar: AvatarTrack = _avatars.get(element)
		if avatar:
			avatar.bones.came(tick)
	for element: int in _decoder.props.changed:
		var prop: PropTrack = _props.get(element)
		if prop:
			if not prop.is_listed:
				prop.rested(_tick)
				_list(prop)
			prop.came(tick)
	_decoder.sweep(_avatars, _props)


## Updates all states to [param tick], with its fraction; 0 if there is none yet.
func sample(tick: float) -> void:
	if not _decoder:
		return
	_tick = tick
	var until_tick := float(_decoder.newest_tick + AHEAD_TICKS_MAX)
	for avatar: AvatarTrack in _described:
		if avatar.sample(tick, until_tick) and not avatar.is_shown:
			_added.append(avatar)
	var at := _moving.size() - 1
	while at >= 0:
		var prop := _moving[at]
		if not prop.sample(tick, until_tick):
			prop.is_listed = false
			_moving[at] = _moving[-1]
			_moving.resize(_moving.size() - 1)
		at -= 1
	while not _added.is_empty():
		_show_avatar(_added.pop_front() as AvatarTrack)
	if not _undescribed.is_empty():
		_forget_undescribed(tick)


## Shows a prop in another place until the next [method sample], for the hand that holds it.
func displace(prop: OtherworldPropState, position: Vector3, rotation: Quaternion) -> void:
	prop.position = position
	prop.rotation = rotation
	var track: PropTrack = _props.get(prop.element)
	if track and not track.is_listed:
		_list(track)


## Removes everything and emits the signals for it. No signal follows.
func clear() -> void:
	_decoder = null
	_added.clear()
	_described.clear()
	_moving.clear()
	_undescribed.clear()
	_holders.clear()
	for element: int in _avatars.keys() + _props.keys():
		_remove(element)


func _list(prop: PropTrack) -> void:
	prop.is_listed = true
	_moving.append(prop)


func _show_avatar(avatar: AvatarTrack) -> void:
	avatar.is_shown = true
	avatars[avatar.state.element] = avatar.state
	if avatar.state.is_local:
		local_avatar = avatar.state
	avatar_added.emit(avatar.state)


func _add_avatar(message: Messages.AvatarAdded) -> void:
	var avatar: AvatarTrack = _avatars.get(message.element)
	_undescribed.erase(message.element)
	if not avatar:
		_remove(message.element)
		avatar = AvatarTrack.new()
		avatar.state = OtherworldAvatarState.new()
		avatar.state.element = message.element
		avatar.follow(_decoder, _origin, _tick_seconds)
		_avatars[message.element] = avatar
		_described.append(avatar)
	var state := avatar.state
	state.player = message.player
	state.user = message.user
	state.name = message.name
	state.is_local = message.player == player
	# An element of the previous session, which the server does not know any more.
	if state.is_local and local_avatar and local_avatar != state:
		_remove(local_avatar.element)
	_wear(avatar, message.body, message.package, message.scale, message.head_metres)


func _change_avatar(message: Messages.AvatarChanged) -> void:
	var avatar: AvatarTrack = _avatars.get(message.element)
	if avatar:
		_wear(avatar, message.body, message.package, message.scale, message.head_metres)


func _wear(avatar: AvatarTrack, body: int, package: PackedByteArray, scale: float, head_metres: float) -> void:
	avatar.state.body = body
	avatar.state.package = package.hex_encode()
	avatar.state.scale = scale
	avatar.state.head_metres = head_metres
	if avatar.is_shown:
		avatar_changed.emit(avatar.state)


func _add_prop(message: Messages.PropAdded) -> void:
	var before: PropTrack = _props.get(message.element)
	_undescribed.erase(message.element)
	if not before:
		_remove(message.element)
	var prop := PropTrack.new(_decoder.props, message.element, _origin, _tick_seconds)
	prop.stands(message.position, message.rotation)
	prop.state = before.state if before else OtherworldPropState.new()
	var held_by := prop.state.holder
	_set_prop(prop.state, message)
	if before:
		_moving.erase(before)
	_props[message.element] = prop
	props[message.element] = prop.state
	_list(prop)
	if before:
		prop_changed.emit(prop.state)
		_report_holder(prop.state, held_by)
	else:
		_know_holder(prop.state)
		prop_added.emit(prop.state)


func _set_prop(state: OtherworldPropState, message: Messages.PropAdded) -> void:
	state.element = message.element
	state.name = message.prop.name
	state.motion = message.prop.motion as OtherworldPropState.Motion
	state.colliders = message.prop.colliders
	state.color = message.prop.color
	state.package = message.package.hex_encode()
	state.owner = message.owner
	state.access = OtherworldAccess.from_bits(message.access)
	state.scale = message.scale
	state.holder = message.holder
	state.position = message.position
	state.rotation = message.rotation


func _change_prop(message: Messages.PropChanged) -> void:
	var prop: PropTrack = _props.get(message.element)
	if not prop:
		return
	var held_by := prop.state.holder
	prop.state.scale = message.scale
	prop.state.holder = message.holder
	prop.state.access = OtherworldAccess.from_bits(message.access)
	prop_changed.emit(prop.state)
	_report_holder(prop.state, held_by)


# Reports a change of the holder. A handler may have cleared the world.
func _report_holder(prop: OtherworldPropState, before: int) -> void:
	if prop.holder == before or not _decoder:
		return
	var released_by: OtherworldAvatarState = _holders.get(prop.element)
	_know_holder(prop)
	var grabbed_by: OtherworldAvatarState = _holders.get(prop.element)
	if before != 0:
		prop_released.emit(prop, released_by)
	if prop.holder != 0 and _decoder:
		prop_grabbed.emit(prop, grabbed_by)


func _know_holder(prop: OtherworldPropState) -> void:
	_holders.erase(prop.element)
	for avatar: AvatarTrack in _described if prop.holder != 0 else ([] as Array[AvatarTrack]):
		if avatar.state.player == prop.holder:
			_holders[prop.element] = avatar.state


func _remove(element: int) -> void:
	_undescribed.erase(element)
	var avatar: AvatarTrack = _avatars.get(element)
	if avatar:
		_avatars.erase(element)
		_described.erase(avatar)
		avatars.erase(element)
		if avatar.state == local_avatar:
			local_avatar = null
		if avatar.is_shown:
			avatar_removed.emit(avatar.state)
	var prop: PropTrack = _props.get(element)
	if prop:
		_props.erase(element)
		props.erase(element)
		_moving.erase(prop)
		var held_by: OtherworldAvatarState = _holders.get(element)
		_holders.erase(element)
		if prop.state.holder != 0 and _decoder:
			prop_released.emit(prop.state, held_by)
		prop_removed.emit(prop.state)


func _forget_undescribed(tick: float) -> void:
	# Before the first snapshot the tick is 0.
	if _renewed_until_tick == 0.0:
		_renewed_until_tick = 0.0 if tick == 0.0 else tick + RENEWAL_TICKS
	elif tick > _renewed_until_tick:
		for element: int in _undescribed.keys():
			_remove(element)
