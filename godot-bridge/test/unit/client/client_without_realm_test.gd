extends "../../test_case.gd"
## The client without a realm: with a small server in this process, or over a connection with recorded packets of a
## server.

const FixedResponseServer := preload("../../fixed_response_server.gd")
const Messages := preload("res://addons/otherworld/wire/generated/messages.gd")
const RealmSession := preload("res://addons/otherworld/net/realm/realm_session.gd")
const RealmStay := preload("res://addons/otherworld/client/realm_stay.gd")


class ReplayedConnection:
	extends "res://addons/otherworld/net/transport/connection.gd"
	var packets: Array[PackedByteArray] = []


	func _init() -> void:
		status = Status.OPEN
		var session: Dictionary = JSON.parse_string(FileAccess.get_file_as_string("res://../../fixtures/protocol/session.json"))
		for packet: Dictionary in session.packets:
			if packet.from == "server":
				packets.append((packet.hex as String).hex_decode())


	func receive() -> PackedByteArray:
		return packets.pop_front() if packets and status == Status.OPEN else PackedByteArray()


	func close(_reason: String) -> void:
		status = Status.ENDED


var _server: FixedResponseServer
var _client: OtherworldClient


func before() -> void:
	_server = FixedResponseServer.new()
	add_child(_server)
	_client = OtherworldClient.new()
	_client.url = _server.url()
	_client.auto_connect = false
	_client.remember_identity = false
	_client.add_view = false
	_client.player_kind = OtherworldClient.PlayerKind.NONE
	add_child(_client)


func after() -> void:
	Engine.time_scale = 1.0
	_client.free()


func test_a_busy_server_is_retried_each_second_at_any_time_scale() -> void:
	_server.answer("503 Busy", {"reason": "busy", "message": "Wait."})
	Engine.time_scale = 0.0
	_client.open()
	await until("it is asked twice while the game stands still", func() -> bool: return _server.count == 2, 5.0)
	Engine.time_scale = 30.0
	var begin_msec := Time.get_ticks_msec()
	await until("it is asked twice more", func() -> bool: return _server.count == 4, 5.0)
	var seconds := (Time.get_ticks_msec() - begin_msec) / 1000.0
	check(seconds > 1.0, "it was asked twice within %s s" % seconds)


func test_an_address_with_spaces_around_it_works() -> void:
	_server.answer("200 OK", {"name": "plaza"})
	for at: String in [_server.url(), " %s/ " % _server.url()]:
		_client.url = at
		var answer := await _client.request(HTTPClient.METHOD_GET, "v1/realms")
		equal(answer.field("name"), "plaza", at)


# A client that is joining a realm of a fixture.
func _enter() -> void:
	_client.open()
	var stay: RealmStay = _client.get("_stay")
	stay.login_flow.is_over = true
	stay.login_flow.url = _client.url
	stay.login_flow.uid = "u-1"
	stay.login_flow.realm = "plaza"
	stay.begin(_replayed_session())


# A session over a connection that replays the packets of the fixture.
func _replayed_session() -> RealmSession:
	var transports: Array[Callable] = [func(_now_msec: float) -> ReplayedConnection: return ReplayedConnection.new()]
	return RealmSession.new(transports, 0, Time.get_ticks_usec() / 1000.0)


func _finish() -> void:
	(_client.get("_stay") as RealmStay).finish("enough")


# Records the client's signals, except changes of elements and frames.
func _listen() -> Array[String]:
	var heard: Array[String] = []
	_client.state_changed.connect(func(state: OtherworldClient.State) -> void: heard.append(OtherworldClient.State.find_key(state)))
	_client.joined.connect(func() -> void: heard.append("joined"))
	_client.closed.connect(func(reason: String) -> void: heard.append("closed: " + reason))
	_client.avatar_added.connect(func(_avatar: OtherworldAvatarState) -> void: heard.append("avatar"))
	_client.frame_updated.connect(func(_tick: float) -> void: heard.append("frame"))
	return heard


func test_a_client_freed_or_closed_in_a_signal_gets_no_further_signal_but_closed() -> void:
	for event: StringName in [&"joined", &"prop_added", &"avatar_added", &"frame_updated", &"prop_removed"]:
		var heard := _listen()
		var goes := func(_of: Variant) -> void:
			if _client.is_inside_tree():
				remove_child(_client)
				heard.clear()
		var is_plain := event == &"joined"
		_client.connect(event, goes.bind(null) if is_plain else goes)
		_enter()
		if event == &"prop_removed":
			await until("a prop is there", func() -> bool: return not _client.props.is_empty())
			_finish()
		await until("%s was emitted" % event, func() -> bool: return not _client.is_inside_tree())
		await get_tree().process_frame
		var late: Array[String] = ["CLOSED", "closed: " + ("enough" if event == &"prop_removed" else "left")]
		equal(heard, late, event)
		equal(_client.state, OtherworldClient.State.CLOSED, event)
		after()
		_server.free()
		before()


