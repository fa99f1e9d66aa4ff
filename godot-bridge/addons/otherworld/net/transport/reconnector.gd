extends RefCounted
## Keeps a client connected: one connection at a time, over the first transport that works. A lost connection is made
## again while the session can be resumed, or longer if a new session will do. Callers pass the time.

## Emitted when a connection is open and packets can be sent.
signal connected(connection: Connection)
## Emitted for each received packet.
signal received(packet: PackedByteArray)
## Emitted when a transport could not connect and the next one is tried.
signal fell_back(fault: OtherworldRequestError)
## Emitted when the first connection has to wait for its turn or for the realm to start. It is retried.
signal server_busy(reason: String)
## Emitted when the connection is lost and will be made again. The session can be resumed until [param give_up_at_msec].
signal lost(reason: String, attempt: int, give_up_at_msec: float)
## Emitted once, instead of [signal ended], when the token has expired. A new session needs a new login and a new
## Reconnector.
signal expired(reason: String)
## Emitted once, at the end.
signal ended(reason: String)

const Connection := preload("connection.gd")
const Limits := preload("../session/limits.gd")

## Pauses before the first, second, third … attempt to reconnect. The last one repeats.
const RETRY_MSEC: PackedFloat32Array = [0.0, 250.0, 500.0, 1_000.0, 2_000.0, 4_000.0]
## A connection that worked for a shorter time counts as a further failure. Otherwise a server that fails at each client
## would be contacted without a pause.
const STABLE_MSEC := 5_000.0
## If the server is busy, pause and limit of the retries. A storm of a thousand logins takes ten seconds. While the
## server reports that it is starting, the limit begins again, so it only ends a wait for a server that disappeared
## while it started.
const BUSY_RETRY_MSEC := 1_000.0
const WAIT_MSEC_MAX := 60_000.0
## Pauses before a starting server is contacted again. The last one repeats. Most servers start within a second or two.
const STARTING_RETRY_MSEC: PackedFloat32Array = [500.0, 1_000.0, 2_000.0]

## The open connection; null without one.
var connection: Connection
## Keeps reconnecting after the session can no longer be resumed, without a limit: a new session will do.
var rejoins := false
# Functions (now_msec: float) -> Connection, in the order in which they are tried.
var _transports: Array[Callable]
# The connection that is being made.
var _attempt: Connection
# Index of the transport of the attempt or the connection.
var _transport := 0
var _errors: Array[OtherworldRequestError] = []
# The server has answered over this connection; over any connection.
var _is_confirmed := false
var _was_ever_confirmed := false
var _confirmed_at_msec := 0.0
var _is_retrying := false
var _retry_at_msec := 0.0
var _retry_attempt := 0
var _give_up_at_msec := 0.0
var _is_over := false


func _init(transports: Array[Callable]) -> void:
	_transports = transports


## Starts connecting, over the transports from [param first] on.
func connect_from(first: int, now_msec: float) -> void:
	_is_confirmed = false
	_errors.clear()
	_start(first, now_msec)


func _start(transport: int, now_msec: float) -> void:
	_transport = transport
	if transport < _transports.size():
		_attempt = _transports[transport].call(now_msec)
	else:
		_attempt = null
		_failed(now_msec)


## Advances: connects, receives, and reconnects when it is due.
func update(now_msec: float) -> void:
	if _attempt != null:
		_advance(now_msec)
	elif connection == null and _is_retrying and now_msec >= _retry_at_msec:
		connect_from(0, now_msec)
	if connection != null:
		_receive_packets(now_msec)


func _advance(now_msec: float) -> void:
	var attempt := _attempt
	attempt.poll(now_msec)
	# It may have opened and ended between two polls.
	if attempt.status == Connection.Status.OPEN or (attempt.status == Connection.Status.ENDED and attempt.fault == null):
		_attempt = null
		connection = attempt
		connected.emit(attempt)
	elif attempt.status == Connection.Status.ENDED:
		_errors.append(attempt.fault)
		# Another transport would be just as busy, and a worse one for the rest of the session.
		if attempt.fault.kind in [OtherworldRequestError.Kind.BUSY, OtherworldRequestError.Kind.STARTING]:
			_attempt = null
			_failed(now_msec)
			return
		if _transport + 1 < _transports.size():
			fell_back.emit(attempt.fault)
		if _attempt == attempt:
			_start(_transport + 1, now_msec)


# A receiver of a packet may close the connection. Later packets are then dropped.
func _receive_packets(now_msec: float) -> void:
	var current := connection
	current.poll(now_msec)
	while current == connection:
		var packet := current.receive()
		if packet.is_empty():
			break
		received.emit(packet)
	if current == connection and current.status == Connection.Status.ENDED:
		_ended(current, tr("The connection ended: %s.") % current.closing_reason.trim_suffix("."), now_msec)


