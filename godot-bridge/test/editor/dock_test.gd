@tool
extends "../test_case.gd"
## The dock in a real editor, with the server at OTHERWORLD_URL. Models are in OTHERWORLD_ASSETS.

const Dock := preload("res://addons/otherworld/editor/dock.gd")
const ClientInspector := preload("res://addons/otherworld/editor/client_inspector.gd")
const GlbJson := preload("res://addons/otherworld/packages/model/glb_json.gd")
const SceneExport := preload("res://addons/otherworld/packages/upload/scene_export.gd")
const SceneEdit := preload("res://addons/otherworld/editor/scene_edit.gd")
const SCENE := "res://yard.tscn"
const PLUGIN := "otherworld"


## Collects the warnings of scripts.
class WarningLog:
	extends Logger
	var texts: PackedStringArray = []


	func _log_error(_function: String, _file: String, _line: int, code: String, rationale: String, _notify: bool, kind: int, _backtraces: Array[ScriptBacktrace]) -> void:
		if kind == Logger.ERROR_TYPE_WARNING:
			texts.append(rationale if rationale else code)


var _dock: Dock
var _url := OS.get_environment("OTHERWORLD_URL").trim_suffix("/")
var _assets := OS.get_environment("OTHERWORLD_ASSETS")


func before() -> void:
	_dock = _find_dock()
	check(_dock != null, "there is no dock")
	var top := Node3D.new()
	top.name = "Yard"
	var scene := PackedScene.new()
	scene.pack(top)
	top.free()
	ResourceSaver.save(scene, SCENE)
	EditorInterface.open_scene_from_path(SCENE)
	EditorInterface.get_selection().clear()
	await until("the scene is open", func() -> bool: return EditorInterface.get_edited_scene_root() != null)


func after() -> void:
	EditorInterface.close_scene()


func test_an_unreachable_server_is_reported_with_a_message() -> void:
	_line("Url").text = "http://127.0.0.1:9"
	await _dock.connect_to_server()
	check("127.0.0.1:9 does not answer" in _message(), _message())
	check(_button("Instantiate").disabled, "things can be placed without a server")
	_line("Url").text = "yard"
	await _dock.connect_to_server()
	check("\"yard\" is not the address of a server" in _message(), _message())


func test_it_lists_realms_and_packages_and_remembers_the_address() -> void:
	await _open()
	equal(_message(), "")
	var realm := _tree("Realms").get_root().get_child(0)
	equal(realm.get_text(0), "yard")
	check(realm.get_text(2).is_valid_int(), "elements: " + realm.get_text(2))
	equal(EditorInterface.get_editor_settings().get_project_metadata("otherworld", "url", ""), _url)


func test_a_file_is_uploaded_listed_placed_and_taken_back() -> void:
	await _open()
	await _dock.upload_file(_assets.path_join("objects/teacup.glb"))
	check(_message().begins_with("Uploaded the package \"teacup\"."), _message())
	var item := _tree("Packages").get_selected()
	equal(item.get_text(0), "teacup")
	equal(item.get_text(1), "object")
	await until("its rank is there", func() -> bool: return item.get_tooltip_text(3) == "excellent on PC, excellent on mobile")
	check(item.get_text(2).ends_with(" m") and "m wide" in item.get_tooltip_text(2), item.get_text(2))
	await _dock.instantiate_selected()
	var top := EditorInterface.get_edited_scene_root()
	var cup := top.get_node_or_null("teacup") as Node3D
	check(cup != null, "it does not stand in the scene: " + _message())
	if cup == null:
		return
	equal(cup.owner, top)
	equal(str(cup.get_meta(&"otherworld_package")), str(item.get_metadata(0)))
	equal(cup.find_children("*", "CollisionShape3D").size(), 16, "colliders")
	var meshes := cup.find_children("*", "MeshInstance3D", true, false)
	check(meshes.size() == 1 and meshes[0].mesh.get_surface_count() == 1, "its mesh is missing")
	check(meshes[0].mesh.surface_get_material(0).albedo_texture != null, "its texture is missing")
	_history().undo()
	check(top.get_child_count() == 0, "it was not taken back")
	_history().redo()
	check(top.get_node_or_null("teacup") != null, "it did not come again")
	# Saves the scene and runs it.
	var packed := PackedScene.new()
	packed.pack(top)
	var run := packed.instantiate()
	equal(run.find_children("*", "CollisionShape3D", true, false).size(), 16, "colliders of the saved scene")
	run.free()


