extends "../test_case.gd"
## Packages of a real server (OTHERWORLD_URL) in Godot. Expected values are in OTHERWORLD_PACKAGES, computed by another
## reader of the same files (test/e2e/godot/godot-packages.test.ts).

const AvatarBody := preload("res://addons/otherworld/packages/avatar/avatar_body.gd")
const PackageCache := preload("res://addons/otherworld/packages/download/package_cache.gd")
const CapsuleBodies := preload("res://addons/otherworld/packages/avatar/capsule_bodies.gd")
const FakeClient := preload("../fake_client.gd")
const ModelInstance := preload("res://addons/otherworld/packages/model/model_instance.gd")
const Http := preload("res://addons/otherworld/net/http/http.gd")
const PackageLibrary := preload("res://addons/otherworld/packages/download/package_library.gd")
const Model := preload("res://addons/otherworld/packages/model/model.gd")
const PoseSolver := preload("res://addons/otherworld/packages/avatar/pose_solver.gd")
const LoadRequest := preload("res://addons/otherworld/packages/download/load_request.gd")

const CACHE := "user://test-packages"
## Fitted bodies are within 2 mm of the nodes (docs/fitting.md); a capsule's end is up to a bone's length away.
const BODY_METRES := 0.01

static var _token := ""

var _url := OS.get_environment("OTHERWORLD_URL").trim_suffix("/")
var _packages: Array = JSON.parse_string(OS.get_environment("OTHERWORLD_PACKAGES"))
var _client: FakeClient
var _view: OtherworldView
var _library: PackageLibrary


func before() -> void:
	if _token.is_empty():
		var login := await Http.request_json(HTTPClient.METHOD_POST, _url + "/v1/login", {name = "Gerda"})
		check(login.is_ok(), "no login at \"%s\"" % _url)
		_token = str(login.field("token"))
	_client = FakeClient.new()
	_client.url = _url
	_client.token = _token
	_client.definition = FakeClient.realm()
	_view = OtherworldView.new()
	_library = _view._library
	_library.cache = PackageCache.new(CACHE)
	_client.add_child(_view)
	add_child(_client)


func after() -> void:
	_client.queue_free()
	await get_tree().process_frame


func test_models_have_the_files_joints_and_capsules_where_the_manifest_says() -> void:
	for it: Dictionary in _of_kind("avatar"):
		var model := await _model(it)
		if model == null:
			continue
		equal(model.bone_count, roundi(it.joints as float), "%s: bones" % it.path)
		equal(model.is_humanoid(), it.humanoid, "%s: humanoid" % it.path)
		var figure := ModelInstance.new(model)
		add_child(figure)
		var capsules := CapsuleBodies.new(figure, 1, 1)
		await get_tree().process_frame
		await get_tree().process_frame
		_check_capsules(it, capsules)
		figure.queue_free()
	await get_tree().process_frame


func test_capsules_of_humanoids_in_a_t_pose_are_those_of_the_simulations_body() -> void:
	for it: Dictionary in _of_kind("avatar"):
		var model := await _model(it)
		if model == null or not model.is_humanoid():
			continue
		var load_request := _library.request_package(it.hash as String)
		var body := load_request.manifest.body
		var figure := ModelInstance.new(model)
		add_child(figure)
		var solver := PoseSolver.new()
		solver.rest(body)
		figure.pose_by_bones(solver)
		var capsules := CapsuleBodies.new(figure, 1, 1)
		await get_tree().process_frame
		await get_tree().process_frame
		for i: int in body.capsule_bones.size():
			var bone := body.capsule_bones[i]
			var at := solver.positions[bone]
			_check_ends(it.path as String, _body_of(capsules, AvatarBody.BONES[bone]), at + body.capsule_from[i], at + body.capsule_to[i], body.capsule_radii[i], BODY_METRES)
		figure.queue_free()
		_library.release(load_request)
	await get_tree().process_frame


func test_avatars_wear_their_packages_in_the_view_and_change_them() -> void:
	var state := _client.add_avatar()
	var node := _view.avatar_of(state.element)
	for it: Dictionary in _of_kind("avatar"):
		equal(node.shown_level(), -1 if state.package.is_empty() else 0)
		state.package = it.hash
		_client.avatar_changed.emit(state)
		await until("%s is shown" % it.path, func() -> bool: return node.shown_level() == 0 or not node.load_error.is_empty())
		equal(node.load_error, "")
		check(node._shown_model().meshes().size() == roundi(it.meshes as float), "%s: %d meshes of %d" % [it.path, node._shown_model().meshes().size(), it.meshes])
	state.package = ""
	_client.avatar_changed.emit(state)
	equal(node.shown_level(), -1)
	equal(node._shown_model().model.bone_count, 18)