# A server that closes the connection was reached, so a client that had joined reconnects over the same transport. A
# client that had not joined may have met a realm that failed and starts again.
func _ended(current: Connection, reason: String, now_msec: float) -> void:
	if current.was_closed_by_peer and not _is_confirmed and not _was_ever_confirmed \
			and _transport + 1 >= _transports.size():
		handle_restart(reason, now_msec)
	else:
		handle_loss(reason, now_msec, not (_was_ever_confirmed and current.was_closed_by_peer))


## Handles a server that goes away and will soon be back. [param reason] says why.
func handle_restart(reason: String, now_msec: float) -> void:
	if _is_over:
		return
	_close(reason)
	if _was_ever_confirmed:
		_retry_later(reason, now_msec)
	else:
		_wait(reason, false, now_msec)


## Confirms that the server has answered. From now on a lost connection is made again.
func confirm(now_msec: float) -> void:
	if not _was_ever_confirmed:
		_is_retrying = false
	_is_confirmed = true
	_was_ever_confirmed = true
	_confirmed_at_msec = now_msec


## Handles a connection that is lost or useless. [param reason] says why.
func handle_loss(reason: String, now_msec: float, may_fall_back := true) -> void:
	if _is_over:
		return
	# It connected but no packet arrived, as behind some firewalls. The next transport may work.
	var untried := _transport + 1 if may_fall_back and connection != null and not _is_confirmed else _transports.size()
	_close(reason)
	if untried < _transports.size():
		fell_back.emit(OtherworldRequestError.new(OtherworldRequestError.Kind.TIMED_OUT, reason))
		connect_from(untried, now_msec)
	else:
		_retry_later(reason, now_msec)


func _failed(now_msec: float) -> void:
	var is_starting := false
	var is_busy := false
	var is_refused := true
	for fault: OtherworldRequestError in _errors:
		is_starting = is_starting or fault.kind == OtherworldRequestError.Kind.STARTING
		is_busy = is_busy or fault.kind == OtherworldRequestError.Kind.BUSY
		is_refused = is_refused and fault.kind == OtherworldRequestError.Kind.REFUSED
	var reason := _error_messages()
	if is_refused and _was_ever_confirmed and rejoins:
		_finish(expired, reason)
	elif is_refused:
		end(reason)
	elif not _was_ever_confirmed and (is_starting or is_busy or _is_retrying):
		_wait(reason, is_starting, now_msec)
	else:
		_retry_later(reason, now_msec)


func _wait(reason: String, is_starting: bool, now_msec: float) -> void:
	if is_starting or not _is_retrying:
		_give_up_at_msec = now_msec + WAIT_MSEC_MAX
	if now_msec >= _give_up_at_msec:
		end(reason)
		return
	_retry_attempt = _retry_attempt + 1 if is_starting else 0
	_is_retrying = true
	_retry_at_msec = now_msec + (starting_retry_msec(_retry_attempt) if is_starting else BUSY_RETRY_MSEC)
	server_busy.emit(reason)


## Returns the pause after a server was contacted [param times] times and was starting each time.
static func starting_retry_msec(times: int) -> float:
	return STARTING_RETRY_MSEC[mini(times, STARTING_RETRY_MSEC.size()) - 1]


func _retry_later(reason: String, now_msec: float) -> void:
	if _is_confirmed and now_msec - _confirmed_at_msec >= STABLE_MSEC:
		_is_retrying = false
	_retry_attempt = _retry_attempt + 1 if _is_retrying else 1
	# Each connection that worked renewed the session, however short it was.
	if _is_confirmed or not _is_retrying:
		_give_up_at_msec = now_msec + Limits.RESUME_MSEC_MAX
	if not _was_ever_confirmed:
		end(reason)
		return
	if now_msec >= _give_up_at_msec and not rejoins:
		end("%s The session could not be resumed within %d seconds." % [reason, Limits.RESUME_MSEC_MAX / 1000.0])
		return
	var wait_msec := RETRY_MSEC[mini(_retry_attempt, RETRY_MSEC.size()) - 1]
	_is_retrying = true
	_retry_at_msec = now_msec + wait_msec if rejoins else minf(_give_up_at_msec, now_msec + wait_msec)
	lost.emit(reason, _retry_attempt, _give_up_at_msec)


func _close(reason: String) -> void:
	if _attempt != null:
		_attempt.close(reason)
	if connection != null:
		connection.close(reason)
	_attempt = null
	connection = null


## Closes and stops reconnecting.
func end(reason: String) -> void:
	if not _is_over:
		_finish(ended, reason)


func _finish(outcome: Signal, reason: String) -> void:
	_is_over = true
	_is_retrying = false
	_close(reason)
	outcome.emit(reason)


# The messages of all transports, without repeats.
func _error_messages() -> String:
	var messages: PackedStringArray = []
	for fault: OtherworldRequestError in _errors:
		if not messages.has(fault.full_message()):
			messages.append(fault.full_message())
	return " ".join(messages) if messages else tr("There is no transport to connect with.")
