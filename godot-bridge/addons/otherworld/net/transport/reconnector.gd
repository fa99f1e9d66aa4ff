extends RefCounted
## A client's line to the server: one connection at a time, made over the first transport that works, and made again when it
## is lost, for as long as the session can be resumed, and beyond that where a new one will do. Time comes in as an argument.

## There is a connection; packets may go out.
signal connected(connection: Connection)
## A packet came.
signal received(packet: PackedByteArray)
## A transport could not connect, and the next is tried.
signal fell_back(fault: RequestError)
## The first connection has to wait for its turn or for the realm's start, in words why; it is tried again.
signal server_busy(reason: String)
## The connection is lost and will be made again; until [param give_up_at_msec] the session can be resumed.
signal lost(reason: String, attempt: int, give_up_at_msec: float)
## The server takes the token no more: a new session needs a new one, and a new line. Heard once, in place of [signal ended].
signal expired(reason: String)
## For good; heard once.
signal ended(reason: String)

const Connection := preload("connection.gd")
const RequestError := preload("../http/request_error.gd")
const Limits := preload("../session/limits.gd")

## Wait before the first, second, third … time that a lost connection is made again; the last goes on.
const RETRY_MSEC: PackedFloat32Array = [0.0, 250.0, 500.0, 1_000.0, 2_000.0, 4_000.0]
## A connection that worked for less counts as one more failure: or a server that fails at each client would be asked without a pause.
const STABLE_MSEC := 5_000.0
## Where the server asks to wait, it is asked again after this long, for so long: a storm of a thousand takes ten seconds.
## Each time that it says that it is starting, the time begins anew: it ends only where a server went away as it started.
const BUSY_RETRY_MSEC := 1_000.0
const WAIT_MSEC_MAX := 60_000.0
## Wait before a server that starts is asked the second, third … time; the last goes on. Most have started within a second or two.
const STARTING_RETRY_MSEC: PackedFloat32Array = [500.0, 1_000.0, 2_000.0]

## The connection that is open; null: there is none.
var connection: Connection
## Goes on after the time in which the session can be resumed, without an end: a new one will do.
var rejoins := false
# Makes a connection each, (now_msec: float) -> Connection, in the order in which they are tried.
var _transports: Array[Callable]
# Being made.
var _attempt: Connection
# Which of the transports the attempt or the connection is of.
var _transport := 0
var _faults: Array[RequestError] = []
# Something came through this connection; and through any before.
var _works := false
var _worked := false
var _works_since_msec := 0.0
var _is_retrying := false
var _retry_at_msec := 0.0
var _retry_attempt := 0
var _give_up_at_msec := 0.0
var _is_over := false


func _init(transports: Array[Callable]) -> void:
	_transports = transports


## Starts to connect, over the transports from [param first] on.
func connect_from(first: int, now_msec: float) -> void:
	_works = false
	_faults.clear()
	_start(first, now_msec)


func _start(transport: int, now_msec: float) -> void:
	_transport = transport
	if transport < _transports.size():
		_attempt = _transports[transport].call(now_msec)
	else:
		_attempt = null
		_failed(now_msec)


## Lets time pass: connects, takes what came, connects again where that is due.
func update(now_msec: float) -> void:
	if _attempt != null:
		_advance(now_msec)
	elif connection == null and _is_retrying and now_msec >= _retry_at_msec:
		connect_from(0, now_msec)
	if connection != null:
		_take(now_msec)


func _advance(now_msec: float) -> void:
	var attempt := _attempt
	attempt.poll(now_msec)
	# It may have opened and ended between two looks.
	if attempt.status == Connection.Status.OPEN or (attempt.status == Connection.Status.ENDED and attempt.fault == null):
		_attempt = null
		connection = attempt
		connected.emit(attempt)
	elif attempt.status == Connection.Status.ENDED:
		_faults.append(attempt.fault)
		# Another transport is not less busy, and would be a worse one for all the time to come.
		if attempt.fault.kind == RequestError.Kind.BUSY or attempt.fault.kind == RequestError.Kind.STARTING:
			_attempt = null
			_failed(now_msec)
			return
		if _transport + 1 < _transports.size():
			fell_back.emit(attempt.fault)
		if _attempt == attempt:
			_start(_transport + 1, now_msec)


