extends "../client_case.gd"
## Sessions over WebRTC among bots, with a real server: over webrtc-native if the project has it, else over a stand-in
## (OTHERWORLD_WEBRTC_LINE). OTHERWORLD_KILL is an address that ends the server's transport process.

const Connection := preload("res://addons/otherworld/net/transport/connection.gd")
const Hand := OtherworldClient.Hand
const Http := preload("res://addons/otherworld/net/http/http.gd")
const Reconnector := preload("res://addons/otherworld/net/transport/reconnector.gd")
const StandInClient := preload("../webrtc/stand_in_client.gd")
const RealmSession := preload("res://addons/otherworld/net/realm/realm_session.gd")
const WebrtcSupport := preload("res://addons/otherworld/net/transport/webrtc_support.gd")

## A silent connection is checked after a second. 5 s of silence end it in any case (SES-6).
const _NOTICED_SECONDS_MAX := 4.0


func new_client() -> OtherworldClient:
	var client: OtherworldClient = OtherworldClient.new() if OS.get_environment("OTHERWORLD_WEBRTC_LINE").is_empty() else StandInClient.new()
	client.transport_fell_back.connect(func(message: String) -> void: failures.append("fell back: " + message))
	return client


func test_a_client_walks_among_bots_and_grabs_and_drags() -> void:
	var ada: OtherworldClient = await join("Ada")
	equal(ada.transport_used, "webrtc")
	await until("the bots are there", func() -> bool: return ada.avatars.size() >= 4)
	var bots := _others(ada)
	var were: Dictionary[int, Vector3] = {}
	for element: int in bots:
		were[element] = ada.avatars[element].position
	await until("the bots have walked", func() -> bool: return bots.all(func(element: int) -> bool:
		return ada.avatars.has(element) and ada.avatars[element].position.distance_to(were[element]) > 0.3))
	var from := ada.local_avatar.position
	ada.move(Vector3(0, 0, -1), 0.0)
	await until("Ada has walked", func() -> bool: return ada.local_avatar.position.distance_to(from) > 2.0)
	ada.move(Vector3.ZERO, 0.0)
	await seconds(0.5)
	await _carry(ada)
	var stats := ada.stats()
	check(stats.rtt_msec >= 0.0 and stats.rtt_msec < 1_000.0, "round trip %s ms" % stats.rtt_msec)
	check(stats.snapshots_per_second > 10.0, "%s snapshots a second" % stats.snapshots_per_second)
	equal(stats.reconnects, 0)


func test_a_lost_connection_resumes_over_webrtc_as_the_same_player() -> void:
	var ada: OtherworldClient = await join("Ada")
	var before := [ada.player, ada.local_avatar.element]
	_peer_of(ada).close()
	await until("it is noticed", func() -> bool: return ada.state == OtherworldClient.State.RECONNECTING)
	await until("it is resumed", func() -> bool: return ada.state == OtherworldClient.State.JOINED)
	equal([ada.player, ada.local_avatar.element], before)
	equal([ada.transport_used, ada.stats().reconnects], ["webrtc", 1])
	await _carry(ada)


func test_a_dead_transport_process_of_the_server_is_noticed_and_the_session_resumed() -> void:
	var ada: OtherworldClient = await join("Ada")
	var before := [ada.player, ada.local_avatar.element]
	var reasons: Array[String] = []
	ada.connection_lost.connect(func(reason: String) -> void: reasons.append(reason))
	var answer := await Http.request(HTTPClient.METHOD_POST, OS.get_environment("OTHERWORLD_KILL"))
	check(answer.is_ok(), "it was not ended")
	await until("it is noticed", func() -> bool: return not reasons.is_empty(), _NOTICED_SECONDS_MAX)
	# The server's own reason, because the channel closes without one, or not at all.
	check("The connection ended: " in reasons[0] and reasons[0].length() > 40, reasons[0])
	await until("it is resumed", func() -> bool: return ada.state == OtherworldClient.State.JOINED)
	equal([ada.player, ada.local_avatar.element], before)
	equal(ada.transport_used, "webrtc")
	await _carry(ada)


func test_a_client_that_leaves_disappears_for_others() -> void:
	var ada: OtherworldClient = await join("Ada")
	var bob: OtherworldClient = await join("Bob")
	var element := bob.local_avatar.element
	await until("Ada sees Bob", func() -> bool: return ada.avatars.has(element))
	await bob.close("went home")
	await until("Bob is gone", func() -> bool: return not ada.avatars.has(element), 3.0)
	equal(ada.state, OtherworldClient.State.JOINED)


# Spawns a box, and carries it to another place.
func _carry(client: OtherworldClient) -> void:
	var spawned := await client.spawn_box(Vector3.ONE * 0.3, client.local_avatar.position + Vector3(0, 1, -1))
	check(spawned.ok, spawned.reason)
	var grabbed := await client.grab(spawned.element, Hand.RIGHT)
	check(grabbed.ok, grabbed.reason)
	var target := client.local_avatar.position + Vector3(0.5, 1.4, -0.8)
	client.drag(Hand.RIGHT, target, Quaternion.IDENTITY)
	await until("the box is where the hand is", func() -> bool: return client.props[spawned.element].position.distance_to(target) < 0.02)
	check((await client.release(Hand.RIGHT)).ok, "not released")
	check((await client.despawn(spawned.element)).ok, "not removed")


func _others(client: OtherworldClient) -> Array[int]:
	var others: Array[int] = []
	for element: int in client.avatars:
		if element != client.local_avatar.element:
			others.append(element)
	return others


func _peer_of(client: OtherworldClient) -> WebRTCPeerConnection:
	var realm_session: RealmSession = client.get("_realm_session")
	var line: Reconnector = realm_session.get("_reconnector")
	return line.connection.get("_peer")
