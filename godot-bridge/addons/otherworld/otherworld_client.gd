@icon("icons/client.svg")
class_name OtherworldClient
extends Node
## Connects to an Otherworld realm, keeps the connection alive, and knows every avatar and prop in it.
##
## Add one to a scene and set [member url] and [member player_name]. It logs in and connects over WebRTC, or over
## WebSocket if WebRTC is not available. If the scene has none, it adds an [OtherworldView] that shows the realm, and an
## [OtherworldPlayer] or [OtherworldXRPlayer] that controls your avatar.
## [br][br]
## If the connection is lost, the client reconnects automatically. It emits [signal connection_lost], and within 30
## seconds [signal connection_resumed] with the same avatar. After that it emits [signal rejoined] with a new avatar, or
## [signal closed]. Realm space uses Godot's conventions: metres, Y up, forward is -Z.
## [codeblock]
## @onready var client: OtherworldClient = $OtherworldClient
##
## func _ready() -> void:
##     client.joined.connect(func() -> void: print("I am player ", client.player))
##
## func throw_up_a_box() -> void:
##     var outcome := await client.spawn_box(Vector3.ONE * 0.2, Vector3(0, 3, 0))
##     if not outcome.ok:
##         print("No box: ", outcome.reason)
## [/codeblock]

## Emitted when [member state] changes.
signal state_changed(state: State)
## Emitted when the realm has admitted you, before its first avatars and props are reported. [member definition] is
## known. Emitted again before [signal rejoined].
signal realm_entered
## Emitted when you are in the realm for the first time after [method open]. [member local_avatar] is set.
signal joined
## Emitted when the connection is lost. The client reconnects. [param reason] is a message for the player.
signal connection_lost(reason: String)
## Emitted when the client has reconnected as the same player. Elements that disappeared meanwhile were removed.
signal connection_resumed
## Emitted when the client has joined as a new player, because the session could not be resumed. See [member rejoin].
signal rejoined
## Emitted when the client has left for good or could not join. [param reason] tells the player why. [method open] joins
## again.
signal closed(reason: String)
## Emitted when one transport fails or is not available and the client tries the next. [param message] tells the player
## why.
signal transport_fell_back(message: String)
## Emitted when the server is busy or the realm is starting. The client retries. [param reason] is a message for the
## player.
signal server_busy(reason: String)
## Emitted when the realm sends the player a message.
signal notice_received(text: String)
## Emitted when another player joins the realm after you: for messages such as "Bob joined". Players who were there
## before you are in [member avatars]. Use [signal avatar_added] to be notified of both.
signal player_joined(avatar: OtherworldAvatarState)
## Emitted when another player leaves the realm. Not emitted when you leave.
signal player_left(avatar: OtherworldAvatarState)
## Emitted when the player's permissions change. [param permissions] has the bits of [enum Permission].
signal permissions_changed(permissions: int)
## Emitted when an avatar appears, your own included.
signal avatar_added(avatar: OtherworldAvatarState)
## Emitted when an avatar changes its body or package.
signal avatar_changed(avatar: OtherworldAvatarState)
## Emitted when an avatar disappears, also when you leave the realm. Its state is no longer updated.
signal avatar_removed(avatar: OtherworldAvatarState)
## Emitted when a prop appears.
signal prop_added(prop: OtherworldPropState)
## Emitted when a prop's scale, holder or access changes.
signal prop_changed(prop: OtherworldPropState)
## Emitted when a prop disappears, also when you leave the realm. Its state is no longer updated.
signal prop_removed(prop: OtherworldPropState)
## Emitted when a player grabs a prop, you included. [param by] is the player's avatar.
signal prop_grabbed(prop: OtherworldPropState, by: OtherworldAvatarState)
## Emitted when the holder of a prop releases it, or when the prop or its holder disappears. Not emitted when you leave.
signal prop_released(prop: OtherworldPropState, by: OtherworldAvatarState)
## Emitted once a frame after all states were updated: draw from here. Remote elements are shown at server tick [param
## tick].
signal frame_updated(tick: float)

