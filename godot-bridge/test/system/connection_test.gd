extends "../client_case.gd"
## Connections to a real server: how they begin, break and end.

const Address := preload("res://addons/otherworld/net/http/address.gd")
const Connection := preload("res://addons/otherworld/net/transport/connection.gd")
const Reconnector := preload("res://addons/otherworld/net/transport/reconnector.gd")
const Login := preload("res://addons/otherworld/net/realm/login.gd")
const State := OtherworldClient.State
const Transports := preload("res://addons/otherworld/net/transport/transports.gd")
const RealmSession := preload("res://addons/otherworld/net/realm/realm_session.gd")
const WebsocketConnection := preload("res://addons/otherworld/net/transport/websocket_connection.gd")


# Returns the socket of a client.
func _socket_of(client: OtherworldClient) -> WebSocketPeer:
	var realm_session: RealmSession = client.get("_realm_session")
	var line: Reconnector = realm_session.get("_reconnector")
	return line.connection.get("_socket")


func test_a_lost_connection_resumes_the_same_player_without_losses() -> void:
	var ada: OtherworldClient = await join("Ada")
	var bob: OtherworldClient = await join("Bob")
	await until("they see each other", func() -> bool: return ada.avatars.has(bob.local_avatar.element) and bob.avatars.has(ada.local_avatar.element))
	var before := [ada.player, ada.local_avatar, ada.local_avatar.element, ada.props.size()]
	var heard: Array[String] = []
	ada.connection_lost.connect(func(_reason: String) -> void: heard.append("lost"))
	ada.connection_resumed.connect(func() -> void: heard.append("resumed"))
	ada.joined.connect(func() -> void: heard.append("joined"))
	ada.avatar_removed.connect(func(_avatar: OtherworldAvatarState) -> void: heard.append("an avatar went"))
	ada.prop_removed.connect(func(_prop: OtherworldPropState) -> void: heard.append("a prop went"))
	var box := (await ada.spawn_box(Vector3.ONE * 0.2, ada.local_avatar.position + Vector3(0, 0.2, -1))).element
	check((await ada.grab(box, OtherworldClient.Hand.LEFT)).ok, "not grabbed")
	_socket_of(ada).close(-1)
	var outcomes: Array[OtherworldOutcome] = []
	var scale := func() -> void: outcomes.append(await ada.scale_prop(box, 1.5))
	scale.call()
	await until("it is resumed", func() -> bool: return heard.has("resumed"))
	equal(heard, ["lost", "resumed"] as Array[String])
	await until("what was asked for meanwhile has happened", func() -> bool: return not outcomes.is_empty())
	check(outcomes[0].ok, outcomes[0].reason)
	equal([ada.player, ada.local_avatar, ada.local_avatar.element, ada.props.size() - 1], before)
	await until("Bob sees the new scale", func() -> bool: return bob.props.has(box) and bob.props[box].scale == 1.5)
	equal([bob.props[box].holder, ada.stats().reconnects], [ada.player, 1])
	var from := ada.local_avatar.position
	ada.move(Vector3(1, 0, 0), 0.0)
	await until("Ada walks on for Bob", func() -> bool: return bob.avatars[ada.local_avatar.element].position.x > from.x + 1.0)
	await ada.despawn(box)


func test_a_move_continues_over_a_lost_connection() -> void:
	var ada: OtherworldClient = await join("Ada")
	ada.move(Vector3(0, 0, -1), 0.0)
	await seconds(0.3)
	_socket_of(ada).close(-1)
	await until("it is resumed", func() -> bool: return ada.stats().reconnects == 1)
	var from := ada.local_avatar.position
	await until("Ada still walks", func() -> bool: return ada.local_avatar.position.z < from.z - 1.0)


func test_a_second_connection_of_a_session_ends_the_first_for_good() -> void:
	var ada: OtherworldClient = await join("Ada")
	var reasons: Array[String] = []
	ada.closed.connect(func(reason: String) -> void: reasons.append(reason))
	var now_msec := func() -> float: return Time.get_ticks_usec() / 1000.0
	var second := RealmSession.new(Transports.in_order(OtherworldClient.Transport.WEBSOCKET, url, ada.token, []), 0, now_msec.call() as float)
	second.start()
	await until("the first is told", func() -> bool:
		second.update(now_msec.call() as float)
		return not reasons.is_empty())
	check(reasons[0].length() > 20, reasons[0])
	check(second.welcome != null and second.welcome.resumed, "the second did not take over")
	second.close_now("enough")


