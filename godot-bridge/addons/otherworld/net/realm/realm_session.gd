extends RefCounted
## A player's visit to a realm, from the token on: sends inputs, keeps the world as the server tells it, over as many
## connections as it takes. Driven by [method update]; time comes in as an argument.

## The Welcome came, again after each lost connection; [param is_resumed]: with the same player.
signal joined(is_resumed: bool)
## The connection is lost and is being made again.
signal connection_lost(reason: String)
## A transport could not connect, and the next is tried.
signal fell_back(message: String)
## The server asks to wait; it is tried again.
signal server_busy(reason: String)
## Each reliable message but the world's and the outcomes, in order.
signal told(message: Messages.ServerMessage)
## The server takes the token no more: a new visit needs a new login. Heard once, in place of [signal ended].
signal expired(reason: String)
## For good; heard once.
signal ended(reason: String)

const PendingCommands := preload("../commands/pending_commands.gd")
const Connection := preload("../transport/connection.gd")
const RealmDefinition := preload("realm_definition.gd")
const RequestError := preload("../http/request_error.gd")
const ReceivedContent := preload("../session/received_content.gd")
const InputMessages := preload("../commands/input_messages.gd")
const Reconnector := preload("../transport/reconnector.gd")
const Limits := preload("../session/limits.gd")
const Messages := preload("../../wire/generated/messages.gd")
const PresentedWorld := preload("presented_world.gd")
const RateMeter := preload("../../client/rate_meter.gd")
const Self := preload("realm_session.gd")
const ClientSession := preload("../session/client_session.gd")
const SnapshotDecoder := preload("../../wire/snapshot_decoder.gd")
const World := preload("../../world/world.gd")

## What the server last said of us; null before the Welcome.
var welcome: Messages.Welcome
## The realm's definition; empty before the Welcome.
var definition: Dictionary = {}
## Bits of [enum OtherworldClient.Permission].
var permissions := 0
## What is drawn: the world, and the own avatar in it.
var presented := PresentedWorld.new()
var commands := PendingCommands.new()
var session: ClientSession
## "webrtc" or "websocket"; "" without a connection.
var transport := ""
var reconnects := 0
var snapshots := RateMeter.new()
var up := RateMeter.new()
var down := RateMeter.new()

var _reconnector: Reconnector
# Of this connection: snapshots may come before the Welcome, and are built on.
var _decoder := SnapshotDecoder.new()
var _is_leaving := false
var _leaving_reason := ""
var _is_over := false
# Told so, since the last Welcome.
var _is_lost := false
var _fell_back_message := ""
var _now_msec := 0.0
var _move: Messages.PlayerInput
var _pose: Messages.PlayerInput


## [param transports]: what makes a connection each, (now_msec: float) -> Connection, in the order in which they are tried.
## [param rejoins]: a session that cannot be resumed is followed by a new one.
func _init(transports: Array[Callable], body: int, now_msec: float, rejoins := false) -> void:
	_now_msec = now_msec
	session = ClientSession.new(now_msec, body)
	session.timeline = presented.timeline
	_reconnector = Reconnector.new(transports)
	_reconnector.rejoins = rejoins
	_reconnector.connected.connect(_on_reconnector_connected)
	_reconnector.received.connect(_on_reconnector_received)
	_reconnector.fell_back.connect(_on_reconnector_fell_back)
	_reconnector.server_busy.connect(server_busy.emit)
	_reconnector.lost.connect(_on_reconnector_lost)
	_reconnector.expired.connect(_on_reconnector_finished.bind(expired))
	_reconnector.ended.connect(_on_reconnector_finished.bind(ended))


## This one, with what the player was doing on the visit [param before].
func after(before: Self) -> Self:
	_move = before._move
	_pose = before._pose
	return self


## Starts to connect.
func start() -> void:
	_reconnector.connect_from(0, _now_msec)


## Lets time pass: takes what came, sends what is due, notices silence, connects again.
func update(now_msec: float) -> void:
	_now_msec = now_msec
	_reconnector.update(now_msec)
	var is_connected := _reconnector.connection != null
	if _is_leaving and (not is_connected or session.is_parted(now_msec)):
		_reconnector.end(_leaving_reason)
	elif is_connected and session.is_silent(now_msec):
		_drop(tr("The server has not answered for %d seconds.") % (Limits.SILENCE_MSEC_MAX / 1000.0))
	_send()


