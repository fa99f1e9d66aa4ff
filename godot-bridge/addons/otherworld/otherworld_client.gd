@icon("icons/client.svg")
class_name OtherworldClient
extends Node
## Joins an Otherworld realm: connects, keeps the connection, and knows who and what is there.
##
## Put one into a scene, set [member url] and [member player_name], and play: it logs in, connects (over WebRTC where it is
## there, else over WebSocket), shows the realm by an [OtherworldView] and plays in it by an [OtherworldPlayer] or
## [OtherworldXRPlayer], which it adds below itself where the scene has none.
## [br][br]
## A lost connection is made again by itself: [signal connection_lost], then within 30 seconds [signal connection_resumed], with
## the same avatar, and later [signal rejoined] with a new one, or [signal closed]. Realm space is Godot's: metres, Y up, forward is -Z.
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

## The client stands somewhere else now.
signal state_changed(state: State)
## In the realm, for the first time since [method open].
signal joined
## The connection is gone and is being made again. [param reason] is for people.
signal connection_lost(reason: String)
## In the realm again, as the same player. The world was described anew: elements that went meanwhile were removed.
signal connection_resumed
## In the realm again, as a new player with a new avatar: the session before could not be resumed. See [member rejoin].
signal rejoined
## Out of the realm for good, or never in it; [param reason] says to people why and what to do. [method open] begins anew.
signal closed(reason: String)
## One way to connect did not work, or is not there, and another is tried; [param message] says to people why.
signal transport_fell_back(message: String)
## The server is busy, or the realm is starting, and asks to wait; it is tried again. [param reason] is for people.
signal server_busy(reason: String)
## The realm says something to the player.
signal notice_received(text: String)
## What the player may do is another: bits of [enum Permission].
signal permissions_changed(permissions: int)
## An avatar is there, also one's own.
signal avatar_added(avatar: OtherworldAvatarState)
## An avatar wears something else.
signal avatar_changed(avatar: OtherworldAvatarState)
## An avatar is gone; its state is kept no longer.
signal avatar_removed(avatar: OtherworldAvatarState)
## A prop is there.
signal prop_added(prop: OtherworldPropState)
## A prop's scale, holder or access is another.
signal prop_changed(prop: OtherworldPropState)
## A prop is gone; its state is kept no longer.
signal prop_removed(prop: OtherworldPropState)
## All states are those of this frame: draw from here. [param tick] is the moment at which the others are shown.
signal frame_updated(tick: float)

## Where the client stands.
enum State {
	## Not opened yet.
	OFFLINE,
	## Logs in and connects.
	CONNECTING,
	## In the realm.
	JOINED,
	## The connection was lost and is being made again.
	RECONNECTING,
	## Left, refused, or lost for good.
	CLOSED,
}
## How to connect.
enum Transport {
	## WebRTC where it is there, else WebSocket.
	AUTO,
	## WebRTC alone.
	WEBRTC,
	## WebSocket alone: for networks that block UDP. Bad networks stutter.
	WEBSOCKET,
}
## What holds a prop. Each holds one.
enum Hand { LEFT, RIGHT, POINTER }
## What a player may do, as bits.
enum Permission { SPAWN = 1, GRAB = 2, SCALE = 4, MANAGE = 8, FLY = 16 }
## What is done with a prop; see [method can].
enum Act { DRAG, SCALE, DESPAWN }
## What plays; see [member player_kind].
enum PlayerKind {
	## By headset where one is there, else by keyboard and mouse.
	AUTO,
	## Nothing: your own code calls [method move], [method pose] and the rest.
	NONE,
	## [OtherworldPlayer].
	DESKTOP,
	## [OtherworldXRPlayer].
	XR,
}

const _DefaultNodes := preload("net/default_nodes.gd")
const _LoginFlow := preload("net/login_flow.gd")
const _Http := preload("net/http.gd")
const _Inputs := preload("net/inputs.gd")
const _Messages := preload("wire/generated/messages.gd")
const _StatsReport := preload("net/stats_report.gd")
const _PropAccess := preload("net/prop_access.gd")
const _Shapes := preload("net/shapes.gd")
const _RealmSession := preload("net/realm_session.gd")

