extends SceneTree
## Draws packages of a server into one image (scripts/godot-contact-sheet.mjs calls it with OTHERWORLD_SHEET). Each avatar
## has a cell for each requested pose, each object one without and one with its colliders. Prints a line of JSON after
## [constant MARK] for each package that is drawn.

const Http := preload("res://addons/otherworld/net/http/http.gd")
const FakeClient := preload("../test/fake_client.gd")
const ModelInstance := preload("res://addons/otherworld/packages/model/model_instance.gd")

## Starts each line that the script reads.
const MARK := "drawn: "
## Size of a cell, pixels.
const CELL := Vector2i(250, 250)
## Drawn pixels on each side that become one pixel of a cell. That costs less than antialiasing by the renderer, which
## draws on the processor.
const OVERSAMPLING := 2
const SHADOW_PIXELS := 1024
## Frames in which a pose and its springs come to rest. Nothing is drawn in them.
const REST_FRAMES := 30
const SECONDS_MAX := 120.0
## Rotations of the walking pose, radians about X by bone.
const STEP: Dictionary[int, float] = {12: 0.5, 13: -0.35, 15: -0.4, 16: -0.5, 6: 0.0, 9: 0.0}

var _client := FakeClient.new()
var _view := OtherworldView.new()
var _viewport := SubViewport.new()
var _camera := Camera3D.new()
var _label := Label.new()
var _sheet: Image


func _initialize() -> void:
	_run()


func _run() -> void:
	await process_frame
	var order: Dictionary = JSON.parse_string(OS.get_environment("OTHERWORLD_SHEET"))
	_client.url = str(order.url).trim_suffix("/")
	_client.definition = FakeClient.realm()
	var login := await Http.request_json(HTTPClient.METHOD_POST, _client.url + "/v1/login", {name = "Sheet"})
	if not login.is_ok():
		_end(login.fault.full_message())
		return
	_client.token = login.field("token")
	root.add_child(_client)
	_view.show_names = false
	_client.add_child(_view)
	_set_up_viewport()
	await _draw_all(order.avatars as Array, order.objects as Array, order.poses as Array, int(order.columns))
	_sheet.save_png(str(order.picture))
	_end("")


## Only the cells are drawn, not the window.
func _set_up_viewport() -> void:
	root.disable_3d = true
	RenderingServer.directional_shadow_atlas_set_size(SHADOW_PIXELS, true)
	_viewport.size = CELL * OVERSAMPLING
	_viewport.size_2d_override = CELL
	_viewport.size_2d_override_stretch = true
	_viewport.render_target_update_mode = SubViewport.UPDATE_DISABLED
	root.add_child(_viewport)
	_camera.fov = 38.0
	_camera.near = 0.01
	_viewport.add_child(_camera)
	_camera.make_current()
	_label.add_theme_font_size_override("font_size", 15)
	_label.add_theme_color_override("font_color", Color.BLACK)
	_label.horizontal_alignment = HORIZONTAL_ALIGNMENT_CENTER
	_label.vertical_alignment = VERTICAL_ALIGNMENT_BOTTOM
	_label.autowrap_mode = TextServer.AUTOWRAP_WORD_SMART
	_label.position = Vector2(6, 0)
	_label.size = Vector2(CELL) - Vector2(12, 4)
	_viewport.add_child(_label)


## Draws [param columns] packages side by side, then the next ones below.
func _draw_all(avatars: Array, objects: Array, poses: Array, columns: int) -> void:
	var avatar_rows := ceili(avatars.size() / float(columns)) * poses.size()
	var rows := avatar_rows + ceili(objects.size() / float(columns)) * 2
	_sheet = Image.create(columns * CELL.x, rows * CELL.y, false, Image.FORMAT_RGB8)
	_sheet.fill(Color.WHITE)
	for i: int in avatars.size():
		await _draw_avatar(Vector2i(i % columns, floori(i / float(columns)) * poses.size()), avatars[i] as Dictionary, poses)
	for i: int in objects.size():
		await _draw_object(Vector2i(i % columns, avatar_rows + floori(i / float(columns)) * 2), objects[i] as Dictionary)


func _end(fault: String) -> void:
	if fault:
		printerr("ERROR: ", fault)
	_client.queue_free()
	await process_frame
	quit(1 if fault else 0)


func _draw_avatar(cell: Vector2i, package: Dictionary, poses: Array) -> void:
	var state := _client.add_avatar(package.hash as String)
	# An avatar faces -Z, an object +Z.
	state.yaw = PI
	var node := _view.avatar_of(state.element)
	if not await _is_shown(package, node):
		return
	var box := _avatar_box(node)
	var report := {title = package.title, capsules = node._package.manifest.capsules.size(), handsUp = null}
	for i: int in poses.size():
		_take_pose(poses[i] as String, state, node)
		# The bodies of the capsules are made with the next details of the avatar.
		await _rest()
		if poses[i] == "hands":
			report.handsUp = _hands_above_head(node)
		var caption := _caption(poses[i] as String, node)
		await _shoot(cell + Vector2i(0, i), str(package.title) if i == 0 else caption, box)
	_view.show_colliders = false
	_client.remove_avatar(state)
	print(MARK, JSON.stringify(report))