func test_a_node_on_a_bone_follows_the_joint_of_each_package() -> void:
	await _bones_follow_joints(1.0)


func test_a_node_on_a_bone_follows_the_joint_of_each_package_at_another_scale() -> void:
	await _bones_follow_joints(2.5)


func _bones_follow_joints(scale: float) -> void:
	var state := _client.add_avatar()
	state.has_pose = true
	state.bone_mask = (1 << 18) - 1
	state.bones.resize(18)
	state.bones.fill(Quaternion.IDENTITY)
	state.bones[OtherworldPose.Bone.CHEST] = Quaternion(Vector3.RIGHT, 0.5)
	state.bones[OtherworldPose.Bone.LEFT_UPPER_ARM] = Quaternion(Vector3.BACK, 1.0)
	var node := _view.avatar_of(state.element)
	var hat := Node3D.new()
	node.attach(hat, OtherworldPose.Bone.HEAD)
	for it: Dictionary in _of_kind("avatar").filter(func(one: Dictionary) -> bool: return one.humanoid):
		state.package = it.hash
		_client.avatar_changed.emit(state)
		await until("%s is shown" % it.path, func() -> bool: return node.shown_level() == 0)
		state.scale = scale
		_client.avatar_changed.emit(state)
		near(node._shown_model().global_basis.get_scale().y, scale, 1e-4)
		state.head.origin = Vector3(0.1, node.state.head_metres * scale, 0.0)
		for i: int in 4:
			await get_tree().process_frame
		var figure := node._shown_model()
		for bone: int in [OtherworldPose.Bone.HEAD, OtherworldPose.Bone.LEFT_HAND]:
			var joint := _joint_of(figure, AvatarBody.BONES[bone])
			near_point(node.bone_node(bone as OtherworldPose.Bone).global_position, joint, BODY_METRES, "%s: %s" % [it.path, AvatarBody.BONES[bone]])
		check(hat.is_inside_tree(), "the hat is gone")


# Returns the position at which the model draws the joint of a bone.
func _joint_of(figure: ModelInstance, bone: String) -> Vector3:
	for capsule: Model.Capsule in figure.model.capsules:
		if capsule.bone == bone:
			var at := figure.node_at(capsule.place)
			return at.global_position if capsule.place.bone < 0 else (at as Skeleton3D).global_transform * (at as Skeleton3D).get_bone_global_pose(capsule.place.bone).origin
	return Vector3.INF


func test_objects_match_their_boxes_and_colliders_at_any_scale() -> void:
	for it: Dictionary in _of_kind("object"):
		var state := _client.add_prop(it.hash as String)
		state.position = Vector3(1, 2, 3)
		state.scale = 1.5
		var node := _view.prop_of(state.element)
		await until("%s is shown" % it.path, func() -> bool: return node.shown_level() == 0 or not node.load_error.is_empty())
		equal(node.load_error, "")
		var box := AABB()
		for mesh: MeshInstance3D in node.marker().find_children("*", "MeshInstance3D", true, false):
			var here := mesh.global_transform * mesh.get_aabb()
			box = here if box == AABB() else box.merge(here)
		var size: Array = it.size
		var least := Vector3(1, 2, 3) + 1.5 * Vector3(size[0] as float, size[1] as float, size[2] as float)
		var most := Vector3(1, 2, 3) + 1.5 * Vector3(size[3] as float, size[4] as float, size[5] as float)
		near_point(box.position, least, 2e-3, "%s: least corner" % it.path)
		near_point(box.end, most, 2e-3, "%s: farthest corner" % it.path)
		equal(node.collision_body().get_child_count(), roundi(it.colliders as float), "%s: colliders" % it.path)
		equal(node.find_children("*", "CollisionObject3D", true, false).size(), 1, "%s: bodies" % it.path)
		_client.remove_prop(state)


func test_a_model_that_is_not_humanoid_plays_its_own_animation() -> void:
	for it: Dictionary in _of_kind("avatar").filter(func(one: Dictionary) -> bool: return not one.humanoid):
		var state := _client.add_avatar(it.hash as String)
		var node := _view.avatar_of(state.element)
		await until("%s is shown" % it.path, func() -> bool: return node.shown_level() == 0)
		var player := node._shown_model().find_children("*", "AnimationPlayer", true, false)[0] as AnimationPlayer
		await until("it stands", func() -> bool: return player.current_animation == node._shown_model().model.clip_idle)
		var walks := func() -> bool:
			state.position += Vector3(0.0, 0.0, -1.5 * get_process_delta_time())
			return player.current_animation == node._shown_model().model.clip_walk
		await until("it walks", walks)
		check(not String(node._shown_model().model.clip_walk).is_empty(), "it has no walk")
		_client.remove_avatar(state)


