extends RefCounted
## Emits a session's events as signals of its client. News about players are reported only to a client that has joined,
## and not when the client itself leaves.

const Messages := preload("../wire/generated/messages.gd")
const RealmSession := preload("../net/realm/realm_session.gd")

const _State := OtherworldClient.State


## Connects the session to the client's signals.
static func forward(realm_session: RealmSession, client: OtherworldClient) -> void:
	realm_session.fell_back.connect(client.transport_fell_back.emit)
	realm_session.server_busy.connect(client.server_busy.emit)
	realm_session.message_received.connect(_on_message_received.bind(client))
	var world := realm_session.presented.world
	for event: Signal in [
		client.avatar_added, client.avatar_changed, client.avatar_removed,
		client.prop_added, client.prop_changed, client.prop_removed,
	]:
		world.connect(event.get_name(), _forward.bind(client, event))
	world.prop_grabbed.connect(_forward_holder.bind(client, client.prop_grabbed))
	world.prop_released.connect(_forward_holder.bind(client, client.prop_released))
	world.avatar_added.connect(_on_avatar_added.bind(client))
	world.avatar_removed.connect(_on_avatar_removed.bind(client))


static func _forward(element: RefCounted, client: OtherworldClient, event: Signal) -> void:
	if client._stay.stays():
		event.emit(element)


static func _forward_holder(
		prop: OtherworldPropState, by: OtherworldAvatarState, client: OtherworldClient, event: Signal
) -> void:
	if client._stay.stays():
		event.emit(prop, by)


static func _on_message_received(message: Messages.ServerMessage, client: OtherworldClient) -> void:
	if message.notice != null:
		client.notice_received.emit(message.notice.text)
	elif message.permissions_changed != null:
		client.permissions_changed.emit(message.permissions_changed.permissions)


# Element ids count up, so an avatar with a higher id than yours entered the realm after you.
static func _on_avatar_added(avatar: OtherworldAvatarState, client: OtherworldClient) -> void:
	if client.state == _State.JOINED and client.local_avatar != null and avatar.element > client.local_avatar.element:
		client.player_joined.emit(avatar)


static func _on_avatar_removed(avatar: OtherworldAvatarState, client: OtherworldClient) -> void:
	var is_in_realm := client.state == _State.JOINED or client.state == _State.RECONNECTING
	if is_in_realm and not avatar.is_local and not client._stay.is_leaving():
		client.player_left.emit(avatar)