## States of the connection.
enum State {
	## Not opened yet.
	OFFLINE,
	## Logging in and connecting.
	CONNECTING,
	## In the realm.
	JOINED,
	## The connection was lost. The client is reconnecting.
	RECONNECTING,
	## Left, rejected, or lost for good.
	CLOSED,
}
## Transports that the client may use.
enum Transport {
	## WebRTC if it is available, otherwise WebSocket.
	AUTO,
	## WebRTC only.
	WEBRTC,
	## WebSocket only, for networks that block UDP. Packet loss causes stalls.
	WEBSOCKET,
}
## Hands that can hold a prop. Each hand holds one prop.
enum Hand { LEFT, RIGHT, POINTER }
## Bits of [member permissions].
enum Permission { SPAWN = 1, GRAB = 2, SCALE = 4, MANAGE = 8, FLY = 16 }
## Actions on a prop. See [method can].
enum Act { DRAG, SCALE, DESPAWN }
## Player nodes that the client can add. See [member player_kind].
enum PlayerKind {
	## [OtherworldXRPlayer] if there is a headset, otherwise [OtherworldPlayer].
	AUTO,
	## No player node. Your own code calls [method move], [method pose] and other methods.
	NONE,
	## [OtherworldPlayer].
	DESKTOP,
	## [OtherworldXRPlayer].
	XR,
}

const _DefaultViewAndPlayer := preload("client/default_view_and_player.gd")
const _Http := preload("net/http/http.gd")
const _PackageColliders := preload("client/package_colliders.gd")
const _InputMessages := preload("net/commands/input_messages.gd")
const _Messages := preload("wire/generated/messages.gd")
const _SupportedVersion := preload("supported_version.gd")
const _StatsReport := preload("client/stats_report.gd")
const _PropAccess := preload("net/commands/prop_access.gd")
const _PropSpecFromShape := preload("net/commands/prop_spec_from_shape.gd")
const _RealmSession := preload("net/realm/realm_session.gd")
const _RealmStay := preload("client/realm_stay.gd")

## Address of the server: [code]http://host:port[/code] or [code]https://host[/code]. Include the path of a reverse
## proxy.
@export var url := "http://127.0.0.1:7350":
	set(to): url = to.strip_edges()
## Name shown above your avatar, 1 to 32 characters.
@export var player_name := "Guest"
## If [code]true[/code], joins when the scene starts. Otherwise call [method open].
@export var auto_connect := true
## Transports to try.
@export var transport := Transport.AUTO
## Package of your avatar on joining (64 hex digits). If empty, you get one of the realm's own bodies.
@export var avatar_package := ""
## If [code]true[/code], you are the same user in each session. See [code]user://otherworld/identities.cfg[/code].
@export var remember_identity := true
## If [code]true[/code], joins as a new player when a session cannot be resumed. Otherwise emits [signal closed].
@export var rejoin := true
## If [code]true[/code], adds an [OtherworldView] below this node when the scene has none. Its name is "OtherworldView".
@export var add_view := true
## Player node to add below this node when the scene has none. Its name is that of its class.
@export var player_kind := PlayerKind.AUTO
## STUN and TURN servers for WebRTC, in the format of [method WebRTCPeerConnection.initialize]. Most servers need none.
@export var ice_servers: Array[Dictionary] = []

## State of the connection.
var state: State:
	get: return _stay.state
## Avatars in the realm by element id. Read-only.
var avatars: Dictionary[int, OtherworldAvatarState]:
	get: return _realm_session.presented.world.avatars
## Props in the realm by element id. Read-only.
var props: Dictionary[int, OtherworldPropState]:
	get: return _realm_session.presented.world.props
## Your own avatar. Set from [signal joined] on, and [code]null[/code] before. [code]null[/code] between [signal
## connection_lost] and [signal rejoined] if the session could not be resumed.
var local_avatar: OtherworldAvatarState:
	get: return _realm_session.presented.world.local_avatar
## The realm's definition: [code]name[/code], [code]tickRate[/code], [code]gravity[/code], [code]bounds[/code],
## [code]ground[/code], [code]spawn[/code], [code]reach[/code], [code]bodies[/code] (docs/protocol.md, 13). Empty before
## joining.
var definition: Dictionary:
	get: return _realm_session.definition
## Your user number. Owns everything that you spawn and stays the same across sessions, also while the client reconnects.
## 0 before joining and after [signal closed].
var user: int:
	get: return _stay.user
## Your UID, to which an operator gives a role (docs/api.md, Roles). Stays the same across sessions, also while the client
## reconnects. Empty before joining, after [signal closed], and after [member url] changed.
var uid: String:
	get: return _stay.entered.uid if _stay.entered.url == url else ""
