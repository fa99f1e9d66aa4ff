extends "../test_case.gd"
## Uploads to a real server, whose address is in OTHERWORLD_URL: files, bytes, and scenes that Godot exports.

const Http := preload("res://addons/otherworld/net/http/http.gd")

var _url := OS.get_environment("OTHERWORLD_URL").trim_suffix("/")
var _assets: String = get_script().resource_path.get_base_dir().path_join("../../../fixtures/assets").simplify_path()
var _token := ""


func before() -> void:
	if _token.is_empty():
		var login := await Http.request_json(HTTPClient.METHOD_POST, _url + "/v1/login", {"name": "Gudrun"})
		check(login.is_ok(), "no login at \"%s\": %s" % [_url, login.fault.full_message() if login.fault else ""])
		_token = str(login.field("token"))


func test_a_file_becomes_a_package_with_the_servers_colliders() -> void:
	var upload := OtherworldUpload.from_file(_assets.path_join("objects/teacup.glb"))
	var stages: Dictionary[String, bool] = {}
	upload.progressed.connect(func(stage: String, _share: float) -> void: stages[stage] = true)
	check(await upload.run_at(_url, _token), upload.message)
	equal(upload.kind, "object")
	check(stages.has("reading") and stages.has("sending") and stages.has("done"), str(stages.keys()))
	var manifest := await _manifest(upload.package)
	equal(manifest.kind, "object")
	equal(manifest.name, "teacup")
	check(manifest.attachments.colliders.size() > 1, "the cup is not hollow")


func test_the_same_bytes_again_are_the_same_package_at_once() -> void:
	var bytes := FileAccess.get_file_as_bytes(_assets.path_join("objects/BoxTextured.glb"))
	var first := OtherworldUpload.from_bytes(bytes, "box")
	check(await first.run_at(_url, _token), first.message)
	var again := OtherworldUpload.from_bytes(bytes, "box")
	var stages: Dictionary[String, bool] = {}
	again.progressed.connect(func(stage: String, _share: float) -> void: stages[stage] = true)
	check(await again.run_at(_url, _token), again.message)
	equal([again.package, again.kind], [first.package, "object"])
	check(not stages.has("sending"), "it was sent again")


func test_a_server_lists_realms_and_packages_with_size_and_rank_before_anyone_joins() -> void:
	var upload := OtherworldUpload.from_file(_assets.path_join("objects/teacup.glb"))
	check(await upload.run_at(_url, _token), upload.message)
	var server := OtherworldServer.new(" %s/ " % _url)
	var realms := await server.realms()
	var status := await Http.request_json(HTTPClient.METHOD_GET, _url + "/v1/status")
	var reported: Array = status.field("realms")
	equal([server.error, realms.size(), realms[0].players], ["", 1, int((reported[0] as Dictionary).players)])
	check(realms[0].elements > 0 and realms[0].tick > 0, "the realm has no elements or ticks")
	server.token = _token
	var listed := (await server.packages()).filter(func(one: OtherworldPackageInfo) -> bool: return one.hash == upload.package)
	equal([server.error, listed.size()], ["", 1])
	var cup: OtherworldPackageInfo = listed[0]
	equal([cup.name, cup.kind, cup.is_own, cup.is_shared, cup.is_described], ["teacup", OtherworldPackageInfo.Kind.OBJECT, true, false, false])
	check(cup.bytes > 1000 and cup.created_at_msec > 1_600_000_000_000, "%d bytes at %d" % [cup.bytes, cup.created_at_msec])
	check(await server.describe(cup), server.error)
	var manifest := await _manifest(upload.package)
	near_point(cup.bounds.end, Vector3(manifest.bounds.max.x, manifest.bounds.max.y, manifest.bounds.max.z), 1e-6)
	equal([cup.rank_pc, cup.rank_text(), cup.rank_mobile], [OtherworldPackageInfo.Rank.EXCELLENT, "excellent", OtherworldPackageInfo.Rank.EXCELLENT])
	check(cup.triangles > 100 and cup.joints == 0, "%d triangles" % cup.triangles)
	if DisplayServer.get_name() == "headless":
		equal(await server.picture(cup), null)
		check("without a screen" in server.error, server.error)


func test_a_server_reports_why_a_request_failed() -> void:
	var server := OtherworldServer.new("http://127.0.0.1:9")
	check(not await server.log_in("Gudrun") and "127.0.0.1:9 does not answer" in server.error, server.error)
	check((await server.realms()).is_empty() and not server.error.is_empty(), "realms without a server")
	server.url = _url
	check(not await server.log_in("") and "1 to 32" in server.error, server.error)
	check((await server.packages()).is_empty() and not server.error.is_empty(), "packages without a login")
	equal(await server.package("0".repeat(64)), null)
	check(not server.error.is_empty(), "a package that nobody has")
	check(await server.log_in("Gudrun", false) and server.is_logged_in(), server.error)
	await server.realms()
	equal(server.error, "")


func test_a_hostile_file_is_rejected_with_a_message() -> void:
	var upload := OtherworldUpload.from_file(_assets.path_join("hostile/node_cycle.glb"))
	var messages: Array[PackedStringArray] = []
	upload.rejected.connect(func(words: PackedStringArray) -> void: messages.append(words))
	check(not await upload.run_at(_url, _token), "a cycle of nodes was taken")
	equal(upload.stage, "rejected")
	check(messages.size() == 1 and messages[0][0].begins_with("Rule NODE_LOOP. Where: /nodes/"), str(messages))