## Says goodbye, waits until the server has heard it (a second at most), and closes.
func leave(reason: String) -> void:
	if _is_leaving or _is_over:
		return
	_is_leaving = true
	_leaving_reason = reason
	if _reconnector.connection == null:
		_reconnector.end(reason)
		return
	session.goodbye(reason, _now_msec)
	_send()


## Closes at once: says goodbye, unless that was said, and waits for nothing.
func cut(reason: String) -> void:
	leave(reason)
	# Also where a packet went out a moment ago: there is no later one.
	_send(true)
	_reconnector.end(_leaving_reason)


## True once it has ended, or is about to.
func is_leaving() -> bool:
	return _is_leaving or _is_over


## Since when nothing was heard, ms; 0 without a connection.
func quiet_msec(now_msec: float) -> float:
	return 0.0 if _reconnector.connection == null else session.quiet_msec(now_msec)


# --- connection


func _on_reconnector_connected(connection: Connection) -> void:
	transport = connection.kind
	session.attach(_now_msec)
	_decoder = SnapshotDecoder.new()
	_send()


# The connection is of no use any more; unless we leave, it is made again.
func _drop(reason: String) -> void:
	if _is_leaving:
		_reconnector.end(_leaving_reason)
	else:
		_reconnector.drop(reason, _now_msec)


func _on_reconnector_fell_back(fault: RequestError) -> void:
	if fault.in_words() != _fell_back_message:
		_fell_back_message = fault.in_words()
		fell_back.emit(_fell_back_message)


func _on_reconnector_lost(reason: String, _attempt: int, give_up_at_msec: float) -> void:
	transport = ""
	# Nobody waits for an answer for longer than a session can be resumed.
	if _now_msec >= give_up_at_msec:
		commands.lose()
	if _is_leaving:
		_reconnector.end(_leaving_reason)
	elif not _is_lost:
		# Each attempt that fails is lost again.
		_is_lost = true
		connection_lost.emit(reason)


func _on_reconnector_finished(reason: String, told: Signal) -> void:
	_is_over = true
	transport = ""
	commands.lose()
	told.emit(reason)


# --- packets


func _send(answer := false) -> void:
	if _reconnector.connection == null:
		return
	var packet := session.packet_due(_now_msec, answer)
	if not packet.is_empty():
		up.add(packet.size(), _now_msec)
		_reconnector.connection.send(packet)
	if session.sent_move_sequence > 0 and presented.local_avatar != null:
		presented.local_avatar.sent(session.sent_move_sequence, session.sent_move_tick, permissions)


func _on_reconnector_received(packet: PackedByteArray) -> void:
	down.add(packet.size(), _now_msec)
	var heard := session.receive(packet, _now_msec)
	if heard.fault:
		_drop(tr("The connection ended: %s.") % heard.fault.trim_suffix("."))
		return
	for message: Messages.ServerMessage in heard.messages:
		if not _tell(message):
			return
	if heard.rtt_msec >= 0.0:
		presented.round_trip(heard.rtt_msec, _now_msec)
	if heard.snapshot != null and not _show(heard.snapshot, heard.packet):
		return
	if heard.goodbye == null:
		_send()
		return
	_send(true)
	if _is_leaving:
		_reconnector.end(_leaving_reason)
	elif heard.goodbye.again:
		_reconnector.restarts(heard.goodbye.reason, _now_msec)
	else:
		_reconnector.end(heard.goodbye.reason)


# False: the connection ended over it.
func _tell(message: Messages.ServerMessage) -> bool:
	if message.welcome != null and not _take_welcome(message.welcome):
		return false
	if message.permissions_changed != null:
		permissions = message.permissions_changed.permissions
	presented.world.tell(message)
	if presented.world.size() > World.ELEMENTS_MAX:
		_drop("The connection ended: the server tells of more than %d things." % World.ELEMENTS_MAX)
		return false
	commands.tell(message)
	told.emit(message)
	return not _is_over


