@icon("icons/client.svg")
class_name OtherworldClient
extends Node
## Connects to an Otherworld realm, keeps the connection alive, and knows every avatar and prop in it.
##
## Add one to a scene and set [member url] and [member player_name]. It logs in and connects over WebRTC, or over WebSocket if
## WebRTC is not available. If the scene has none, it adds an [OtherworldView] that shows the realm, and an [OtherworldPlayer]
## or [OtherworldXRPlayer] that controls your avatar.
## [br][br]
## If the connection is lost, the client reconnects automatically. It emits [signal connection_lost], and within 30 seconds
## [signal connection_resumed] with the same avatar. After that it emits [signal rejoined] with a new avatar, or
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
## Emitted when you enter the realm for the first time after [method open].
signal joined
## Emitted when the connection is lost. The client reconnects. [param reason] is a message for the player.
signal connection_lost(reason: String)
## Emitted when the client has reconnected as the same player. Elements that disappeared meanwhile were removed.
signal connection_resumed
## Emitted when the client has joined as a new player, because the session could not be resumed. See [member rejoin].
signal rejoined
## Emitted when the client has left for good or could not join. [param reason] tells the player why. [method open] joins again.
signal closed(reason: String)
## Emitted when one transport fails or is not available and the client tries the next. [param message] tells the player why.
signal transport_fell_back(message: String)
## Emitted when the server is busy or the realm is starting. The client retries. [param reason] is a message for the player.
signal server_busy(reason: String)
## Emitted when the realm sends the player a message.
signal notice_received(text: String)
## Emitted when the player's permissions change. [param permissions] has the bits of [enum Permission].
signal permissions_changed(permissions: int)
## Emitted when an avatar appears, your own included.
signal avatar_added(avatar: OtherworldAvatarState)
## Emitted when an avatar changes its body or package.
signal avatar_changed(avatar: OtherworldAvatarState)
## Emitted when an avatar disappears. Its state is no longer updated.
signal avatar_removed(avatar: OtherworldAvatarState)
## Emitted when a prop appears.
signal prop_added(prop: OtherworldPropState)
## Emitted when a prop's scale, holder or access changes.
signal prop_changed(prop: OtherworldPropState)
## Emitted when a prop disappears. Its state is no longer updated.
signal prop_removed(prop: OtherworldPropState)
## Emitted once a frame after all states were updated: draw from here. Remote elements are shown at server tick [param tick].
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
const _LoginFlow := preload("net/realm/login_flow.gd")
const _Http := preload("net/http/http.gd")
const _InputMessages := preload("net/commands/input_messages.gd")
const _Messages := preload("wire/generated/messages.gd")
const _StatsReport := preload("client/stats_report.gd")
const _PropAccess := preload("net/commands/prop_access.gd")
const _PropSpecFromShape := preload("net/commands/prop_spec_from_shape.gd")
const _RealmSession := preload("net/realm/realm_session.gd")

## Address of the server: [code]http://host:port[/code] or [code]https://host[/code]. Include the path of a reverse proxy.
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
## If [code]true[/code], adds an [OtherworldView] below this node when the scene has none.
@export var add_view := true
## Player node to add below this node when the scene has none.
@export var player_kind := PlayerKind.AUTO
## STUN and TURN servers for WebRTC, in the format of [method WebRTCPeerConnection.initialize]. Most servers need none.
@export var ice_servers: Array[Dictionary] = []

## State of the connection.
var state: State:
	get: return _state
## Avatars in the realm by element id. Read-only.
var avatars: Dictionary[int, OtherworldAvatarState]:
	get: return _realm_session.presented.world.avatars
## Props in the realm by element id. Read-only.
var props: Dictionary[int, OtherworldPropState]:
	get: return _realm_session.presented.world.props
## Your own avatar. [code]null[/code] until it appears.
var local_avatar: OtherworldAvatarState:
	get: return _realm_session.presented.world.local_avatar
## The realm's definition: [code]name[/code], [code]tickRate[/code], [code]gravity[/code], [code]bounds[/code],
## [code]ground[/code], [code]spawn[/code], [code]reach[/code], [code]bodies[/code] (docs/protocol.md, 13). Empty before joining.
var definition: Dictionary:
	get: return _realm_session.definition
