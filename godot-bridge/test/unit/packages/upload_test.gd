extends "../../test_case.gd"
## Uploads: reading, exporting and messages. A small server in this process acts as file store and API.

const UploadRequest := preload("res://addons/otherworld/packages/upload/upload_request.gd")
const GlbJson := preload("res://addons/otherworld/packages/model/glb_json.gd")
const HumanoidMap := preload("res://addons/otherworld/packages/upload/humanoid_map.gd")
const SceneExport := preload("res://addons/otherworld/packages/upload/scene_export.gd")
const UploadFile := preload("res://addons/otherworld/packages/upload/upload_file.gd")
const UploadMessages := preload("res://addons/otherworld/packages/upload/upload_messages.gd")

const ABC_SHA256 := "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
const MILLION_A_SHA256 := "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"

var _server := TCPServer.new()
var _peers: Array[StreamPeerTCP] = []
## Status line and body of the responses by "METHOD path", in order; the last one repeats.
var _answers: Dictionary[String, Array] = {}
## The received requests, each as "METHOD path".
var _requests: PackedStringArray = []
## Bytes that must be received, over all requests, before the server responds.
var _bytes_awaited := 0
var _bytes_in := 0
## The last received bytes as text.
var _heard := ""
var _upload: OtherworldUpload


func before() -> void:
	equal(_server.listen(0, "127.0.0.1"), OK)


func after() -> void:
	_server.stop()
	_peers.clear()


func _process(_delta: float) -> void:
	if _server.is_connection_available():
		_peers.append(_server.take_connection())
	for peer: StreamPeerTCP in _peers:
		peer.poll()
		if peer.get_status() == StreamPeerTCP.STATUS_CONNECTED and peer.get_available_bytes() > 0:
			_hear(peer)