func test_at_a_distance_a_simpler_model_with_the_same_joints_is_shown() -> void:
	var camera := Camera3D.new()
	add_child(camera)
	camera.make_current()
	for it: Dictionary in _packages.filter(func(one: Dictionary) -> bool: return one.levels > 0.0 and one.kind == "avatar"):
		var state := _client.add_avatar(it.hash as String)
		var node := _view.avatar_of(state.element)
		camera.position = Vector3(0, 1, 2)
		await until("%s is shown" % it.path, func() -> bool: return node.shown_level() == 0)
		var bones := node._shown_model().model.bone_count
		camera.position = Vector3(0, 1, 60)
		await until("its simpler model is shown", func() -> bool: return node.shown_level() == 1)
		equal(node._shown_model().model.bone_count, bones)
		check(node._shown_model().model.is_humanoid(), "its simpler model has no humanoid")
		camera.position = Vector3(0, 1, 2)
		await until("its finest is shown again", func() -> bool: return node.shown_level() == 0)
		_client.remove_avatar(state)
	camera.queue_free()


func test_a_cached_file_is_not_downloaded_and_a_damaged_one_is() -> void:
	var it: Dictionary = _of_kind("object")[0]
	check(await _model(it) != null, "it cannot be had")
	var load_request := await _package(it)
	var name := load_request.manifest.models[0].sha256
	check(FileAccess.file_exists(CACHE.path_join(name)), "it is not on the disk")
	var other := _another_library()
	# Without its link, only the cache has it.
	var known := await _package(it, other)
	known.manifest.models[0].url = "http://127.0.0.1:9/gone"
	check(await _model_of(known, other) != null, "the disk was not read")
	other.queue_free()
	var file := FileAccess.open(CACHE.path_join(name), FileAccess.READ_WRITE)
	file.seek(100)
	file.store_string("spoiled")
	file.close()
	var third := _another_library()
	check(await _model_of(await _package(it, third), third) != null, "it was not fetched again")
	check(not PackageCache.new(CACHE).read(name).is_empty(), "the disk has no good one")
	third.queue_free()


func test_an_expired_link_is_requested_again() -> void:
	var it: Dictionary = _of_kind("object")[1]
	var library := _another_library()
	library.cache = PackageCache.new("user://test-packages-empty-%d" % Time.get_ticks_usec())
	var load_request := await _package(it, library)
	var file := load_request.manifest.models[0]
	file.url = file.url.replace("expires=", "expires=1")
	check(await _model_of(load_request, library) != null, "no model came: %s" % load_request.load_error)
	library.queue_free()


func test_one_load_serves_many_users_and_is_released_without_users() -> void:
	var it: Dictionary = _of_kind("avatar")[0]
	var states: Array[OtherworldAvatarState] = []
	for i: int in 5:
		states.append(_client.add_avatar(it.hash as String))
	await until("all are shown", func() -> bool: return states.all(func(state: OtherworldAvatarState) -> bool: return _view.avatar_of(state.element).shown_level() == 0))
	equal(_library.models_loaded(), 1)
	check(_library.bytes_loaded() > 100_000, "it weighs nothing")
	var model := weakref(_view.avatar_of(states[0].element)._shown_model().model) as WeakRef
	for state: OtherworldAvatarState in states:
		_client.remove_avatar(state)
	_library.kept_msec = 100.0
	await until("it is released", func() -> bool: return _library.models_loaded() == 0)
	await get_tree().process_frame
	check(model.get_ref() == null, "somebody holds the model")


func test_a_player_wears_a_package_and_places_another_live() -> void:
	var client := OtherworldClient.new()
	client.url = _url
	client.player_name = "Gunnar"
	client.remember_identity = false
	client.player_kind = OtherworldClient.PlayerKind.NONE
	client.avatar_package = (_of_kind("avatar")[0] as Dictionary).hash
	client.add_view = false
	var view := OtherworldView.new()
	view._library.cache = PackageCache.new(CACHE)
	client.add_child(view)
	add_child(client)
	if await until("it has joined", func() -> bool: return client.state == OtherworldClient.State.JOINED and client.local_avatar != null):
		await _wears(client, view, _of_kind("avatar")[0] as Dictionary)
		var outcome := await client.wear_package((_of_kind("avatar")[2] as Dictionary).hash as String)
		check(outcome.ok, outcome.reason)
		await _wears(client, view, _of_kind("avatar")[2] as Dictionary)
		var it: Dictionary = _of_kind("object")[2]
		var place := client.local_avatar.position + Vector3(0.0, 1.0, -1.0)
		var placed := await client.spawn_package(it.hash as String, place)
		check(placed.ok, placed.reason)
		await until("the thing is shown", func() -> bool: return view.prop_of(placed.element) != null and view.prop_of(placed.element).shown_level() == 0)
		await _is_scaled(client, view)
		check((await client.wear_body(0)).ok, "no body of the realm can be worn")
		await until("the realm's body is shown", func() -> bool: return view.avatar_of(client.local_avatar.element).shown_level() == -1)
		await client.close()
	client.queue_free()
	await get_tree().process_frame