## Your user number. Owns everything that you spawn and stays the same across sessions. 0 before joining.
var user: int:
	get: return _realm_session.welcome.user if _realm_session.welcome != null else 0
## Your player number in this session, as in [member OtherworldPropState.holder]. 0 before joining.
var player: int:
	get: return _realm_session.welcome.player if _realm_session.welcome != null else 0
## Your permissions, as bits of [enum Permission].
var permissions: int:
	get: return _realm_session.permissions
## Token for the server's HTTP API (see [method request]). Empty before joining, and after [member url] changed.
var token: String:
	get: return _login_flow.token if _login_flow.url == url else ""
## Id of the realm. Empty before joining.
var realm: String:
	get: return _login_flow.realm
## Transport in use: "webrtc" or "websocket". Empty when not connected.
var transport_used: String:
	get: return _realm_session.transport

var _state := State.OFFLINE
var _login_flow := _LoginFlow.new()
var _realm_session := _closed_session()
var _is_finishing := false


func _init() -> void:
	# Runs before nodes that draw or play. A paused game stays connected.
	process_priority = -100
	process_mode = PROCESS_MODE_ALWAYS


func _ready() -> void:
	_DefaultViewAndPlayer.add_to(self)
	if auto_connect:
		open()


func _process(_delta: float) -> void:
	# A local reference, because the session may end in update().
	var realm_session := _realm_session
	var now_msec := _now()
	realm_session.update(now_msec)
	var tick := realm_session.presented.sample(now_msec) if realm_session.welcome != null else 0.0
	if realm_session == _realm_session and realm_session.welcome != null:
		frame_updated.emit(tick)


func _exit_tree() -> void:
	if _state != State.OFFLINE and _state != State.CLOSED:
		_realm_session.close_now("left")
		_finish("left")


## Logs in and connects. Emits [signal joined], or [signal closed] if it fails. You can call it while [method close] is still
## running.
func open() -> void:
	if _realm_session.is_leaving():
		_realm_session.close_now("left")
	if _state != State.OFFLINE and _state != State.CLOSED:
		return
	_set_state(State.CONNECTING)
	_enter()


func _enter() -> void:
	_login_flow = _LoginFlow.new()
	_login_flow.retries_forever = _state == State.RECONNECTING
	_login_flow.ended.connect(_on_login_flow_ended)
	_LoginFlow.enter(_login_flow, self)


## Leaves the realm and removes your avatar. Await it to know that the server was notified, within one second.
func close(reason := "left") -> void:
	if _state == State.OFFLINE or _state == State.CLOSED:
		return
	if _login_flow.is_over:
		_realm_session.leave(reason)
	else:
		_finish(reason)
	if _state != State.CLOSED:
		await closed


## Walks, turns, jumps or flies. The input stays active until the next call. You can call it in each frame. [param direction] is
## relative to the avatar, -1 to 1 per axis: x is right, z is backwards, y is up while flying. [param yaw] is the heading about
## +Y in radians; 0 looks along -Z.
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


## Spawns a prop from a package (hash of 64 hex digits). [param access] sets who may use it, see [method set_access].
func spawn_package(hash: String, position: Vector3, rotation := Quaternion.IDENTITY, scale := 1.0, access := 0) -> OtherworldOutcome:
	if not _InputMessages.is_hash(hash):
		return OtherworldOutcome.rejected("invalid-value")
	return await _realm_session.command(_InputMessages.spawn(null, hash, position, rotation.normalized(), scale, access))


## Spawns a box. [param size] is its full size in metres.
func spawn_box(size: Vector3, position: Vector3, rotation := Quaternion.IDENTITY, color := Color.WHITE, motion := OtherworldPropState.Motion.DYNAMIC) -> OtherworldOutcome:
	var shape := BoxShape3D.new()
	shape.size = size
	return await spawn_shape(shape, position, rotation, color, motion, "box")