## Address of the server, [code]http://host:port[/code] or [code]https://host[/code], with the path that a proxy put before it.
@export var url := "http://127.0.0.1:7350":
	set(to): url = to.strip_edges()
## Name that others see above one's head, 1 to 32 characters.
@export var player_name := "Guest"
## Joins as soon as the scene starts; else call [method open].
@export var auto_connect := true
## How to connect.
@export var transport := Transport.AUTO
## Package that the avatar wears on joining (64 hex digits); empty: the realm's own body.
@export var avatar_package := ""
## Be the same user at each visit, owner of what one placed and uploaded before: kept in
## [code]user://otherworld/identities.cfg[/code] for each server.
@export var remember_identity := true
## Joins anew, however long it takes, where the session could not be resumed; else that is the end, and [signal closed] says so.
@export var rejoin := true
## Adds an [OtherworldView] below this node if the scene has none.
@export var add_view := true
## Adds what plays below this node if the scene has none.
@export var player_kind := PlayerKind.AUTO
## STUN and TURN servers for WebRTC, as [method WebRTCPeerConnection.initialize] takes them; most servers need none.
@export var ice_servers: Array[Dictionary] = []

## Where the client stands.
var state: State:
	get: return _state
## Who is there, by element. Read; do not change.
var avatars: Dictionary[int, OtherworldAvatarState]:
	get: return _realm_session.presented.world.avatars
## What is there, by element. Read; do not change.
var props: Dictionary[int, OtherworldPropState]:
	get: return _realm_session.presented.world.props
## One's own avatar; null before it is there.
var local_avatar: OtherworldAvatarState:
	get: return _realm_session.presented.world.local_avatar
## The realm's definition: [code]name[/code], [code]tickRate[/code], [code]gravity[/code], [code]bounds[/code],
## [code]ground[/code], [code]spawn[/code], [code]reach[/code], [code]bodies[/code] (docs/protocol.md, section 13). Empty before joining.
var definition: Dictionary:
	get: return _realm_session.definition
## Number of one's user: owner of what one makes, the same over visits. 0 before joining.
var user: int:
	get: return _realm_session.welcome.user if _realm_session.welcome != null else 0
## Number of one's player in this session, as [member OtherworldPropState.holder] has it. 0 before joining.
var player: int:
	get: return _realm_session.welcome.player if _realm_session.welcome != null else 0
## Bits of [enum Permission] that one has.
var permissions: int:
	get: return _realm_session.permissions
## For the server's HTTP API (see [method request]). Empty before joining, and where [member url] was changed since.
var token: String:
	get: return _login_flow.token if _login_flow.url == url else ""
## Id of the realm. Empty before joining.
var realm: String:
	get: return _login_flow.realm
## "webrtc" or "websocket"; empty without a connection.
var transport_used: String:
	get: return _realm_session.transport

var _state := State.OFFLINE
var _login_flow := _LoginFlow.new()
var _realm_session := _nowhere()
var _is_finishing := false


func _init() -> void:
	# Before all that draws or plays; and a paused game stays connected.
	process_priority = -100
	process_mode = PROCESS_MODE_ALWAYS


func _ready() -> void:
	_DefaultNodes.add_to(self)
	if auto_connect:
		open()


func _process(_delta: float) -> void:
	# Kept here while it runs: it may end within.
	var realm_session := _realm_session
	var now_msec := _now()
	realm_session.update(now_msec)
	var tick := realm_session.presented.sample(now_msec) if realm_session.welcome != null else 0.0
	if realm_session == _realm_session and realm_session.welcome != null:
		frame_updated.emit(tick)


func _exit_tree() -> void:
	if _state != State.OFFLINE and _state != State.CLOSED:
		_realm_session.cut("left")
		_finish("left")