# The model of the worn package follows the avatar's scale, and is back at its own size.
func _is_scaled(client: OtherworldClient, view: OtherworldView) -> void:
	var node := view.avatar_of(client.local_avatar.element)
	var own_height := node.height()
	for factor: float in [0.5, 3.0, 1.0] as Array[float]:
		var outcome := await client.scale_avatar(factor)
		check(outcome.ok, outcome.reason)
		await until("it is shown at %s" % factor, func() -> bool: return is_equal_approx(node._shown_model().size, factor))
		near(node.height(), own_height * factor, 0.01)


func _wears(client: OtherworldClient, view: OtherworldView, it: Dictionary) -> void:
	await until("%s is worn" % it.path, func() -> bool: return client.local_avatar.package == it.hash)
	var node := view.avatar_of(client.local_avatar.element)
	await until("%s is shown" % it.path, func() -> bool: return node.shown_level() == 0 and node._shown_model().model.bone_count == roundi(it.joints as float))
	equal(node.load_error, "")


func test_a_failed_load_is_reported_with_a_message() -> void:
	var load_request := _library.request_package("0f".repeat(32))
	await load_request.settled
	check(load_request.load_error.length() > 20, "nothing was said: %s" % load_request.load_error)
	equal(load_request.state, LoadRequest.State.WAITING)
	_library.release(load_request)


func _of_kind(kind: String) -> Array:
	return _packages.filter(func(it: Dictionary) -> bool: return it.kind == kind)


func _another_library() -> PackageLibrary:
	var library := PackageLibrary.new()
	library.api.server = _url
	library.api.token_of = func() -> String: return _token
	library.cache = PackageCache.new(CACHE)
	add_child(library)
	return library


func _package(it: Dictionary, library := _library) -> LoadRequest:
	var load_request := library.request_package(it.hash as String)
	await until("the package of %s is there" % it.path, func() -> bool: return load_request.manifest != null or not load_request.load_error.is_empty())
	equal(load_request.load_error, "", it.path as String)
	return load_request


func _model(it: Dictionary) -> Model:
	return await _model_of(await _package(it), _library)


func _model_of(load_request: LoadRequest, library: PackageLibrary) -> Model:
	if load_request.manifest == null:
		return null
	var model := library.request_model(load_request.manifest, 0)
	await until("the model of %s is there" % load_request.manifest.name, func() -> bool: return model.model != null or not model.load_error.is_empty())
	equal(model.load_error, "", load_request.manifest.name)
	return model.model


func _check_capsules(it: Dictionary, capsules: CapsuleBodies) -> void:
	var expected: Array = it.capsules
	equal(capsules.bodies().size(), expected.size(), "%s: capsules" % it.path)
	for i: int in mini(expected.size(), capsules.bodies().size()):
		var row: Array = expected[i]
		var from := Vector3(row[0] as float, row[1] as float, row[2] as float)
		var to := Vector3(row[3] as float, row[4] as float, row[5] as float)
		_check_ends("%s: capsule %d" % [it.path, i], capsules.bodies()[i], from, to, row[6] as float, 1e-3)


func _check_ends(what: String, body: Node3D, from: Vector3, to: Vector3, radius: float, most: float) -> void:
	var node := body.get_child(0) as CollisionShape3D
	var shape := node.shape as CapsuleShape3D
	near(shape.radius, radius, 1e-5, what)
	near_point(node.global_basis.get_scale(), Vector3.ONE, 1e-3, "%s: scale" % what)
	var reach := Vector3(0.0, shape.height / 2.0 - shape.radius, 0.0)
	var ends: Array[Vector3] = [node.global_transform * -reach, node.global_transform * reach]
	near_point(ends[0], from, most, "%s: first end" % what)
	near_point(ends[1], to, most, "%s: second end" % what)


func _body_of(capsules: CapsuleBodies, bone: String) -> AnimatableBody3D:
	for body: AnimatableBody3D in capsules.bodies():
		if body.name == "Capsule_%s" % bone:
			return body
	check(false, "no capsule of %s" % bone)
	return null