func test_a_skinned_model_is_uploaded_with_the_humanoid_map() -> void:
	await _open()
	var map := _dock.get_node("%Humanoid") as TextEdit
	map.text = "hips Root"
	await _dock.upload_file(_assets.path_join("avatars/CesiumMan.glb"))
	check("Line 1 of the humanoid map has no colon" in _message(), _message())
	map.text = "hips: there is no such joint"
	await _dock.upload_file(_assets.path_join("avatars/CesiumMan.glb"))
	check("there is no such joint" in _message(), _message())
	map.text = ""


func test_a_model_above_the_limits_is_refused_with_the_option_that_reduces_it() -> void:
	await _open()
	var node := Node3D.new()
	node.name = "Blocks"
	for i: int in 6:
		var block := MeshInstance3D.new()
		var mesh := BoxMesh.new()
		var material := StandardMaterial3D.new()
		material.albedo_color = Color.from_hsv(i / 6.0, 0.8, 0.8)
		mesh.material = material
		block.mesh = mesh
		block.position.x = i * 1.5
		node.add_child(block)
		block.owner = node
	var fit := _dock.get_node("%Fit") as CheckBox
	await _dock.upload(OtherworldUpload.from_node(node))
	check("Rule MATERIALS" in _message() and "The option “%s” can correct this." % fit.text in _message(), _message())
	fit.button_pressed = true
	await _dock.upload(OtherworldUpload.from_node(node))
	check(_message().begins_with("Uploaded the package \"Blocks\".") and "was reduced: materials from 6" in _message(), _message())
	fit.button_pressed = false
	node.free()


func test_a_node_without_an_owner_is_left_out_with_a_warning() -> void:
	var node := Node3D.new()
	node.name = "Stand"
	var block := MeshInstance3D.new()
	block.name = "Block"
	block.mesh = BoxMesh.new()
	node.add_child(block)
	var warnings := WarningLog.new()
	OS.add_logger(warnings)
	var exported := SceneExport.new()
	exported.export(node)
	check(not GlbJson.read(exported.bytes).has("meshes"), "Godot exported it: the warning is no longer needed")
	equal(warnings.texts.size(), 1)
	check("\"Stand\" leaves out 1 of its nodes" in warnings.texts[0] and "set the child's owner" in warnings.texts[0], str(warnings.texts))
	block.owner = node
	exported.export(node)
	check(GlbJson.read(exported.bytes).has("meshes"), "a node with an owner is left out")
	OS.remove_logger(warnings)
	equal(warnings.texts.size(), 1)
	node.free()


func test_packages_are_sorted_by_a_click_on_a_title() -> void:
	await _open()
	await _dock.upload_file(_assets.path_join("objects/BoxTextured.glb"))
	await _dock.upload_file(_assets.path_join("objects/teacup.glb"))
	var names := func() -> Array: return _tree("Packages").get_root().get_children().map(func(item: TreeItem) -> String: return item.get_text(0))
	_tree("Packages").column_title_clicked.emit(0, MOUSE_BUTTON_LEFT)
	var sorted: Array = names.call()
	var expected := sorted.duplicate()
	expected.sort_custom(func(a: String, b: String) -> bool: return a.to_lower() < b.to_lower())
	equal(sorted, expected)
	_tree("Packages").column_title_clicked.emit(0, MOUSE_BUTTON_LEFT)
	expected.reverse()
	equal(names.call(), expected)


func test_a_figure_is_placed_with_its_skeleton() -> void:
	await _open()
	await _dock.upload_file(_assets.path_join("avatars/CesiumMan.glb"))
	await _dock.instantiate_selected()
	var top := EditorInterface.get_edited_scene_root()
	var skeletons := top.find_children("*", "Skeleton3D", true, false)
	check(skeletons.size() == 1 and skeletons[0].get_bone_count() == 19, "no skeleton: " + _message())
	var meshes := top.find_children("*", "MeshInstance3D", true, false)
	check(meshes.size() == 1 and meshes[0].skin != null and meshes[0].get_node_or_null(meshes[0].skeleton) == skeletons[0], "its mesh hangs on no skeleton")