## Logs in and connects, also while [method close] is still at it. [signal joined] follows, or [signal closed] says why not.
func open() -> void:
	if _realm_session.is_leaving():
		_realm_session.cut("left")
	if _state != State.OFFLINE and _state != State.CLOSED:
		return
	_set_state(State.CONNECTING)
	_enter()


func _enter() -> void:
	_login_flow = _LoginFlow.new()
	_login_flow.is_patient = _state == State.RECONNECTING
	_login_flow.ended.connect(_on_login_flow_ended)
	_LoginFlow.enter(_login_flow, self)


## Leaves the realm: the avatar goes at once. Can be waited for: the server is told, which takes a second at most.
func close(reason := "left") -> void:
	if _state == State.OFFLINE or _state == State.CLOSED:
		return
	if _login_flow.is_over:
		_realm_session.leave(reason)
	else:
		_finish(reason)
	if _state != State.CLOSED:
		await closed


## Walks, turns, jumps, flies; holds until the next call, and may be called in each frame. [param direction] is in the
## avatar's own frame, each -1 to 1: x to the right, z backwards, y upwards while flying. [param yaw] is the heading about +Y
## in radians, 0 looks along -Z.
func move(direction: Vector3, yaw: float, jump := false, run := false, fly := false) -> void:
	var input := _Inputs.move(direction, yaw, jump, run, fly)
	if _Inputs.is_fine(input):
		_realm_session.move(input)


## Sets how one's avatar holds itself: head and hands, and the bones that are tracked. May be called in each frame.
func pose(of: OtherworldPose) -> void:
	_realm_session.pose(of)


## Says where the prop that the hand holds should be itself, realm space. May be called in each frame.
func drag(hand: Hand, position: Vector3, rotation: Quaternion) -> void:
	var input := _Inputs.drag(hand, position, rotation.normalized())
	if _Inputs.is_fine(input):
		_realm_session.drag(input)


## Takes hold of a prop that is not static and within reach ([code]definition.reach[/code], from the head); [method drag] then
## moves it. Wait for the outcome: [code]var outcome := await client.grab(element, hand)[/code].
func grab(element: int, hand: Hand) -> OtherworldOutcome:
	return await _realm_session.grab(element, hand)


## Lets go of what the hand holds; what moves by physics flies on with the hand's speed.
func release(hand: Hand) -> OtherworldOutcome:
	return await _realm_session.release(hand)


## Makes a prop larger or smaller, 0.05 to 20 times its own size.
func scale_prop(element: int, factor: float) -> OtherworldOutcome:
	return await _realm_session.command(_Inputs.scale(element, factor))


## Places an object of a package (its hash, 64 hex digits). The outcome's [code]element[/code] is the new prop. [param access]
## says who may do what with it: see [method set_access].
func spawn_package(hash: String, position: Vector3, rotation := Quaternion.IDENTITY, scale := 1.0, access := 0) -> OtherworldOutcome:
	if not _Inputs.is_hash(hash):
		return OtherworldOutcome.rejected("invalid-value")
	return await _realm_session.command(_Inputs.spawn(null, hash, position, rotation.normalized(), scale, access))


## Places a box; [param size] is of the whole, metres.
func spawn_box(size: Vector3, position: Vector3, rotation := Quaternion.IDENTITY, color := Color.WHITE, motion := OtherworldPropState.Motion.DYNAMIC) -> OtherworldOutcome:
	var shape := BoxShape3D.new()
	shape.size = size
	return await spawn_shape(shape, position, rotation, color, motion, "box")


## Places a prop of a shape: a [BoxShape3D], [SphereShape3D], [CapsuleShape3D], [ConvexPolygonShape3D] (4 to 64 points) or
## [ConcavePolygonShape3D] (static alone).
func spawn_shape(shape: Shape3D, position: Vector3, rotation := Quaternion.IDENTITY, color := Color.WHITE, motion := OtherworldPropState.Motion.DYNAMIC, label := "shape") -> OtherworldOutcome:
	var spec := _Shapes.spec_of(shape, label, color, motion)
	if spec == null:
		return OtherworldOutcome.rejected("invalid-value")
	return await _realm_session.command(_Inputs.spawn(spec, "", position, rotation.normalized(), 1.0, 0))