# Who is told of a packet may end the connection over it: then nothing more of it is heard.
func _take(now_msec: float) -> void:
	var current := connection
	current.poll(now_msec)
	while current == connection:
		var packet := current.receive()
		if packet.is_empty():
			break
		received.emit(packet)
	if current == connection and current.status == Connection.Status.ENDED:
		_ended(current, tr("The connection ended: %s.") % current.closing_reason.trim_suffix("."), now_msec)


# A server that closes is reached: who was here before comes back the same way. Who was not may have met a realm that failed
# and starts again.
func _ended(current: Connection, reason: String, now_msec: float) -> void:
	if current.was_closed_by_peer and not _works and not _worked and _transport + 1 >= _transports.size():
		restarts(reason, now_msec)
	else:
		drop(reason, now_msec, not (_worked and current.was_closed_by_peer))


## The server goes away, in words why, and is soon back.
func restarts(reason: String, now_msec: float) -> void:
	if _is_over:
		return
	_close(reason)
	if _worked:
		_again(reason, now_msec)
	else:
		_wait(reason, false, now_msec)


## The server has answered: from now on a lost connection is made again.
func works(now_msec: float) -> void:
	if not _worked:
		_is_retrying = false
	_works = true
	_worked = true
	_works_since_msec = now_msec


## The connection is of no use any more, in words why.
func drop(reason: String, now_msec: float, may_fall_back := true) -> void:
	if _is_over:
		return
	# It connected and nothing came through, as behind some firewalls: the next transport may do better.
	var untried := _transport + 1 if may_fall_back and connection != null and not _works else _transports.size()
	_close(reason)
	if untried < _transports.size():
		fell_back.emit(RequestError.new(RequestError.Kind.TIMED_OUT, reason))
		connect_from(untried, now_msec)
	else:
		_again(reason, now_msec)


func _failed(now_msec: float) -> void:
	var is_starting := false
	var is_busy := false
	var is_refused := true
	for fault: RequestError in _faults:
		is_starting = is_starting or fault.kind == RequestError.Kind.STARTING
		is_busy = is_busy or fault.kind == RequestError.Kind.BUSY
		is_refused = is_refused and fault.kind == RequestError.Kind.REFUSED
	var reason := _in_words()
	if is_refused and _worked and rejoins:
		_finish(expired, reason)
	elif is_refused:
		end(reason)
	elif not _worked and (is_starting or is_busy or _is_retrying):
		_wait(reason, is_starting, now_msec)
	else:
		_again(reason, now_msec)


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


## How long to wait after a server was asked so many times and was starting each time.
static func starting_retry_msec(times: int) -> float:
	return STARTING_RETRY_MSEC[mini(times, STARTING_RETRY_MSEC.size()) - 1]


func _again(reason: String, now_msec: float) -> void:
	if _works and now_msec - _works_since_msec >= STABLE_MSEC:
		_is_retrying = false
	_retry_attempt = _retry_attempt + 1 if _is_retrying else 1
	# Each connection that worked renewed the session, however short it was.
	if _works or not _is_retrying:
		_give_up_at_msec = now_msec + Limits.RESUME_MSEC_MAX
	if not _worked:
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


## Closes for good.
func end(reason: String) -> void:
	if not _is_over:
		_finish(ended, reason)


func _finish(told: Signal, reason: String) -> void:
	_is_over = true
	_is_retrying = false
	_close(reason)
	told.emit(reason)


# What all transports said, without repeats.
func _in_words() -> String:
	var words: PackedStringArray = []
	for fault: RequestError in _faults:
		if not words.has(fault.in_words()):
			words.append(fault.in_words())
	return " ".join(words) if words else tr("There is no transport to connect with.")