func _take_welcome(given: Messages.Welcome) -> bool:
	if given.protocol != Limits.PROTOCOL_VERSION:
		_reconnector.end("The server speaks protocol %d, this client %d. Update the one of the lower number." % [given.protocol, Limits.PROTOCOL_VERSION])
		return false
	var read: RealmDefinition = RealmDefinition.parse(given.definition, given.tick_rate)
	if read.fault:
		_reconnector.end(tr("The server describes a realm that this client does not understand: %s.") % read.fault)
		return false
	if welcome != null:
		reconnects += 1
	# What was acknowledged and is not in the log any more went with the server's power.
	if given.resumed:
		commands.lose(given.ack_command, session.oldest_unacknowledged())
	else:
		commands.lose()
	_reconnector.works(_now_msec)
	permissions = given.permissions
	definition = read.fields
	_begin(given)
	joined.emit(given.resumed)
	return not _is_over


func _begin(given: Messages.Welcome) -> void:
	welcome = given
	_is_lost = false
	_fell_back_message = ""
	presented.begin(given, definition, _decoder)
	# Numbering begins with the Welcome: what the player was doing is said again.
	if _move != null:
		presented.local_avatar.wishes(_move.move)
		session.latest(_move)
	if _pose != null:
		session.latest(_pose)


# False: the connection ended over it.
func _show(part: Messages.Snapshot, packet: int) -> bool:
	if not _decoder.take(part.tick, part.avatars, part.props):
		_drop(tr("A snapshot of the server is not valid: %s.") % _decoder.fault)
		return false
	if _decoder.missing > 0:
		session.disown(packet)
	if not session.is_welcomed:
		return true
	# One of many elements comes in parts, in a packet each.
	if part.tick > presented.playback.newest:
		snapshots.add(1, _now_msec)
	presented.show(part, _now_msec)
	return true


# --- inputs


## Walks, turns, jumps, flies: holds until the next call. A change of course leaves at once, a turn with the next packet.
func move(input: Messages.PlayerInput) -> void:
	var before := _move
	if before != null and InputMessages.is_same_move(before.move, input.move):
		return
	_move = input
	if presented.local_avatar != null:
		presented.local_avatar.wishes(input.move)
	_latest(input, before == null or InputMessages.changes_course(before.move, input.move))


func pose(of: OtherworldPose) -> void:
	presented.poses(of)
	_pose = InputMessages.pose(of)
	_latest(_pose)


func drag(input: Messages.PlayerInput) -> void:
	if presented.local_avatar != null:
		presented.local_avatar.held_prediction.dragged(input.drag.hand, input.drag.position, input.drag.rotation)
	_latest(input)


func _latest(input: Messages.PlayerInput, is_urgent := false) -> void:
	if _is_leaving or _is_over:
		return
	session.latest(input, is_urgent)
	_send()


## Puts on an avatar of a package; a refusal is for who made the game.
func wear(hash: String) -> void:
	var outcome := await command(InputMessages.wear(hash, 0)) if InputMessages.is_hash(hash) else OtherworldOutcome.rejected("invalid-value")
	if not outcome.ok:
		push_warning("OtherworldClient: the avatar of package %s could not be worn: %s." % [hash.left(12), outcome.reason])


## Takes hold of a prop; it follows the hand at once, until the server says otherwise.
func grab(element: int, hand: int) -> OtherworldOutcome:
	if presented.local_avatar != null:
		presented.local_avatar.held_prediction.grabbed(hand, element, _now_msec)
	var outcome := await command(InputMessages.grab(element, hand))
	if not outcome.ok and presented.local_avatar != null:
		presented.local_avatar.held_prediction.refused(hand, element, _now_msec)
	return outcome


func release(hand: int) -> OtherworldOutcome:
	if presented.local_avatar != null:
		presented.local_avatar.held_prediction.released(hand, _now_msec)
	return await command(InputMessages.release(hand))


## Sends a command until it is acknowledged, also over a reconnect, and waits for what became of it.
func command(input: Messages.PlayerInput) -> OtherworldOutcome:
	if welcome == null or is_leaving():
		return OtherworldOutcome.rejected("not-joined")
	if InputMessages.fault_of(input):
		return OtherworldOutcome.rejected("invalid-value")
	var sequence := session.command(input)
	if sequence == 0:
		return OtherworldOutcome.rejected("too-many")
	_send()
	return await commands.wait(sequence)