func test_a_file_that_is_too_large_is_refused_before_it_is_sent() -> void:
	var bytes := PackedByteArray()
	bytes.resize(27_000_000)
	var upload := OtherworldUpload.from_bytes(bytes, "whale")
	check(not await upload.run_at(_url, _token), "27 MB were taken")
	equal(upload.stage, "failed")
	check("27000000 bytes" in upload.message and "textures smaller" in upload.message, upload.message)


func test_a_scene_of_meshes_csg_and_bodies_becomes_an_object() -> void:
	var stand := Node3D.new()
	stand.name = "Bücher/Stand: 1"
	stand.position = Vector3(5, 1, 2)
	var body := StaticBody3D.new()
	var collision := CollisionShape3D.new()
	collision.shape = BoxShape3D.new()
	body.add_child(collision)
	stand.add_child(body)
	var board := MeshInstance3D.new()
	board.mesh = BoxMesh.new()
	board.material_override = StandardMaterial3D.new()
	stand.add_child(board)
	var ball := CSGSphere3D.new()
	ball.position.y = 0.8
	stand.add_child(ball)
	stand.add_child(OmniLight3D.new())
	stand.add_child(Timer.new())
	add_child(stand)
	var upload := OtherworldUpload.from_node(stand)
	check(await upload.run_at(_url, _token), upload.message)
	stand.free()
	var manifest := await _manifest(upload.package)
	equal(manifest.kind, "object")
	equal(manifest.attachments.avatar.meshes.size(), 2, "meshes")
	near(manifest.bounds.max.y - manifest.bounds.min.y, 1.8, 0.02, "height")
	equal(manifest.attachments.colliders.size(), 1)
	equal(manifest.attachments.colliders[0].shape.type, "box", "Godot's own collider")


func test_a_skinned_scene_becomes_an_avatar_with_its_animation() -> void:
	var figure := await _figure("avatars/CesiumMan.glb")
	var upload := OtherworldUpload.from_node(figure)
	check(await upload.run_at(_url, _token), upload.message)
	figure.free()
	var manifest := await _manifest(upload.package)
	equal(manifest.kind, "avatar")
	equal(manifest.skeleton.size(), 19)
	equal(manifest.attachments.avatar.animations.size(), 1)
	near(manifest.bounds.max.y, 1.5, 0.1, "height")


func test_bones_with_the_names_of_godots_profile_follow_the_avatar() -> void:
	var map: Dictionary = JSON.parse_string(FileAccess.get_file_as_string(_assets.path_join("humanoid/CesiumMan.json")))
	var figure := await _figure("avatars/CesiumMan.glb")
	var skeleton: Skeleton3D = figure.find_children("*", "Skeleton3D", true, false)[0]
	for bone: String in map:
		skeleton.set_bone_name(skeleton.find_bone(map[bone]), bone[0].to_upper() + bone.substr(1))
	var upload := OtherworldUpload.from_node(figure)
	check(await upload.run_at(_url, _token), upload.message)
	figure.free()
	var manifest := await _manifest(upload.package)
	var bones: Array = manifest.skeleton.filter(func(joint: Dictionary) -> bool: return joint.has("humanoid"))
	equal(bones.size(), map.size(), "humanoid bones")


func test_an_upload_can_be_placed_and_worn() -> void:
	var client := OtherworldClient.new()
	client.url = _url
	client.player_name = "Helga"
	client.transport = OtherworldClient.Transport.WEBSOCKET
	client.remember_identity = false
	client.player_kind = OtherworldClient.PlayerKind.NONE
	add_child(client)
	if not await until("the client has joined", func() -> bool: return client.state == OtherworldClient.State.JOINED):
		return
	var cup := OtherworldUpload.from_file(_assets.path_join("objects/teacup.glb"))
	check(await cup.run(client), cup.message)
	var outcome := await client.spawn_package(cup.package, Vector3(0, 1, -2))
	check(outcome.ok, outcome.reason)
	await until("the cup stands there", func() -> bool:
		return client.props.has(outcome.element) and client.props[outcome.element].package == cup.package)
	var figure := await _figure("avatars/CesiumMan.glb")
	var body := OtherworldUpload.from_node(figure)
	check(await body.run(client), body.message)
	figure.free()
	check((await client.wear_package(body.package)).ok, "it is not worn")
	await until("it is worn", func() -> bool: return client.local_avatar.package == body.package)
	await client.close()
	client.queue_free()


func _figure(path: String) -> Node3D:
	var document := GLTFDocument.new()
	var state := GLTFState.new()
	equal(document.append_from_buffer(FileAccess.get_file_as_bytes(_assets.path_join(path)), "", state), OK)
	var figure: Node3D = document.generate_scene(state)
	add_child(figure)
	await get_tree().process_frame
	return figure


func _manifest(hash: String) -> Dictionary:
	var answer := await Http.request_json(HTTPClient.METHOD_GET, "%s/v1/packages/%s" % [_url, hash], null, _token)
	check(answer.is_ok(), answer.fault.full_message() if answer.fault else "")
	return answer.field("manifest") if answer.is_ok() else {}