## Your player number in this session, as in [member OtherworldPropState.holder]. 0 before joining.
var player: int:
	get: return _realm_session.welcome.player if _realm_session.welcome != null else 0
## Your permissions, as bits of [enum Permission].
var permissions: int:
	get: return _realm_session.permissions
## Token for the server's HTTP API (see [method request]). Empty before joining, while the client logs in again because
## the token has expired, and after [member url] changed.
var token: String:
	get: return _stay.login_flow.token if _stay.login_flow.url == url else ""
## Id of the realm. It stays while the client reconnects. Empty before joining and after [signal closed].
var realm: String:
	get: return _stay.entered.realm
## Transport in use: "webrtc" or "websocket". Empty when not connected.
var transport_used: String:
	get: return _realm_session.transport

var _package_colliders := _PackageColliders.new(self)
var _stay := _RealmStay.new(self)
var _realm_session: _RealmSession:
	get: return _stay.realm_session


func _init() -> void:
	# Runs before nodes that draw or play. A paused game stays connected.
	process_priority = -100
	process_mode = PROCESS_MODE_ALWAYS


func _ready() -> void:
	var fault: String = _SupportedVersion.fault_of(Engine.get_version_info())
	if fault:
		push_error(fault)
		return
	_DefaultViewAndPlayer.add_to(self)
	if auto_connect:
		open()


func _process(_delta: float) -> void:
	_stay.update(_now())


func _exit_tree() -> void:
	# reparent() takes the node out of the tree and adds it again, which must not end the session.
	_leave_if_out.call_deferred()


func _notification(what: int) -> void:
	if what == NOTIFICATION_PREDELETE:
		_stay.close_now("left")


func _leave_if_out() -> void:
	if not is_inside_tree():
		_stay.close_now("left")


## Logs in and connects. Emits [signal joined], or [signal closed] if it fails. You can call it while [method close] is
## still running.
func open() -> void:
	_stay.open()


## Leaves the realm and removes your avatar. Await it to know that the server was notified, within one second.
func close(reason := "left") -> void:
	if _stay.is_open():
		_stay.close(reason)
	if _stay.is_open():
		await closed


## Walks, turns, jumps or flies. The input stays active until the next call. You can call it in each frame. [param
## direction] is relative to the avatar, -1 to 1 per axis: x is right, z is backwards, y is up while flying. [param yaw]
## is the heading about +Y in radians; 0 looks along -Z.
func move(direction: Vector3, yaw: float, jump := false, run := false, fly := false) -> void:
	var input := _InputMessages.move(direction, yaw, jump, run, fly)
	if _InputMessages.is_fine(input):
		_realm_session.move(input)


## Sets the pose of your avatar: head, hands and tracked bones. You can call it in each frame.
func pose(of: OtherworldPose) -> void:
	_realm_session.pose(of)


## Moves the prop that [param hand] holds to a position and rotation in realm space. You can call it in each frame.
func drag(hand: Hand, position: Vector3, rotation: Quaternion) -> void:
	var input := _InputMessages.drag(hand, position, rotation.normalized())
	if _InputMessages.is_fine(input):
		_realm_session.drag(input)


## Grabs a prop that is not static and within [code]definition.reach[/code] metres of the head. [method drag] moves it.
func grab(element: int, hand: Hand) -> OtherworldOutcome:
	return await _realm_session.grab(element, hand)


## Releases the prop that [param hand] holds. A dynamic prop keeps the velocity of the hand.
func release(hand: Hand) -> OtherworldOutcome:
	return await _realm_session.release(hand)


## Scales a prop. [param factor] is 0.05 to 20 times its original size.
func scale_prop(element: int, factor: float) -> OtherworldOutcome:
	return await _realm_session.command(_InputMessages.scale(element, factor))


## Sets the size of your own avatar relative to its body: 0.25 to 4, 1 is the body's own size. It needs the permission
## SCALE, and stays when you change the body. Every client sees it, in [member OtherworldAvatarState.scale] and
## [member OtherworldAvatarState.head_metres], with [signal avatar_changed].
func scale_avatar(factor: float) -> OtherworldOutcome:
	if local_avatar == null:
		return OtherworldOutcome.rejected("not-joined")
	return await _realm_session.command(_InputMessages.scale(local_avatar.element, factor))


