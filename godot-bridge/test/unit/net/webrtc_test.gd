extends "../../test_case.gd"
## WebRTC without a connection.

const WebrtcSupport := preload("res://addons/otherworld/net/transport/webrtc_support.gd")
const WebrtcConnection := preload("res://addons/otherworld/net/transport/webrtc_connection.gd")


func test_availability_is_checked_without_an_engine_message() -> void:
	equal(WebrtcSupport.is_there(), ClassDB.class_exists(&"WebRTCLibPeerConnection"))


func test_ice_servers_that_would_end_the_process_are_reported() -> void:
	var bad: Array[Variant] = [
		"http://stun.example.org", "stuns:stun.example.org", "stun.example.org:3478", "stun:", "stun:a:99999", "stun:a b", "stun:[2001:db8::1]:3478", "", 3, null, [], [3],
		["stun:stun.example.org", "wss:x"], PackedStringArray(["stun:a"]), {}, "turn:name:word@host", "turn:host?transport=carrier-pigeon",
	]
	for urls: Variant in bad:
		var words: String = WebrtcSupport.fault_of([{"urls": "stun:a"}, {"urls": urls}])
		check(words.begins_with("ICE server 2 is not valid ("), "%s: %s" % [urls, words])
	check("username of ICE server 1" in WebrtcSupport.fault_of([{"urls": "turn:a", "username": 7}]), "a number as a name")
	check(WebrtcSupport.fault_of([{}]).begins_with("ICE server 1 is not valid"), "no address at all")


func test_ice_servers_of_all_kinds_are_accepted() -> void:
	var good: Array[Dictionary] = [
		{"urls": ["stun:stun.example.org:3478"]}, {"urls": "stun:10.0.0.1"},
		{"urls": ["turn:a.example.org", "turns:a.example.org:5349?transport=tcp"], "username": "ada", "credential": "p@ss:word"},
	]
	equal(WebrtcSupport.fault_of(good), "")
	equal(WebrtcSupport.fault_of([]), "")
	if WebrtcSupport.is_there():
		# The connection outlives them.
		var peer := WebRTCPeerConnection.new()
		equal(peer.initialize({"iceServers": good}), OK)
		peer.close()


func test_a_connection_with_a_bad_ice_server_fails_before_it_begins() -> void:
	var connection := WebrtcConnection.new("http://127.0.0.1:1", "", 0.0, [{"urls": "sip:example.org"}])
	equal(connection.status, WebrtcConnection.Status.ENDED)
	equal([connection.fault.kind, connection.fault.where], [OtherworldRequestError.Kind.REFUSED, "ice_servers"])
	connection.poll(1.0)
	connection.close("enough")