func test_a_selected_node_is_uploaded() -> void:
	await _open()
	await _dock.upload_selected_node()
	check("Select the Node3D to upload" in _message(), _message())
	var top := EditorInterface.get_edited_scene_root()
	var crate := MeshInstance3D.new()
	crate.name = "Crate"
	crate.mesh = BoxMesh.new()
	crate.position = Vector3(4, 0, 0)
	top.add_child(crate)
	crate.owner = top
	EditorInterface.get_selection().add_node(crate)
	await _dock.upload_selected_node()
	check(_message().begins_with("Uploaded the package \"Crate\"."), _message())
	equal(_tree("Packages").get_selected().get_text(0), "Crate")


func test_a_rejection_is_shown_and_nothing_stays_locked() -> void:
	await _open()
	await _dock.upload_file(_assets.path_join("hostile/node_cycle.glb"))
	check("was not uploaded. Rule NODE_LOOP. Where: /nodes/0." in _message(), _message())
	check(not _button("UploadFile").disabled, "it stays locked")


func test_a_client_is_added_with_the_address_once_and_taken_back() -> void:
	_line("Url").text = _url
	_dock.add_client()
	var top := EditorInterface.get_edited_scene_root()
	equal(top.get_child_count(), 1)
	var client := top.get_child(0)
	check(SceneEdit.is_client(client), "it is none")
	equal(client.get("url"), _url)
	_line("Url").text = "http://127.0.0.1:1"
	_dock.add_client()
	equal(top.get_child_count(), 1, "a second one")
	equal(client.get("url"), "http://127.0.0.1:1")
	_history().undo()
	equal(client.get("url"), _url)
	_history().undo()
	equal(top.get_child_count(), 0)


func test_the_inspector_shows_what_answers_at_the_clients_url() -> void:
	check((await ClientInspector.describe_server(_url)).contains("runs: yard, 0 players"), "the realm is not named")
	check("does not answer" in await ClientInspector.describe_server("http://127.0.0.1:9"), "nobody there")
	_line("Url").text = _url
	_dock.add_client()
	var found: Array[Node] = []
	await until("the inspector has the button", func() -> bool:
		found.assign(EditorInterface.get_inspector().find_children("Test", "Button", true, false))
		return not found.is_empty())
	(found[0] as Button).pressed.emit()
	var answer: Label = found[0].get_parent().get_node("Answer")
	await until("it is answered", func() -> bool: return "runs: yard" in answer.text)


func test_a_picture_of_the_editor_can_be_taken() -> void:
	var path := OS.get_environment("OTHERWORLD_PICTURE")
	if path.is_empty():
		return
	await _open()
	var places := {"objects/BoxTextured.glb": Vector3(-1.3, 0, 0), "avatars/CesiumMan.glb": Vector3.ZERO, "objects/teacup.glb": Vector3(1, 0, 0)}
	for file: String in places:
		await _dock.upload_file(_assets.path_join(file))
		EditorInterface.get_selection().clear()
		await _dock.instantiate_selected()
		(EditorInterface.get_selection().get_selected_nodes()[0] as Node3D).position = places[file]
	var message := _message()
	_dock.add_client()
	(_dock.get_node("%Message") as RichTextLabel).text = message
	for i: int in 30:
		await get_tree().process_frame
	equal(EditorInterface.get_base_control().get_viewport().get_texture().get_image().save_png(path), OK)


func test_it_goes_without_a_trace_and_comes_back() -> void:
	EditorInterface.set_plugin_enabled(PLUGIN, false)
	await get_tree().process_frame
	await get_tree().process_frame
	check(_find_dock() == null, "the dock is still there")
	EditorInterface.set_plugin_enabled(PLUGIN, true)
	await get_tree().process_frame
	check(_find_dock() != null, "the dock did not come back")


func _open() -> void:
	_line("Url").text = _url
	_line("UserName").text = "Edda"
	await _dock.connect_to_server()


func _find_dock() -> Dock:
	for node: Node in EditorInterface.get_base_control().find_children("Otherworld", "VBoxContainer", true, false):
		if node is Dock and not node.is_queued_for_deletion():
			return node
	return null


func _history() -> UndoRedo:
	var undo := EditorInterface.get_editor_undo_redo()
	return undo.get_history_undo_redo(undo.get_object_history_id(EditorInterface.get_edited_scene_root()))


func _message() -> String:
	return (_dock.get_node("%Message") as RichTextLabel).text


func _line(called: String) -> LineEdit:
	return _dock.get_node("%" + called)


func _button(called: String) -> Button:
	return _dock.get_node("%" + called)


func _tree(called: String) -> Tree:
	return _dock.get_node("%" + called)