func _take_pose(pose: String, state: OtherworldAvatarState, node: OtherworldAvatar) -> void:
	match pose:
		"rest":
			_set_pose(state, node, {})
		"walk":
			_set_pose(state, node, STEP)
		"hands":
			_raise_hands(state, node)
	_view.show_colliders = pose == "capsules"


func _caption(pose: String, node: OtherworldAvatar) -> String:
	if pose == "capsules":
		return "%d capsules" % node.capsule_bodies().size()
	if pose == "rest":
		return "T-pose"
	if not node._shown_model().model.is_humanoid():
		return "its own animation"
	return "walking pose" if pose == "walk" else "hands raised"


func _draw_object(cell: Vector2i, package: Dictionary) -> void:
	var state := _client.add_prop(package.hash as String)
	var node := _view.prop_of(state.element)
	if not await _is_shown(package, node):
		return
	var box := AABB()
	for mesh: MeshInstance3D in node.find_children("*", "MeshInstance3D", true, false):
		box = box.merge(mesh.global_transform * mesh.get_aabb())
	await _rest()
	await _shoot(cell, package.title as String, box)
	_view.show_colliders = true
	await _rest()
	await _shoot(cell + Vector2i(0, 1), "%d colliders" % node.collision_body().get_child_count(), box)
	_view.show_colliders = false
	_client.remove_prop(state)
	print(MARK, JSON.stringify({title = package.title}))


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
	state.has_pose = true
	state.bone_mask = 0
	state.head = Transform3D(Basis(Vector3.UP, 0.4), Vector3(0.0, metres, 0.0))
	state.left_hand = Transform3D(Basis(Vector3.BACK, -1.2), Vector3(-0.25, 1.15, -0.1) * metres)
	state.right_hand = Transform3D(Basis(Vector3.BACK, 1.2), Vector3(0.25, 1.15, -0.1) * metres)


func _is_shown(package: Dictionary, node: Node3D) -> bool:
	var end := Time.get_ticks_msec() + SECONDS_MAX * 1000.0
	while node.call(&"shown_level") != 0:
		var fault: String = node.get(&"load_error")
		if fault.is_empty() and Time.get_ticks_msec() > end:
			fault = "it was not loaded within %d s" % SECONDS_MAX
		if fault:
			printerr("ERROR: %s is not shown: %s" % [package.title, fault])
			return false
		await process_frame
	return true


func _rest() -> void:
	for i: int in REST_FRAMES:
		await process_frame


## Returns how far the left and the right hand of the model are above its head, metres; null without them.
func _hands_above_head(node: OtherworldAvatar) -> Variant:
	var model := node._shown_model()
	var heights: Dictionary[String, float] = {}
	for joint: RefCounted in node._package.manifest.joints:
		var at := model.model.rig.joints.find(joint.get(&"node") as String)
		if at >= 0:
			heights[joint.get(&"humanoid") as String] = _height_of(model, at)
	if not heights.has_all(["head", "leftHand", "rightHand"]):
		return null
	return [heights.leftHand - heights.head, heights.rightHand - heights.head]


func _height_of(model: ModelInstance, joint: int) -> float:
	var place := model.model.joints[joint]
	var holder := model.node_at(place)
	if place.bone < 0:
		return holder.global_position.y
	return (holder.global_transform * (holder as Skeleton3D).get_bone_global_pose(place.bone)).origin.y


## Returns the box to fit into the image: that of the fitted capsules, because skins have no box.
func _avatar_box(node: OtherworldAvatar) -> AABB:
	var height := maxf(node._shown_body().height, 0.8)
	return AABB(Vector3(-0.4, 0.0, -0.4) * height, Vector3(0.8, 1.05, 0.8) * height)


## Draws one frame of a box, seen from the front and a little from the side. The sun is on that side too.
func _shoot(cell: Vector2i, words: String, box: AABB) -> void:
	var side := Vector3(0.5, 0.4, 1.0).normalized()
	var metres := box.size.length() * 0.53 / sin(deg_to_rad(_camera.fov / 2.0))
	_camera.look_at_from_position(box.get_center() + side * metres, box.get_center())
	_label.text = words
	_viewport.render_target_update_mode = SubViewport.UPDATE_ONCE
	await RenderingServer.frame_post_draw
	await RenderingServer.frame_post_draw
	var image := _viewport.get_texture().get_image()
	image.convert(Image.FORMAT_RGB8)
	image.resize(CELL.x, CELL.y, Image.INTERPOLATE_BILINEAR)
	_sheet.blit_rect(image, Rect2i(Vector2i.ZERO, CELL), cell * CELL)