func _hear(peer: StreamPeerTCP) -> void:
	var got: PackedByteArray = peer.get_data(peer.get_available_bytes())[1]
	_bytes_in += got.size()
	_heard = got.get_string_from_ascii() if got.size() < 4096 else ""
	var line := got.slice(0, 200).get_string_from_ascii().get_slice(" HTTP/1.1", 0)
	if _bytes_awaited > 0:
		line = "PUT /big" if _bytes_in >= _bytes_awaited else ""
	if not _answers.has(line):
		return
	_requests.append(line)
	var answers: Array = _answers[line]
	var answer: PackedStringArray = answers[0] if answers.size() == 1 else answers.pop_front()
	peer.put_data(("HTTP/1.1 %s\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % [answer[0], answer[1].to_utf8_buffer().size(), answer[1]]).to_utf8_buffer())


func _url() -> String:
	return "http://127.0.0.1:%d" % _server.get_local_port()


func _respond(line: String, status: String, body: Variant) -> void:
	var answers: Array = _answers.get_or_add(line, [])
	answers.append(PackedStringArray([status, JSON.stringify(body)]))


func _upload_of(bytes: PackedByteArray) -> OtherworldUpload:
	return OtherworldUpload.from_bytes(bytes, "cup.glb")


func _accept_declaration(put: Variant = {"url": "/put", "headers": {"content-type": "model/gltf-binary"}}) -> void:
	_respond("POST /v1/uploads", "201 Created", {"id": "u1", "stage": "waiting", "put": put})
	_respond("PUT /put", "200 OK", {})
	_respond("POST /v1/uploads/u1/complete", "202 Accepted", {"id": "u1", "stage": "received"})


func test_sha256_is_that_of_the_standard() -> void:
	var short := UploadFile.new("", "abc".to_utf8_buffer())
	await short.read(func(_share: float) -> bool: return true)
	equal(short.sha256, ABC_SHA256)
	var million := PackedByteArray()
	million.resize(1_000_000)
	million.fill(0x61)
	var long := UploadFile.new("", million)
	await long.read(func(_share: float) -> bool: return true)
	equal(long.sha256, MILLION_A_SHA256)


func test_sha256_of_pieces_is_that_of_the_whole_and_tells_how_far_it_is() -> void:
	var path := "user://upload_test.bin"
	var bytes := PackedByteArray()
	bytes.resize(5_000_001)
	bytes[4_999_999] = 7
	FileAccess.open(path, FileAccess.WRITE).store_buffer(bytes)
	var shares: Array[float] = []
	var file := UploadFile.new(path)
	await file.read(func(share: float) -> bool:
		shares.append(share)
		return true)
	equal(file.sha256, FileAccess.get_sha256(path))
	equal(file.bytes.size(), bytes.size())
	var sorted := shares.duplicate()
	sorted.sort()
	equal(shares, sorted, "the share went back")
	DirAccess.remove_absolute(path)


func test_a_missing_or_empty_file_is_reported_with_a_message() -> void:
	var missing := UploadFile.new("res://nowhere/cup.glb")
	await missing.read(func(_share: float) -> bool: return true)
	check("res://nowhere/cup.glb" in missing.problem and "from_node()" in missing.problem, missing.problem)
	var empty := UploadFile.new("")
	await empty.read(func(_share: float) -> bool: return true)
	check("no bytes" in empty.problem, empty.problem)


func test_an_upload_goes_through_its_stages_and_never_back() -> void:
	_accept_declaration()
	_respond("GET /v1/uploads/u1", "200 OK", {"id": "u1", "stage": "fitting", "progress": 0.5})
	_respond("GET /v1/uploads/u1", "200 OK", {"id": "u1", "stage": "done", "progress": 1, "package": "ab".repeat(32)})
	var upload := _upload_of("abc".to_utf8_buffer())
	var stages: PackedStringArray = []
	var shares: Array[float] = [0.0]
	var done: PackedStringArray = []
	upload.progressed.connect(func(stage: String, share: float) -> void:
		if stages.is_empty() or stages[-1] != stage:
			stages.append(stage)
		check(share >= shares[0], "the bar went back at %s" % stage)
		shares[0] = share)
	upload.completed.connect(func(hash: String) -> void: done.append(hash))
	check(await upload.run_at(_url() + "/", "secret"), upload.message)
	equal(stages, PackedStringArray(["reading", "declaring", "sending", "received", "fitting", "done"]))
	equal(done, PackedStringArray(["ab".repeat(32)]))
	equal(upload.package, "ab".repeat(32))
	equal(upload.progress, 1.0)


func test_bytes_that_the_server_has_already_are_not_sent() -> void:
	_respond("POST /v1/uploads", "201 Created", {"id": "u1", "stage": "done", "put": null, "package": "cd".repeat(32)})
	var upload := _upload_of("abc".to_utf8_buffer())
	check(await upload.run_at(_url(), "secret"), upload.message)
	equal(_requests, PackedStringArray(["POST /v1/uploads"]))


func test_a_rejection_has_rule_place_value_and_limit() -> void:
	_accept_declaration()
	_respond("GET /v1/uploads/u1", "200 OK", {"id": "u1", "stage": "rejected", "rejections": [
		{"rule": "TRIANGLES", "where": "/meshes/0", "value": 81000, "limit": 20000, "message": "an object may have 20,000 triangles: simplify it"},
		{"rule": "EMPTY", "where": "", "value": null, "limit": null, "message": ""},
	]})
	var upload := _upload_of("abc".to_utf8_buffer())
	var messages: Array[PackedStringArray] = []
	upload.rejected.connect(func(words: PackedStringArray) -> void: messages.append(words))
	check(not await upload.run_at(_url(), "secret"), "it said that it went well")
	equal(messages, [PackedStringArray([
		"Rule TRIANGLES. Where: /meshes/0. Found: 81,000. Allowed: 20,000. An object may have 20,000 triangles: simplify it.",
		"Rule EMPTY. Where: the whole file.",
	])] as Array[PackedStringArray])
	equal(upload.stage, "rejected")
	equal(upload.rejections[0].rule, "TRIANGLES")


func test_a_rejection_that_a_reduction_can_correct_says_so() -> void:
	var rejection := {"rule": "MATERIALS", "where": "", "value": null, "limit": null, "message": "join them"}
	equal(UploadMessages.of_rejection(rejection), "Rule MATERIALS. Where: the whole file. Join them.")
	rejection.reducible = true
	equal(UploadMessages.of_rejection(rejection),
			"Rule MATERIALS. Where: the whole file. Join them. The option “Reduce to the limits” can correct this.")


func test_the_declaration_says_whether_the_server_reduces_the_model() -> void:
	_respond("POST /v1/uploads", "201 Created", {"id": "u1", "stage": "done", "put": null, "package": "cd".repeat(32)})
	for fit: bool in [false, true]:
		var upload := _upload_of("abc".to_utf8_buffer())
		upload.fit = fit
		check(await upload.run_at(_url(), "secret"), upload.message)
		equal((JSON.parse_string(_heard.get_slice("\r\n\r\n", 1)) as Dictionary).fit, fit)


func test_a_refused_declaration_says_what_to_do() -> void:
	_respond("POST /v1/uploads", "403 Forbidden", {"reason": "quota", "message": "You have used 200 of 200 packages.", "fix": "Remove one first."})
	var upload := _upload_of("abc".to_utf8_buffer())
	var messages: PackedStringArray = []
	upload.failed.connect(func(words: String) -> void: messages.append(words))
	check(not await upload.run_at(_url(), "secret"), "it said that it went well")
	equal(messages, PackedStringArray(["The server refused: You have used 200 of 200 packages. Remove one first."]))


func test_a_refusal_of_the_file_store_is_reported_as_such() -> void:
	_respond("POST /v1/uploads", "201 Created", {"id": "u1", "stage": "waiting", "put": {"url": _url() + "/put", "headers": {}}})
	_respond("PUT /put", "403 Forbidden", {})
	var upload := _upload_of("abc".to_utf8_buffer())
	check(not await upload.run_at(_url(), "secret"), "it said that it went well")
	check(upload.message.begins_with("The file store rejected the upload."), upload.message)


func test_the_same_bytes_already_in_the_store_are_no_failure() -> void:
	_respond("POST /v1/uploads", "201 Created", {"id": "u1", "stage": "waiting", "put": {"url": "/put", "headers": {}}})
	_respond("PUT /put", "412 Precondition Failed", {})
	_respond("POST /v1/uploads/u1/complete", "202 Accepted", {"id": "u1", "stage": "done", "package": "ab".repeat(32)})
	var upload := _upload_of("abc".to_utf8_buffer())
	check(await upload.run_at(_url(), "secret"), upload.message)


func test_cancelled_on_its_way_it_is_given_up_at_the_server() -> void:
	_accept_declaration()
	_respond("GET /v1/uploads/u1", "200 OK", {"id": "u1", "stage": "received", "queue": 3})
	_respond("DELETE /v1/uploads/u1", "204 No Content", "")
	_upload = _upload_of("abc".to_utf8_buffer())
	var messages: PackedStringArray = []
	_upload.cancelled.connect(func() -> void: messages.append("cancelled"))
	_upload.failed.connect(func(words: String) -> void: messages.append(words))
	_upload.progressed.connect(func(stage: String, _share: float) -> void:
		if stage == "received":
			_upload.cancel())
	check(not await _upload.run_at(_url(), "secret"), "it said that it went well")
	await until("the server receives the cancel", func() -> bool: return "DELETE /v1/uploads/u1" in _requests, 5.0)
	equal(messages, PackedStringArray(["cancelled"]))
	equal(_upload.stage, "cancelled")
	_upload = null


func test_a_large_body_goes_out_in_pieces() -> void:
	_respond("PUT /big", "200 OK", {})
	var body := PackedByteArray()
	body.resize(8_000_000)
	_bytes_awaited = body.size()
	var shares: Dictionary[float, bool] = {}
	var sending := UploadRequest.new(HTTPClient.METHOD_PUT, _url() + "/big", [], body, 5_000.0, Time.get_ticks_usec() / 1000.0)
	while not sending.poll(Time.get_ticks_usec() / 1000.0):
		shares[sending.sent_share()] = true
		await get_tree().process_frame
	check(sending.answer.is_ok(), "it failed")
	equal(sending.sent_share(), 1.0)
	check(shares.size() > 1, "the progress came all at once: %s" % [shares.keys()])


func test_an_upload_without_a_login_says_so() -> void:
	var upload := _upload_of("abc".to_utf8_buffer())
	check(not await upload.run_at(_url(), ""), "it said that it went well")
	check("no login" in upload.message, upload.message)


func test_default_names_are_valid_on_the_server() -> void:
	equal(UploadMessages.name_of("C:/things/My_tea_cup.GLB"), "My tea cup")
	equal(UploadMessages.name_of("v1.2"), "v1.2")
	equal(UploadMessages.name_of("x".repeat(80) + ".vrm").length(), 32)
	equal(UploadMessages.name_of(".glb"), "item")


func test_a_scene_is_exported_at_its_own_origin_without_hidden_nodes() -> void:
	var top := Node3D.new()
	top.name = "Stand"
	top.transform = Transform3D(Basis.from_euler(Vector3(0, 1, 0)).scaled(Vector3.ONE * 2.0), Vector3(5, 1, 2))
	var shown := MeshInstance3D.new()
	shown.mesh = BoxMesh.new()
	top.add_child(shown)
	var hidden := MeshInstance3D.new()
	hidden.mesh = SphereMesh.new()
	hidden.visible = false
	top.add_child(hidden)
	add_child(top)
	var exported := SceneExport.new()
	exported.export(top)
	equal(exported.problem, "")
	var json := GlbJson.read(exported.bytes)
	equal(json.meshes.size(), 1, "the hidden ball came along")
	var root_node: Dictionary = json.nodes[int(json.scenes[0].nodes[0])]
	check(not root_node.has("translation") and not root_node.has("rotation"), str(root_node))
	for factor: float in root_node.scale:
		near(factor, 2.0, 1e-5)
	check(top.visible, "it changed the scene")
	top.free()


func test_a_skeleton_of_godots_humanoid_profile_is_a_humanoid_and_no_other_is() -> void:
	var profile := SkeletonProfileHumanoid.new()
	var skeleton := Skeleton3D.new()
	for i: int in profile.bone_size:
		skeleton.add_bone(profile.get_bone_name(i))
	for i: int in profile.bone_size:
		skeleton.set_bone_parent(i, profile.find_bone(profile.get_bone_parent(i)))
		skeleton.set_bone_rest(i, profile.get_reference_pose(i))
	add_child(skeleton)
	var exported := SceneExport.new()
	exported.export(skeleton)
	equal(exported.humanoid.get("hips"), "Hips")
	equal(exported.humanoid.get("leftThumbMetacarpal"), "LeftThumbMetacarpal")
	check(not exported.humanoid.has("root"), "Godot's root is no bone of VRM")
	skeleton.set_bone_name(skeleton.find_bone("Hips"), "Pelvis")
	var other := SceneExport.new()
	other.export(skeleton)
	equal(other.humanoid.size(), 0)
	skeleton.free()


func test_a_humanoid_map_is_read_from_lines_or_json() -> void:
	var expected: Dictionary[String, String] = {"hips": "Armature: Hips", "head": "Head"}
	equal(HumanoidMap.parse("hips: Armature: Hips\n\n head :Head ").joints, expected)
	equal(HumanoidMap.parse('{"hips": "Armature: Hips", "head": "Head"}').joints, expected)
	equal(HumanoidMap.parse("  \n").problem, "")
	for wrong: Array in [["hips", "Line 1 of the humanoid map has no colon"], ["hips: A\nhip: B", "\"hip\" in line 2"], ["hips:", "has no joint"], ["hips: A\nhips: B", "twice"], ["{", "not valid JSON"]]:
		check((wrong[1] as String) in HumanoidMap.parse(wrong[0] as String).problem, HumanoidMap.parse(wrong[0] as String).problem)