func test_the_same_user_comes_back_and_an_identity_of_another_server_is_dropped() -> void:
	var users: Array[int] = []
	for i: int in 3:
		var client := quiet_client("Ada")
		client.remember_identity = true
		add_child(client)
		await until("Ada has joined", func() -> bool: return client.local_avatar != null)
		users.append(client.user)
		await client.close()
		if i == 1:
			Login.remember_identity(Address.parse(url) as Address, "made up")
	check(users[0] == users[1] and users[2] != users[0], str(users))
	check(not Login.identity_at(Address.parse(url) as Address) in ["", "made up"], "the new identity is not kept")


func test_a_client_can_be_closed_and_opened_again() -> void:
	var ada: OtherworldClient = await join("Ada")
	await ada.close()
	equal(ada.state, State.CLOSED)
	ada.open()
	await until("Ada is there again", func() -> bool: return ada.local_avatar != null)
	var reasons: Array[String] = []
	ada.closed.connect(func(reason: String) -> void: reasons.append(reason))
	var before := ada.player
	ada.close("went home")
	ada.open()
	equal([reasons, ada.state], [["went home"] as Array[String], State.CONNECTING])
	await until("Ada is there once more", func() -> bool: return ada.local_avatar != null)
	check(ada.player != before, "it is the player that left")
	await until("who left is gone", func() -> bool: return ada.avatars.values().filter(func(avatar: OtherworldAvatarState) -> bool: return avatar.player == before).is_empty())


func test_the_token_of_one_server_is_not_sent_to_another() -> void:
	var ada: OtherworldClient = await join("Ada")
	check(not ada.token.is_empty(), "there is no token")
	ada.url = OS.get_environment("OTHERWORLD_STRANGER_URL")
	equal(ada.token, "")
	ada.url = url
	check(not ada.token.is_empty(), "the token is lost")


func test_a_client_can_be_freed_at_any_moment() -> void:
	for frames: int in [0, 1, 2, 4, 8, 16]:
		var client := enter("Ada")
		for i: int in frames:
			await get_tree().process_frame
		if frames % 2 == 0:
			client.close()
			await get_tree().process_frame
		client.free()
	await seconds(0.5)


func test_a_freed_client_disappears_for_others_at_once() -> void:
	var bob: OtherworldClient = await join("Bob")
	for i: int in 4:
		var ada: OtherworldClient = await join("Ada")
		var element := ada.local_avatar.element
		await until("Bob sees Ada", func() -> bool: return bob.avatars.has(element))
		# A packet is sent each 66 ms, so some of these moments are just after one.
		await seconds(0.1 + i * 0.02)
		ada.free()
		await until("Ada is gone for Bob", func() -> bool: return not bob.avatars.has(element), 3.0)


func test_an_invalid_name_is_refused_with_a_message() -> void:
	check("1 to 32" in await reason_of(quiet_client("")), "an empty one")
	check("1 to 32" in await reason_of(quiet_client("x".repeat(33))), "a long one")
	var reason: String = await reason_of(quiet_client(char(0x200b)))
	check(reason.begins_with("The server refused") and "name" in reason, "one that cannot be seen: " + reason)


func test_a_wrong_address_is_reported() -> void:
	check("http://host:port" in await reason_of(quiet_client("Ada", "plaza")), "no address")
	var nobody: String = await reason_of(quiet_client("Ada", "http://127.0.0.1:1"))
	equal(nobody, "The server at 127.0.0.1:1 does not answer. Is it running, and is the address right?")
	var stranger: String = await reason_of(quiet_client("Ada", OS.get_environment("OTHERWORLD_STRANGER_URL")))
	check("is not an Otherworld server" in stranger and "Check the address" in stranger, stranger)


func test_a_full_realm_is_reported() -> void:
	var at := OS.get_environment("OTHERWORLD_FULL_URL")
	var reason: String = await reason_of(quiet_client("Ada", at))
	check("full" in reason, reason)


func test_webrtc_only_without_the_extension_says_what_to_install() -> void:
	var client := quiet_client("Ada")
	client.transport = OtherworldClient.Transport.WEBRTC
	var reason: String = await reason_of(client)
	check("webrtc-native" in reason, reason)


func test_missing_webrtc_is_reported_and_websocket_is_used() -> void:
	var client := quiet_client("Ada")
	var messages: Array[String] = []
	client.transport_fell_back.connect(func(message: String) -> void: messages.append(message))
	equal(await reason_of(client), "")
	check(messages.size() == 1 and "webrtc-native" in messages[0], str(messages))
	equal(client.transport_used, "websocket")


func test_an_invalid_token_is_refused_without_an_engine_error() -> void:
	var connection := WebsocketConnection.new(url, "made-up", Time.get_ticks_usec() / 1000.0)
	await until("it has ended", func() -> bool:
		connection.poll(Time.get_ticks_usec() / 1000.0)
		return connection.status == Connection.Status.ENDED)
	equal(connection.fault.reason, "token")
