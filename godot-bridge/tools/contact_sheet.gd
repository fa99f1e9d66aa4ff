extends SceneTree
## Draws packages of a server into one image (scripts/godot-contact-sheet.mjs calls it): each avatar in a T-pose, in a
## walking pose, with the head turned and the hands raised, and with its capsules, each object without and with its
## colliders.

const Http := preload("res://addons/otherworld/net/http/http.gd")
const FakeClient := preload("../test/fake_client.gd")

## Size of a cell, pixels.
const CELL := Vector2i(250, 250)
const SECONDS_MAX := 120.0
## Rows of the avatars; those of the objects follow.
const AVATAR_ROWS := 4
## Rotations of the walking pose, radians about X by bone.
const STEP: Dictionary[int, float] = {12: 0.5, 13: -0.35, 15: -0.4, 16: -0.5, 6: 0.0, 9: 0.0}

var _client := FakeClient.new()
var _view := OtherworldView.new()
var _sheet: Image


func _initialize() -> void:
	_run()


func _run() -> void:
	await process_frame
	_client.url = OS.get_environment("OTHERWORLD_URL").trim_suffix("/")
	_client.definition = FakeClient.realm()
	var login := await Http.request_json(HTTPClient.METHOD_POST, _client.url + "/v1/login", {name = "Sheet"})
	if not login.is_ok():
		_end(login.fault.full_message())
		return
	_client.token = login.field("token")
	root.add_child(_client)
	_view.show_names = false
	_client.add_child(_view)
	var avatars := _pairs("OTHERWORLD_AVATARS")
	var objects := _pairs("OTHERWORLD_OBJECTS")
	var columns := maxi(avatars.size(), objects.size())
	_sheet = Image.create(columns * CELL.x, (AVATAR_ROWS + 2) * CELL.y, false, Image.FORMAT_RGB8)
	_sheet.fill(Color.WHITE)
	for i: int in avatars.size():
		await _draw_avatar(i, avatars[i][0], avatars[i][1])
	for i: int in objects.size():
		await _draw_object(i, objects[i][0], objects[i][1])
	_sheet.save_png(OS.get_environment("OTHERWORLD_PICTURE"))
	_end("")


func _end(fault: String) -> void:
	if fault:
		printerr("ERROR: ", fault)
	_client.queue_free()
	await process_frame
	quit(1 if fault else 0)


func _pairs(variable: String) -> Array[PackedStringArray]:
	var pairs: Array[PackedStringArray] = []
	for pair: String in OS.get_environment(variable).split(",", false):
		pairs.append(pair.split("="))
	return pairs


func _draw_avatar(column: int, title: String, hash: String) -> void:
	var state := _client.add_avatar(hash)
	var node := _view.avatar_of(state.element)
	await _until(func() -> bool: return node.shown_level() == 0, func() -> String: return node.load_error)
	var box := _bounds(node)
	_set_pose(state, node, {})
	await _shoot(Vector2i(column, 0), title, box)
	_set_pose(state, node, STEP)
	await _shoot(Vector2i(column, 1), "walking pose" if node._shown_model().model.is_humanoid() else "its own animation", box)
	_raise_hands(state, node)
	await _shoot(Vector2i(column, 2), "hands raised", box)
	_view.show_colliders = true
	await _shoot(Vector2i(column, 3), "%d capsules" % node.capsule_bodies().size(), box)
	_view.show_colliders = false
	_client.remove_avatar(state)


func _draw_object(column: int, title: String, hash: String) -> void:
	var state := _client.add_prop(hash)
	var node := _view.prop_of(state.element)
	await _until(func() -> bool: return node.shown_level() == 0, func() -> String: return node.load_error)
	var box := _bounds(node)
	await _shoot(Vector2i(column, AVATAR_ROWS), title, box)
	_view.show_colliders = true
	await _shoot(Vector2i(column, AVATAR_ROWS + 1), "%d colliders" % node.collision_body().get_child_count(), box)
	_view.show_colliders = false
	_client.remove_prop(state)


func _set_pose(state: OtherworldAvatarState, node: OtherworldAvatar, about_x: Dictionary) -> void:
	state.has_pose = true
	state.bone_mask = (1 << 18) - 1
	state.bones.clear()
	for bone: int in 18:
		state.bones.append(Quaternion(Vector3.RIGHT, about_x.get(bone, 0.0) as float))
	if not about_x.is_empty():
		state.bones[6] = Quaternion(Vector3.RIGHT, -0.4) * Quaternion(Vector3.BACK, 1.25)
		state.bones[9] = Quaternion(Vector3.RIGHT, 0.4) * Quaternion(Vector3.BACK, -1.25)
	state.head = Transform3D(Basis.IDENTITY, Vector3(0.0, node._shown_body().head_metres, 0.0))


## Sends only head and hands, as a headset does.
func _raise_hands(state: OtherworldAvatarState, node: OtherworldAvatar) -> void:
	var metres := node._shown_body().head_metres
	state.bone_mask = 0
	state.head = Transform3D(Basis(Vector3.UP, 0.4), Vector3(0.0, metres, 0.0))
	state.left_hand = Transform3D(Basis(Vector3.BACK, -1.2), Vector3(-0.25, 1.15, -0.1) * metres)
	state.right_hand = Transform3D(Basis(Vector3.BACK, 1.2), Vector3(0.25, 1.15, -0.1) * metres)


func _until(is_true: Callable, problem: Callable) -> void:
	var end := Time.get_ticks_msec() + SECONDS_MAX * 1000.0
	while not is_true.call() and Time.get_ticks_msec() < end:
		if problem.call():
			printerr("ERROR: ", problem.call())
			return
		await process_frame


## Returns the box to fit into the image. For an avatar it is that of its fitted capsules, because skins have no box.
func _bounds(node: Node3D) -> AABB:
	if node is OtherworldAvatar:
		var height := maxf((node as OtherworldAvatar)._shown_body().height, 0.8)
		return AABB(Vector3(-0.4, 0.0, -0.4) * height, Vector3(0.8, 1.05, 0.8) * height)
	var box := AABB()
	for mesh: MeshInstance3D in node.find_children("*", "MeshInstance3D", true, false):
		box = box.merge(mesh.global_transform * mesh.get_aabb())
	return box


func _shoot(cell: Vector2i, words: String, box: AABB) -> void:
	var viewport := SubViewport.new()
	viewport.size = CELL
	viewport.own_world_3d = false
	viewport.msaa_3d = Viewport.MSAA_4X
	viewport.render_target_update_mode = SubViewport.UPDATE_ALWAYS
	root.add_child(viewport)
	var camera := Camera3D.new()
	camera.fov = 38.0
	camera.near = 0.01
	viewport.add_child(camera)
	# An avatar faces -Z, an object +Z. Both are drawn from the front, a little to the side.
	var side := Vector3(0.5, 0.4, -1.0 if cell.y < AVATAR_ROWS else 1.0).normalized()
	var metres := box.size.length() * 0.53 / sin(deg_to_rad(camera.fov / 2.0))
	camera.look_at_from_position(box.get_center() + side * metres, box.get_center())
	camera.make_current()
	var label := Label.new()
	label.text = words
	label.add_theme_font_size_override("font_size", 17)
	label.add_theme_color_override("font_color", Color.BLACK)
	label.position = Vector2(8, 4)
	viewport.add_child(label)
	for i: int in 30:
		await process_frame
	var image := viewport.get_texture().get_image()
	image.convert(Image.FORMAT_RGB8)
	_sheet.blit_rect(image, Rect2i(Vector2i.ZERO, CELL), cell * CELL)
	viewport.queue_free()
	await process_frame
