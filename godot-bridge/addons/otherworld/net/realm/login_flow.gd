extends RefCounted
## Logs in, and retries while the server asks to wait. Then it makes a [RealmSession].

## Emitted when the server asks to wait. The login is retried.
signal server_busy(reason: String)
## Emitted when WebRTC is not available.
signal fell_back(message: String)
## Emitted once, with a session that has not started, or null (see [member refusal]). Never emitted after
## [member is_over] was set.
signal ended(realm_session: RealmSession)

const Frames := preload("../frames.gd")
const Reconnector := preload("../transport/reconnector.gd")
const Login := preload("login.gd")
const Self := preload("login_flow.gd")
const Transports := preload("../transport/transports.gd")
const RealmSession := preload("realm_session.gd")
const WebrtcSupport := preload("../transport/webrtc_support.gd")

## The reason of a server that stops, perhaps to start again. The login is retried as for a busy server.
const _STOPPING := "stopping"

## The token; "" before the login. And the address of the server that gave it.
var token := ""
var url := ""
var realm := ""
## UUID of the user that logged in; "" before the login.
var uid := ""
## The login is finished. Set it to stop retrying.
var is_over := false
## Why there is no session.
var refusal := ""
## Retries without a limit, for a player who was in the realm and whose server may be away.
var retries_forever := false
# Limit of the retries with a server that is busy, or that disappeared while it started.
var _end_msec := 0.0
var _attempts := 0


## Starts the login; [signal ended] follows. Do not await it, because the client may be freed meanwhile. It is static
## because an awaiting method keeps its arguments alive, not its object.
static func enter(login_flow: Self, client: OtherworldClient) -> void:
	var url := client.url
	login_flow.server_busy.connect(client.server_busy.emit)
	login_flow.fell_back.connect(client.transport_fell_back.emit)
	var login := await _log_in(login_flow, url, client.player_name, client.remember_identity)
	if login_flow.is_over or not is_instance_valid(client) or Frames.is_ending():
		return
	login_flow.is_over = true
	login_flow.token = login.token
	login_flow.url = url
	login_flow.realm = login.realm
	login_flow.uid = login.user_uid
	if login.fault != null:
		login_flow.refusal = login.fault.full_message()
	login_flow.ended.emit(login_flow._session_of(client, url) if login.fault == null else null)


# Returns null if no transport is available.
func _session_of(client: OtherworldClient, url: String) -> RealmSession:
	var transports := Transports.in_order(client.transport, url, token, client.ice_servers)
	if transports.is_empty():
		refusal = tr(WebrtcSupport.INSTALL)
		return null
	if client.transport == OtherworldClient.Transport.AUTO and transports.size() == 1:
		fell_back.emit(tr(WebrtcSupport.INSTALL))
	return RealmSession.new(transports, 0, Time.get_ticks_usec() / 1000.0, client.rejoin)


static func _log_in(login_flow: Self, url: String, name: String, remember: bool) -> Login:
	while true:
		var login: Login = await Login.request(url, name, remember)
		var is_over := login_flow.is_over or Frames.is_ending()
		if is_over or login.fault == null or not login_flow._should_retry(login.fault):
			return login
		login_flow.server_busy.emit(login.fault.full_message())
		await Frames.seconds(login_flow._wait_msec(login.fault) / 1000.0)
	return null


func _should_retry(fault: OtherworldRequestError) -> bool:
	var now_msec := float(Time.get_ticks_msec())
	_attempts += 1
	if _attempts == 1 or fault.kind == OtherworldRequestError.Kind.STARTING:
		_end_msec = now_msec + Reconnector.WAIT_MSEC_MAX
	if fault.kind == OtherworldRequestError.Kind.STARTING or retries_forever:
		return fault.kind != OtherworldRequestError.Kind.REFUSED
	# A server that disappears while it starts does not extend the wait.
	var asks_to_wait := fault.kind == OtherworldRequestError.Kind.BUSY or fault.reason == _STOPPING
	return now_msec < _end_msec and (asks_to_wait or (_attempts > 1 and fault.kind != OtherworldRequestError.Kind.REFUSED))


func _wait_msec(fault: OtherworldRequestError) -> float:
	var is_patient := retries_forever or fault.kind == OtherworldRequestError.Kind.STARTING
	return Reconnector.starting_retry_msec(_attempts) if is_patient \
			else Reconnector.BUSY_RETRY_MSEC
