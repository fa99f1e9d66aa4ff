extends RefCounted
## A player's session in a realm, from the token on, over as many connections as needed: sends inputs, and keeps the
## world as the server reports it. Driven by [method update]; callers pass the time.

## Emitted after each Welcome. [param is_resumed]: with the same player as before.
signal joined(is_resumed: bool)
## Emitted when the connection is lost. The session reconnects.
signal connection_lost(reason: String)
## Emitted when a transport could not connect and the next one is tried.
signal fell_back(message: String)
## Emitted when the server asks to wait. The connection is retried.
signal server_busy(reason: String)
## Emitted for each reliable message, after the world and the pending commands have received it.
signal message_received(message: Messages.ServerMessage)
## Emitted once, instead of [signal ended], when the token has expired. A new session needs a new login.
signal expired(reason: String)
## Emitted once, when the session has ended.
signal ended(reason: String)

const PendingCommands := preload("../commands/pending_commands.gd")
const Connection := preload("../transport/connection.gd")
const RealmDefinition := preload("realm_definition.gd")
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

## The last Welcome; null before it.
var welcome: Messages.Welcome
## The realm's definition; empty before the Welcome.
var definition: Dictionary = {}
## Bits of [enum OtherworldClient.Permission].
var permissions := 0
## The world as it is drawn, with your own avatar.
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
# The decoder of this connection. Snapshots may arrive before the Welcome, and later ones build on them.
var _decoder := SnapshotDecoder.new()
var _is_leaving := false
var _leaving_reason := ""
var _is_over := false
# connection_lost was emitted since the last Welcome.
var _is_lost := false
var _fell_back_message := ""
var _now_msec := 0.0
var _move: Messages.PlayerInput
var _pose: Messages.PlayerInput


## [param transports] are functions (now_msec: float) -> Connection, in the order in which they are tried.
## [param rejoins]: if the session cannot be resumed, a new one follows.
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


## Returns this session, continuing the player's move and pose of the session [param before].
func after(before: Self) -> Self:
	_move = before._move
	_pose = before._pose
	return self


## Starts connecting.
func start() -> void:
	_reconnector.connect_from(0, _now_msec)


## Advances the session: receives, sends, notices silence, reconnects.
func update(now_msec: float) -> void:
	_now_msec = now_msec
	_reconnector.update(now_msec)
	var is_connected := _reconnector.connection != null
	if _is_leaving and (not is_connected or session.is_goodbye_done(now_msec)):
		_reconnector.end(_leaving_reason)
	elif is_connected and session.is_silent(now_msec):
		_handle_loss(tr("The server has not answered for %d seconds.") % (Limits.SILENCE_MSEC_MAX / 1000.0))
	_send()


## Says goodbye, waits for the acknowledgement (a second at most), and closes.
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


## Closes at once: sends a goodbye if none was sent, and does not wait for the acknowledgement.
func close_now(reason: String) -> void:
	leave(reason)
	# Forced, because there is no later packet.
	_send(true)
	_reconnector.end(_leaving_reason)


## Returns [code]true[/code] once the session has ended or is closing.
func is_leaving() -> bool:
	return _is_leaving or _is_over


## Returns the time since the last packet was received, ms; 0 without a connection.
func quiet_msec(now_msec: float) -> float:
	return 0.0 if _reconnector.connection == null else session.quiet_msec(now_msec)


# --- connection


func _on_reconnector_connected(connection: Connection) -> void:
	transport = connection.kind
	session.attach(_now_msec)
	_decoder = SnapshotDecoder.new()
	_send()


# Closes the connection. It is made again, unless the client is leaving.
func _handle_loss(reason: String) -> void:
	if _is_leaving:
		_reconnector.end(_leaving_reason)
	else:
		_reconnector.handle_loss(reason, _now_msec)


func _on_reconnector_fell_back(fault: OtherworldRequestError) -> void:
	if fault.full_message() != _fell_back_message:
		_fell_back_message = fault.full_message()
		fell_back.emit(_fell_back_message)


func _on_reconnector_lost(reason: String, _attempt: int, give_up_at_msec: float) -> void:
	transport = ""
	# The session cannot be resumed any more, so outcomes will never arrive.
	if _now_msec >= give_up_at_msec:
		commands.mark_lost()
	if _is_leaving:
		_reconnector.end(_leaving_reason)
	elif not _is_lost:
		# Each failed attempt gets here again.
		_is_lost = true
		connection_lost.emit(reason)


func _on_reconnector_finished(reason: String, outcome: Signal) -> void:
	_is_over = true
	transport = ""
	commands.mark_lost()
	outcome.emit(reason)