## Spawns a prop from a package (hash of 64 hex digits). [param access] sets who may use it. If it is [code]null[/code],
## the defaults of [OtherworldAccess] apply.
func spawn_package(
		hash: String, position: Vector3, rotation := Quaternion.IDENTITY, scale := 1.0,
		access: OtherworldAccess = null
) -> OtherworldOutcome:
	if not _InputMessages.is_hash(hash):
		return OtherworldOutcome.rejected("invalid-value")
	return await _spawn(null, hash, position, rotation, scale, access)


## Spawns a box. [param size] is its full size in metres. [param access] sets who may use it, as in [method
## spawn_package].
func spawn_box(
		size: Vector3, position: Vector3, rotation := Quaternion.IDENTITY, color := Color.WHITE,
		motion := OtherworldPropState.Motion.DYNAMIC, access: OtherworldAccess = null
) -> OtherworldOutcome:
	var shape := BoxShape3D.new()
	shape.size = size
	return await spawn_shape(shape, position, rotation, color, motion, "box", access)


## Spawns a prop from a shape: [BoxShape3D], [SphereShape3D], [CapsuleShape3D], [ConvexPolygonShape3D] (4 to 64 points)
## or [ConcavePolygonShape3D] (static only). [param label] is its name. [param access] sets who may use it, as in [method
## spawn_package].
func spawn_shape(
		shape: Shape3D, position: Vector3, rotation := Quaternion.IDENTITY, color := Color.WHITE,
		motion := OtherworldPropState.Motion.DYNAMIC, label := "shape", access: OtherworldAccess = null
) -> OtherworldOutcome:
	var spec := _PropSpecFromShape.spec_of(shape, label, color, motion)
	if spec == null:
		return OtherworldOutcome.rejected("invalid-value")
	return await _spawn(spec, "", position, rotation, 1.0, access)


## Removes a prop.
func despawn(element: int) -> OtherworldOutcome:
	return await _realm_session.command(_InputMessages.despawn(element))


## Changes your avatar to one from a package. [param hash] has 64 hex digits.
func wear_package(hash: String) -> OtherworldOutcome:
	if not _InputMessages.is_hash(hash):
		return OtherworldOutcome.rejected("invalid-value")
	return await _realm_session.command(_InputMessages.wear(hash, 0))


## Changes your avatar to one of the realm's own bodies, by its index in [code]definition.bodies[/code].
func wear_body(index: int) -> OtherworldOutcome:
	return await _realm_session.command(_InputMessages.wear("", index))


## Changes who may drag, scale and despawn a prop of yours or, with MANAGE, of others.
func set_access(element: int, access: OtherworldAccess) -> OtherworldOutcome:
	return await _realm_session.command(_InputMessages.access(element, access.to_bits()))


## Returns the avatar with an element id, or [code]null[/code] if there is none.
func avatar_of(element: int) -> OtherworldAvatarState:
	return avatars.get(element)


## Returns the avatar of a player number, or [code]null[/code] if there is none.
func avatar_of_player(player_number: int) -> OtherworldAvatarState:
	return _realm_session.presented.world.avatar_of_player(player_number)


## Returns the prop with an element id, or [code]null[/code] if there is none.
func prop_of(element: int) -> OtherworldPropState:
	return props.get(element)


## Returns [code]true[/code] if you may do [param act] with [param prop], for enabling buttons. The server decides.
func can(act: Act, prop: OtherworldPropState) -> bool:
	return _PropAccess.can(act, prop, user, permissions)


## Sends a request to the server's HTTP API with your token. [param path] has no leading slash, for example
## [code]v1/packages[/code].
func request(method: HTTPClient.Method, path: String, body: Variant = null) -> OtherworldResponse:
	return await _Http.request_json(method, url.trim_suffix("/") + "/" + path.trim_prefix("/"), body, token)


## Returns the current connection statistics.
func stats() -> OtherworldStats:
	return _StatsReport.of(_realm_session, _now())


func _spawn(
		spec: _Messages.PropSpec, hash: String, position: Vector3, rotation: Quaternion, scale: float,
		access: OtherworldAccess
) -> OtherworldOutcome:
	var bits := access.to_bits() if access != null else 0
	return await _realm_session.command(_InputMessages.spawn(spec, hash, position, rotation.normalized(), scale, bits))


func _on_login_flow_ended(realm_session: _RealmSession) -> void:
	_stay.begin(realm_session)


func _now() -> float:
	return Time.get_ticks_usec() / 1000.0
