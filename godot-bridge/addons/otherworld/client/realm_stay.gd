extends RefCounted
## A client's stay in a realm: its state, its login and its session. It logs in again when the token has expired, and
## emits the client's signals about the connection.

const LoginFlow := preload("../net/realm/login_flow.gd")
const RealmSession := preload("../net/realm/realm_session.gd")
const SessionSignals := preload("session_signals.gd")

const _State := OtherworldClient.State

var state := _State.OFFLINE
## The last login, which may not have ended.
var login_flow := LoginFlow.new()
## The last login that succeeded. It stays while the client logs in again, until the client closes.
var entered := LoginFlow.new()
## Number of the user of the last Welcome. It stays until the client closes.
var user := 0
## A session that never starts while there is none.
var realm_session := _closed_session()

var _client: OtherworldClient
var _is_finishing := false
# Whether the client has emitted joined since open().
var _has_joined := false
# The signal that reports the last Welcome, once your avatar is known.
var _arrival := Signal()


func _init(client: OtherworldClient) -> void:
	_client = client


## Returns whether the client is between open() and closed.
func is_open() -> bool:
	return state != _State.OFFLINE and state != _State.CLOSED


## Returns whether the client leaves the realm: what disappears now is no news.
func is_leaving() -> bool:
	return _is_finishing or realm_session.is_leaving()


## Leaves if a handler of an earlier signal took the client out of the tree. Returns whether to emit further signals.
func stays() -> bool:
	if not is_leaving() and is_open() and not _client.is_inside_tree():
		close_now("left")
		return false
	return true


## Starts to log in.
func open() -> void:
	if realm_session.is_leaving():
		realm_session.close_now("left")
	if is_open():
		return
	_has_joined = false
	_set_state(_State.CONNECTING)
	_log_in()


## Leaves. The client emits closed once the server was notified, or a second has passed.
func close(reason: String) -> void:
	if login_flow.is_over:
		realm_session.leave(reason)
	else:
		finish(reason)


## Leaves at once, without waiting for the server.
func close_now(reason: String) -> void:
	if is_open():
		realm_session.close_now(reason)
		finish(reason)


## Advances the session, and emits the client's signals of this frame.
func update(now_msec: float) -> void:
	# A local reference, because the session may end in update().
	var before := realm_session
	before.update(now_msec)
	var tick := before.presented.sample(now_msec) if before.welcome != null else 0.0
	if _is_current(before) and stays():
		_report_arrival()
	if _is_current(before) and stays():
		_client.frame_updated.emit(tick)


## Closes for good. A handler of the removal signals may free or close the client.
func finish(reason: String) -> void:
	if state == _State.CLOSED or _is_finishing:
		return
	_is_finishing = true
	var before := realm_session
	realm_session = _closed_session()
	login_flow.is_over = true
	entered = LoginFlow.new()
	user = 0
	_arrival = Signal()
	before.presented.world.clear()
	_is_finishing = false
	_set_state(_State.CLOSED)
	_client.closed.emit(reason)


## Starts the session that the login made; null if it failed.
func begin(next: RealmSession) -> void:
	if next == null:
		finish(login_flow.refusal)
		return
	entered = login_flow
	realm_session = next.after(realm_session)
	_client._package_colliders.begin_session()
	next.presented.colliders_of = _client._package_colliders.colliders_of
	next.joined.connect(_on_session_joined)
	next.connection_lost.connect(_on_session_connection_lost)
	next.expired.connect(_on_session_expired)
	next.ended.connect(finish)
	SessionSignals.forward(next, _client)
	next.start()


func _log_in() -> void:
	login_flow = LoginFlow.new()
	login_flow.retries_forever = state == _State.RECONNECTING
	login_flow.ended.connect(_client._on_login_flow_ended)
	LoginFlow.enter(login_flow, _client)


func _is_current(session: RealmSession) -> bool:
	return session == realm_session and session.welcome != null


func _on_session_joined(is_resumed: bool) -> void:
	_arrival = _client.joined if not _has_joined else _client.connection_resumed if is_resumed else _client.rejoined
	var session := realm_session
	user = session.welcome.user
	if not is_resumed:
		_client.realm_entered.emit()
	if session != realm_session:
		return
	if _client.avatar_package and _arrival != _client.connection_resumed:
		session.wear(_client.avatar_package)
	_report_arrival()


# A handler of a signal may close the client.
func _report_arrival() -> void:
	var local_avatar := realm_session.presented.world.local_avatar
	if _arrival.is_null() or local_avatar == null or local_avatar.player != realm_session.welcome.player:
		return
	var arrival := _arrival
	_arrival = Signal()
	_has_joined = true
	_set_state(_State.JOINED)
	if state == _State.JOINED:
		arrival.emit()


# The token has expired, or the server has lost its sessions. A handler of the removal signals may close the client.
func _on_session_expired(_reason: String) -> void:
	_log_in()
	realm_session.presented.world.clear()


func _on_session_connection_lost(reason: String) -> void:
	_arrival = Signal()
	_set_state(_State.RECONNECTING)
	_client.connection_lost.emit(reason)


func _set_state(to: OtherworldClient.State) -> void:
	if state != to:
		state = to
		_client.state_changed.emit(to)


static func _closed_session() -> RealmSession:
	return RealmSession.new([] as Array[Callable], 0, Time.get_ticks_usec() / 1000.0)