func test_your_avatar_is_there_when_joined_is_emitted() -> void:
	var heard: Array[String] = []
	_client.realm_entered.connect(func() -> void: heard.append("realm %s, %d avatars" % [_client.definition.has("spawn"), _client.avatars.size()]))
	_client.avatar_added.connect(func(avatar: OtherworldAvatarState) -> void: heard.append("own avatar" if avatar.is_local else "avatar"))
	_client.state_changed.connect(func(state: OtherworldClient.State) -> void: heard.append(OtherworldClient.State.find_key(state)))
	_client.joined.connect(func() -> void: heard.append("joined as %s" % _client.local_avatar.is_local))
	_enter()
	await until("it has joined", func() -> bool: return _client.state == OtherworldClient.State.JOINED)
	heard.erase("avatar")
	equal(heard, ["CONNECTING", "realm true, 0 avatars", "own avatar", "JOINED", "joined as true"] as Array[String])
	equal([_client.avatar_of(_client.local_avatar.element), _client.avatar_of_player(_client.player)], [_client.local_avatar, _client.local_avatar])
	equal([_client.avatar_of(0), _client.avatar_of_player(0), _client.prop_of(0)], [null, null, null])


func test_the_uid_the_user_and_the_realm_stay_known_while_the_client_logs_in_again() -> void:
	_enter()
	await until("it has joined", func() -> bool: return _client.state == OtherworldClient.State.JOINED)
	var user := _client.user
	check(user > 0, "the user is not known")
	equal([_client.uid, _client.realm], ["u-1", "plaza"])
	var stay: RealmStay = _client.get("_stay")
	stay.call("_on_session_connection_lost", "Lost.")
	stay.call("_on_session_expired", "The token has expired.")
	equal([_client.state, _client.token], [OtherworldClient.State.RECONNECTING, ""])
	equal([_client.uid, _client.realm, _client.user], ["u-1", "plaza", user])
	stay.login_flow.is_over = true
	stay.login_flow.url = _client.url
	stay.login_flow.uid = "u-2"
	stay.begin(_replayed_session())
	equal([_client.uid, _client.user], ["u-2", user])
	_client.url = "http://127.0.0.1:1"
	equal(_client.uid, "", "the UID of another server")
	_client.url = _server.url()
	_finish()
	equal([_client.uid, _client.realm, _client.user], ["", "", 0])


func test_a_client_that_is_moved_in_the_tree_keeps_its_session() -> void:
	var reasons: Array[String] = []
	_client.closed.connect(func(reason: String) -> void: reasons.append(reason))
	_enter()
	await until("it has joined", func() -> bool: return _client.state == OtherworldClient.State.JOINED)
	var avatar := _client.local_avatar
	var elsewhere := Node.new()
	add_child(elsewhere)
	_client.reparent(elsewhere)
	await get_tree().process_frame
	await get_tree().process_frame
	equal([_client.state, _client.local_avatar, reasons], [OtherworldClient.State.JOINED, avatar, [] as Array[String]])
	elsewhere.remove_child(_client)
	await get_tree().process_frame
	equal([_client.state, reasons], [OtherworldClient.State.CLOSED, ["left"] as Array[String]])
	elsewhere.free()


func test_every_added_element_is_removed_at_the_end() -> void:
	var there: Dictionary[int, bool] = {}
	_client.avatar_added.connect(func(avatar: OtherworldAvatarState) -> void:
		there[avatar.element] = true
		_finish())
	_client.avatar_removed.connect(func(avatar: OtherworldAvatarState) -> void: there.erase(avatar.element))
	_enter()
	await until("it is closed", func() -> bool: return _client.state == OtherworldClient.State.CLOSED)
	equal([there.size(), _client.avatars.size(), _client.props.size()], [0, 0, 0])


func test_a_snapshot_that_comes_in_parts_counts_once() -> void:
	_enter()
	await until("all is heard", func() -> bool: return not _client.props.is_empty())
	var realm_session: RealmSession = _client.get("_realm_session")
	var count := _client.stats().snapshots
	var packets := ReplayedConnection.new().packets
	var said := Messages.ServerPacket.decode(packets[-1], 0, packets[-1].size())
	check(said.snapshot != null, "the session's last packet has no snapshot")
	said.messages.clear()
	said.goodbye = null
	for tick: int in [said.snapshot.tick + 3, said.snapshot.tick + 3, said.snapshot.tick + 6]:
		said.packet += 1
		said.snapshot.tick = tick
		# Nothing moved: parts without records.
		said.snapshot.avatars.clear()
		said.snapshot.props.clear()
		realm_session.call("_on_reconnector_received", said.encode())
	equal(_client.stats().snapshots, count + 2)


func test_a_server_with_too_many_elements_is_left() -> void:
	var lost: Array[String] = []
	_client.connection_lost.connect(func(reason: String) -> void: lost.append(reason))
	_enter()
	await until("all is heard", func() -> bool: return not _client.props.is_empty())
	var realm_session: RealmSession = _client.get("_realm_session")
	var message := Messages.ServerMessage.new()
	message.prop_added = Messages.PropAdded.new()
	message.prop_added.prop = Messages.PropSpec.new()
	message.prop_added.rotation = Quaternion.IDENTITY
	for i: int in 40_000:
		message.prop_added.element = 1_000_000 + i
		if not realm_session.call("_receive_message", message):
			break
	check(_client.props.size() < 40_000, "all are kept")
	check(lost.size() == 1 and "more than 32768 elements" in lost[0], str(lost))