# --- packets


func _send(answer := false) -> void:
	if _reconnector.connection == null:
		return
	var packet := session.packet_due(_now_msec, answer)
	if not packet.is_empty():
		up.add(packet.size(), _now_msec)
		_reconnector.connection.send(packet)
	if session.sent_move_sequence > 0 and presented.local_avatar != null:
		presented.local_avatar.move_sent(session.sent_move_sequence, session.sent_move_tick, permissions)


func _on_reconnector_received(packet: PackedByteArray) -> void:
	down.add(packet.size(), _now_msec)
	var content := session.receive(packet, _now_msec)
	if content.fault:
		_handle_loss(tr("The connection ended: %s.") % content.fault.trim_suffix("."))
		return
	for message: Messages.ServerMessage in content.messages:
		if not _receive_message(message):
			return
	if content.rtt_msec >= 0.0:
		presented.round_trip(content.rtt_msec, _now_msec)
	if content.snapshot != null and not _apply_snapshot(content.snapshot, content.packet):
		return
	if content.goodbye == null:
		_send()
		return
	_send(true)
	if _is_leaving:
		_reconnector.end(_leaving_reason)
	elif content.goodbye.again:
		_reconnector.handle_restart(content.goodbye.reason, _now_msec)
	else:
		_reconnector.end(content.goodbye.reason)


# Returns false if the connection ended because of it.
func _receive_message(message: Messages.ServerMessage) -> bool:
	if message.welcome != null and not _receive_welcome(message.welcome):
		return false
	if message.permissions_changed != null:
		permissions = message.permissions_changed.permissions
	presented.world.receive(message)
	if presented.world.size() > World.ELEMENTS_MAX:
		_handle_loss("The connection ended: the server reports more than %d elements." % World.ELEMENTS_MAX)
		return false
	commands.receive(message)
	message_received.emit(message)
	return not _is_over


func _receive_welcome(given: Messages.Welcome) -> bool:
	if given.protocol != Limits.PROTOCOL_VERSION:
		_reconnector.end("The server speaks protocol %d, this client %d. Update the one of the lower number."
				% [given.protocol, Limits.PROTOCOL_VERSION])
		return false
	var read: RealmDefinition = RealmDefinition.parse(given.definition, given.tick_rate)
	if read.fault:
		_reconnector.end(tr("The server describes a realm that this client does not understand: %s.") % read.fault)
		return false
	if welcome != null:
		reconnects += 1
	# A command that was acknowledged but is missing from the recording was lost in a power cut.
	if given.resumed:
		commands.mark_lost(given.ack_command, session.oldest_unacknowledged())
	else:
		commands.mark_lost()
	_reconnector.confirm(_now_msec)
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
	# The numbering starts with the Welcome, so the player's move and pose are sent again.
	if _move != null:
		presented.local_avatar.set_move(_move.move)
		session.latest(_move)
	if _pose != null:
		session.latest(_pose)


# Returns false if the connection ended because of it.
func _apply_snapshot(part: Messages.Snapshot, packet: int) -> bool:
	if not _decoder.receive(part.tick, part.avatars, part.props):
		_handle_loss(tr("A snapshot of the server is not valid: %s.") % _decoder.fault)
		return false
	if _decoder.missing > 0:
		session.withhold_ack(packet)
	if not session.is_welcomed:
		return true
	# A large snapshot comes in parts, one in each packet.
	if part.tick > presented.playback.newest:
		snapshots.add(1, _now_msec)
	presented.apply_snapshot(part, _now_msec)
	return true


# --- inputs


## Sets the move, which holds until the next call. A new direction is sent at once, a turn in the next packet.
func move(input: Messages.PlayerInput) -> void:
	var before := _move
	if before != null and InputMessages.is_same_move(before.move, input.move):
		return
	_move = input
	if presented.local_avatar != null:
		presented.local_avatar.set_move(input.move)
	_latest(input, before == null or InputMessages.changes_course(before.move, input.move))


func pose(of: OtherworldPose) -> void:
	presented.set_pose(of)
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


## Wears the avatar of a package. A rejection is a warning for the developer.
func wear(hash: String) -> void:
	var outcome := await command(InputMessages.wear(hash, 0)) if InputMessages.is_hash(hash) \
			else OtherworldOutcome.rejected("invalid-value")
	if not outcome.ok:
		push_warning("OtherworldClient: the avatar of package %s could not be worn: %s." % [hash.left(12), outcome.reason])


## Grabs a prop. It follows the hand at once, unless the server rejects it.
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


## Sends a command until it is acknowledged, also over a reconnect, and returns its outcome.
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