## Removes a prop.
func despawn(element: int) -> OtherworldOutcome:
	return await _realm_session.command(_Inputs.despawn(element))


## Puts on an avatar of a package (its hash, 64 hex digits).
func wear_package(hash: String) -> OtherworldOutcome:
	if not _Inputs.is_hash(hash):
		return OtherworldOutcome.rejected("invalid-value")
	return await _realm_session.command(_Inputs.wear(hash, 0))


## Puts on one of the realm's own bodies, by its index in [code]definition.bodies[/code].
func wear_body(index: int) -> OtherworldOutcome:
	return await _realm_session.command(_Inputs.wear("", index))


## Changes who may do what with a prop of one's own: 2 bits for each of drag (bits 0 and 1), scale (2 and 3) and despawn
## (4 and 5): 0 the default, 1 everyone, 2 the owner and who may manage, 3 the owner alone.
func set_access(element: int, access: int) -> OtherworldOutcome:
	return await _realm_session.command(_Inputs.access(element, access))


## Whether one may do that with a prop: to offer it or not. The server decides.
func can(act: Act, prop: OtherworldPropState) -> bool:
	return _PropAccess.can(act, prop, user, permissions)


## Asks the server's HTTP API ([param path] as [code]v1/packages[/code], without a slash before it) with one's token. Wait for
## the answer: its [code]json[/code] is what was said, its [code]fault[/code] null or why there is nothing.
func request(method: HTTPClient.Method, path: String, body: Variant = null) -> _Http.HttpResponse:
	return await _Http.request_json(method, url.trim_suffix("/") + "/" + path.trim_prefix("/"), body, token)


## How the connection does at this moment.
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
	realm_session.told.connect(_on_session_told)
	realm_session.expired.connect(_on_session_expired)
	realm_session.ended.connect(_finish)
	for told: Signal in [avatar_added, avatar_changed, avatar_removed, prop_added, prop_changed, prop_removed]:
		realm_session.presented.world.connect(told.get_name(), told.emit)
	realm_session.start()


func _on_session_joined(is_resumed: bool) -> void:
	var is_first := _state == State.CONNECTING
	_set_state(State.JOINED)
	if _state != State.JOINED:
		return
	(joined if is_first else connection_resumed if is_resumed else rejoined).emit()
	if avatar_package and (is_first or not is_resumed):
		_realm_session.wear(avatar_package)


# The token is too old, or of a server that began afresh. Who is told of what goes may close the client over it.
func _on_session_expired(_reason: String) -> void:
	_enter()
	_realm_session.presented.world.clear()


func _on_session_connection_lost(reason: String) -> void:
	_set_state(State.RECONNECTING)
	connection_lost.emit(reason)


func _on_session_told(message: _Messages.ServerMessage) -> void:
	if message.notice != null:
		notice_received.emit(message.notice.text)
	elif message.permissions_changed != null:
		permissions_changed.emit(message.permissions_changed.permissions)


# For good: nobody and nothing is there any more. Who is told of what goes may free or close the client over it.
func _finish(reason: String) -> void:
	if _state == State.CLOSED or _is_finishing:
		return
	_is_finishing = true
	var realm_session := _realm_session
	_realm_session = _nowhere()
	_login_flow.is_over = true
	realm_session.presented.world.clear()
	_is_finishing = false
	_set_state(State.CLOSED)
	closed.emit(reason)


func _nowhere() -> _RealmSession:
	return _RealmSession.new([] as Array[Callable], 0, _now())


func _set_state(to: State) -> void:
	if _state != to:
		_state = to
		state_changed.emit(to)


func _now() -> float:
	return Time.get_ticks_usec() / 1000.0