## Spawns a prop from a shape: [BoxShape3D], [SphereShape3D], [CapsuleShape3D], [ConvexPolygonShape3D] (4 to 64 points) or
## [ConcavePolygonShape3D] (static only).
func spawn_shape(shape: Shape3D, position: Vector3, rotation := Quaternion.IDENTITY, color := Color.WHITE, motion := OtherworldPropState.Motion.DYNAMIC, label := "shape") -> OtherworldOutcome:
	var spec := _PropSpecFromShape.spec_of(shape, label, color, motion)
	if spec == null:
		return OtherworldOutcome.rejected("invalid-value")
	return await _realm_session.command(_InputMessages.spawn(spec, "", position, rotation.normalized(), 1.0, 0))


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


## Changes who may use a prop of yours. [param access] has 2 bits for drag (bits 0 and 1), scale (2 and 3) and despawn (4 and
## 5): 0 is the default, 1 everyone, 2 the owner and players with the MANAGE permission, 3 the owner only.
func set_access(element: int, access: int) -> OtherworldOutcome:
	return await _realm_session.command(_InputMessages.access(element, access))


## Returns [code]true[/code] if you may do [param act] with [param prop], for enabling buttons. The server decides.
func can(act: Act, prop: OtherworldPropState) -> bool:
	return _PropAccess.can(act, prop, user, permissions)


## Sends a request to the server's HTTP API with your token. [param path] has no leading slash, for example
## [code]v1/packages[/code]. Await the response: [code]json[/code] is its body, [code]fault[/code] is [code]null[/code] or says
## what went wrong.
func request(method: HTTPClient.Method, path: String, body: Variant = null) -> _Http.HttpResponse:
	return await _Http.request_json(method, url.trim_suffix("/") + "/" + path.trim_prefix("/"), body, token)


## Returns the current connection statistics.
func stats() -> OtherworldStats:
	return _StatsReport.of(_realm_session, _now())


func _on_login_flow_ended(realm_session: _RealmSession) -> void:
	if realm_session == null:
		_finish(_login_flow.refusal)
		return
	_realm_session = realm_session.after(_realm_session)
	realm_session.joined.connect(_on_session_joined)
	realm_session.connection_lost.connect(_on_session_connection_lost)
	realm_session.fell_back.connect(transport_fell_back.emit)
	realm_session.server_busy.connect(server_busy.emit)
	realm_session.message_received.connect(_on_session_message_received)
	realm_session.expired.connect(_on_session_expired)
	realm_session.ended.connect(_finish)
	for event: Signal in [avatar_added, avatar_changed, avatar_removed, prop_added, prop_changed, prop_removed]:
		realm_session.presented.world.connect(event.get_name(), event.emit)
	realm_session.start()


func _on_session_joined(is_resumed: bool) -> void:
	var is_first := _state == State.CONNECTING
	_set_state(State.JOINED)
	if _state != State.JOINED:
		return
	(joined if is_first else connection_resumed if is_resumed else rejoined).emit()
	if avatar_package and (is_first or not is_resumed):
		_realm_session.wear(avatar_package)


# The token has expired, or the server has lost its sessions. A handler of the removal signals may close the client.
func _on_session_expired(_reason: String) -> void:
	_enter()
	_realm_session.presented.world.clear()


func _on_session_connection_lost(reason: String) -> void:
	_set_state(State.RECONNECTING)
	connection_lost.emit(reason)


func _on_session_message_received(message: _Messages.ServerMessage) -> void:
	if message.notice != null:
		notice_received.emit(message.notice.text)
	elif message.permissions_changed != null:
		permissions_changed.emit(message.permissions_changed.permissions)


# Closes for good. A handler of the removal signals may free or close the client.
func _finish(reason: String) -> void:
	if _state == State.CLOSED or _is_finishing:
		return
	_is_finishing = true
	var realm_session := _realm_session
	_realm_session = _closed_session()
	_login_flow.is_over = true
	realm_session.presented.world.clear()
	_is_finishing = false
	_set_state(State.CLOSED)
	closed.emit(reason)


func _closed_session() -> _RealmSession:
	return _RealmSession.new([] as Array[Callable], 0, _now())


func _set_state(to: State) -> void:
	if _state != to:
		_state = to
		state_changed.emit(to)


func _now() -> float:
	return Time.get_ticks_usec() / 1000.0
