@tool
extends VBoxContainer
## The editor's dock: lists a server's realms and packages, adds packages to the edited scene, and uploads models.

const PackageScene := preload("package_scene.gd")
const SceneEdit := preload("scene_edit.gd")
const HumanoidMap := preload("../packages/upload/humanoid_map.gd")
const UploadMessages := preload("../packages/upload/upload_messages.gd")

const DEFAULT_URL := "http://127.0.0.1:7350"
## Editor setting of this project with the address.
const _SECTION := "otherworld"
## The rank of this many packages is requested at once, of others when they are selected.
const _RANKS_MAX := 32
## Share of the width for each column.
const _REALM_WIDTHS: PackedInt32Array = [2, 1, 2]
const _PACKAGE_WIDTHS: PackedInt32Array = [4, 2, 3, 3]
## Narrowest column, pixels at the editor's scale of 1.
const _COLUMN_PIXELS_MIN := 48

var _server := OtherworldServer.new()
var _edit := SceneEdit.new()
var _upload: OtherworldUpload
## Number of lists so far, so that a response about an old one is not shown in a new one.
var _list := 0
## A request to the server is in progress.
var _is_busy := false

@onready var _url: LineEdit = %Url
@onready var _user_name: LineEdit = %UserName
@onready var _connect: Button = %Connect
@onready var _state: Label = %State
@onready var _realms: Tree = %Realms
@onready var _packages: Tree = %Packages
@onready var _message: RichTextLabel = %Message
@onready var _way: Control = %Way
@onready var _bar: ProgressBar = %Bar


func _ready() -> void:
	# dock.tscn itself is open in the editor.
	if is_part_of_edited_scene():
		return
	var settings := EditorInterface.get_editor_settings()
	_url.text = settings.get_project_metadata(_SECTION, "url", DEFAULT_URL)
	_user_name.text = settings.get_project_metadata(_SECTION, "name", _default_name())
	_titles(_realms, ["Realm", "Players", "Elements"], _REALM_WIDTHS)
	_titles(_packages, ["Package", "Kind", "Size", "Rank"], _PACKAGE_WIDTHS)
	_url.text_submitted.connect(func(_text: String) -> void: connect_to_server())
	_connect.pressed.connect(connect_to_server)
	(%Refresh as Button).pressed.connect(refresh)
	(%Instantiate as Button).pressed.connect(instantiate_selected)
	(%UploadNode as Button).pressed.connect(upload_selected_node)
	(%UploadFile as Button).pressed.connect(_choose_file)
	(%AddClient as Button).pressed.connect(add_client)
	(%Cancel as Button).pressed.connect(cancel_upload)
	_packages.item_selected.connect(_show_selected)
	_packages.column_title_clicked.connect(func(column: int, _button: int) -> void: _sort(column))
	_packages.item_activated.connect(instantiate_selected)
	_show_buttons()


func _exit_tree() -> void:
	cancel_upload()


## Logs in at the address in the field, and lists realms and packages.
func connect_to_server() -> void:
	if not _begin("Connecting …"):
		return
	_server.url = _url.text if _url.text.strip_edges() else DEFAULT_URL
	var is_open := await _server.log_in(_user_name.text)
	_state.text = "%s at %s" % [_server.player_name, _server.url] if is_open else "Not connected."
	if is_open:
		var settings := EditorInterface.get_editor_settings()
		settings.set_project_metadata(_SECTION, "url", _server.url)
		settings.set_project_metadata(_SECTION, "name", _server.player_name)
	else:
		_list += 1
		_realms.clear()
		_packages.clear()
	_end(_server.error)
	if is_open:
		await refresh()


## Lists realms and packages again.
func refresh() -> void:
	if not _begin("Asking for realms and packages …"):
		return
	var realms := await _server.realms()
	var problem := _server.error
	_fill(_realms, realms.map(func(realm: OtherworldRealmInfo) -> Array: return [realm.id, realm.players, realm.elements]))
	var packages := await _server.packages()
	_fill(_packages, packages.map(_row_of))
	for i: int in packages.size():
		_packages.get_root().get_child(i).set_metadata(0, packages[i].hash)
		_packages.get_root().get_child(i).set_metadata(1, packages[i])
	_end(problem if problem else _server.error)
	_list += 1
	_ask_ranks(_list)


## Adds the selected package to the edited scene.
func instantiate_selected() -> void:
	var item := _packages.get_selected()
	if item == null:
		_show_message("Select a package in the list.")
	elif _begin("Loading \"%s\" …" % item.get_text(0)):
		var scene := PackageScene.new()
		var path := await scene.make(_server, str(item.get_metadata(0)))
		var node := _edit.add_scene(path) if path else null
		_end(scene.problem if path.is_empty() else _edit.problem)
		if node != null:
			_show_message("Added \"%s\" to the scene, from %s." % [node.name, path])


## Uploads the node that is selected in the Scene dock.
func upload_selected_node() -> void:
	var node := _edit.selected()
	if node == null:
		_show_message(_edit.problem)
	else:
		await upload(OtherworldUpload.from_node(node))


## Uploads a .glb or .vrm file.
func upload_file(path: String) -> void:
	await upload(OtherworldUpload.from_file(path))


## Runs an upload with a progress bar, and selects its package.
func upload(next: OtherworldUpload) -> void:
	var map := HumanoidMap.parse((%Humanoid as TextEdit).text)
	if map.problem:
		_show_message(map.problem)
		return
	if not map.joints.is_empty():
		next.humanoid = map.joints
	if not _begin("Uploading \"%s\" …" % next.name):
		return
	_upload = next
	_upload.is_shared = (%Share as CheckBox).button_pressed
	_upload.fit = (%Fit as CheckBox).button_pressed
	_upload.progressed.connect(_show_progress)
	_way.show()
	var is_done := await _upload.run_at(_server.url, _server.token)
	_way.hide()
	_upload = null
	var reason := next.message if next.message else UploadMessages.of_stage(next.stage) + "."
	_end("" if is_done else "\"%s\" was not uploaded. %s" % [next.name, reason])
	if is_done:
		await refresh()
		_select(next.package)
		_show_message("\n".join(PackedStringArray(["Uploaded the package \"%s\"." % next.name]) + next.warnings))


## Cancels the current upload.
func cancel_upload() -> void:
	if _upload != null:
		_upload.cancel()


## Adds an OtherworldClient with the dock's address to the edited scene.
func add_client() -> void:
	var client := _edit.add_client(_url.text.strip_edges().trim_suffix("/"))
	_show_message("%s connects to %s when the scene runs." % [client.name, client.get(&"url")] if client != null
			else _edit.problem)


func _choose_file() -> void:
	var dialog := EditorFileDialog.new()
	dialog.file_mode = EditorFileDialog.FILE_MODE_OPEN_FILE
	dialog.access = EditorFileDialog.ACCESS_FILESYSTEM
	dialog.add_filter("*.glb, *.vrm", "Models")
	dialog.file_selected.connect(upload_file)
	dialog.visibility_changed.connect(func() -> void:
		if not dialog.visible:
			dialog.queue_free())
	add_child(dialog)
	dialog.popup_file_dialog()


## Returns [code]false[/code] if another action is in progress.
func _begin(text: String) -> bool:
	if _is_busy:
		_show_message("Wait until the current action is done, or cancel it.")
		return false
	_is_busy = true
	_show_message(text)
	_show_buttons()
	return true


func _end(problem: String) -> void:
	_is_busy = false
	_show_message(problem)
	_show_buttons()


func _show_message(text: String) -> void:
	_message.text = text


func _show_buttons() -> void:
	_connect.disabled = _is_busy
	for button: Button in [%Refresh, %Instantiate, %UploadNode, %UploadFile]:
		button.disabled = _is_busy or not _server.is_logged_in()


func _show_progress(stage: String, share: float) -> void:
	_bar.value = share
	_show_message("%s: %s …" % [_upload.name, UploadMessages.of_stage(stage)])


func _show_selected() -> void:
	var item := _packages.get_selected()
	var package: OtherworldPackageInfo = item.get_metadata(1)
	var is_there := await _server.describe(package)
	if _packages.get_selected() != item or _is_busy:
		return
	if not is_there:
		_show_message(_server.error)
		return
	_show_details(item)
	var size := package.bounds.size
	_show_message("%s: %.2f × %.2f × %.2f m, %s, %d triangles, %d materials, %d textures, %d joints.\nRank: %s.\n%s" % [
		item.get_text(0), size.x, size.y, size.z, _file_size(package.bytes), package.triangles, package.materials,
		package.textures, package.joints, item.get_tooltip_text(3), package.hash,
	])


func _ask_ranks(list: int) -> void:
	var root := _packages.get_root()
	for item: TreeItem in root.get_children().slice(0, _RANKS_MAX) if root != null else ([] as Array[TreeItem]):
		await _server.describe(item.get_metadata(1) as OtherworldPackageInfo)
		if list != _list or not is_inside_tree():
			return
		_show_details(item)


# Sorts the packages by a column. A second click turns the order round.
func _sort(column: int) -> void:
	var root := _packages.get_root()
	if root == null:
		return
	var items := root.get_children()
	var before := items.duplicate()
	items.sort_custom(func(a: TreeItem, b: TreeItem) -> bool: return _key_of(a, column) < _key_of(b, column))
	if items == before:
		items.reverse()
	for item: TreeItem in items:
		root.remove_child(item)
	for item: TreeItem in items:
		root.add_child(item)


static func _key_of(item: TreeItem, column: int) -> Variant:
	var package: OtherworldPackageInfo = item.get_metadata(1)
	if column == 2:
		return package.bounds.get_longest_axis_size()
	return package.rank_pc if column == 3 else item.get_text(column).to_lower()


func _select(hash: String) -> void:
	for item: TreeItem in _packages.get_root().get_children() if _packages.get_root() != null else ([] as Array[TreeItem]):
		if item.get_metadata(0) == hash:
			item.select(0)
			_packages.scroll_to_item(item)


func _row_of(package: OtherworldPackageInfo) -> Array:
	var kind := "avatar" if package.kind == OtherworldPackageInfo.Kind.AVATAR else "object"
	return [package.name + ("" if package.is_own else " (shared)"), kind, "", ""]


static func _file_size(bytes: int) -> String:
	return "%.1f MiB" % (bytes / 1_048_576.0) if bytes >= 1_048_576 else "%d KiB" % ceili(bytes / 1024.0)


static func _show_details(item: TreeItem) -> void:
	var package: OtherworldPackageInfo = item.get_metadata(1)
	if not package.is_described:
		return
	var size := package.bounds.size
	item.set_text(2, "%.2f m" % package.bounds.get_longest_axis_size())
	var metres := "%.2f m wide, %.2f m high, %.2f m deep" % [size.x, size.y, size.z]
	item.set_tooltip_text(2, "%s; a file of %s" % [metres, _file_size(package.bytes)])
	item.set_text(3, package.rank_text())
	var mobile := OtherworldPackageInfo._text_of(package.rank_mobile)
	item.set_tooltip_text(3, "%s on PC, %s on mobile" % [package.rank_text(), mobile])


static func _titles(tree: Tree, titles: PackedStringArray, widths: PackedInt32Array) -> void:
	for i: int in titles.size():
		tree.set_column_title(i, titles[i])
		tree.set_column_title_alignment(i, HORIZONTAL_ALIGNMENT_LEFT)
		tree.set_column_expand_ratio(i, widths[i])
		tree.set_column_clip_content(i, true)
		tree.set_column_custom_minimum_width(i, roundi(_COLUMN_PIXELS_MIN * EditorInterface.get_editor_scale()))


static func _fill(tree: Tree, rows: Array) -> void:
	tree.clear()
	var root := tree.create_item()
	for row: Array in rows:
		var item := root.create_child()
		for i: int in row.size():
			item.set_text(i, str(row[i]))
			item.set_tooltip_text(i, item.get_text(i))


static func _default_name() -> String:
	var name := OS.get_environment("USER" if OS.has_environment("USER") else "USERNAME")
	return name.left(32) if name else "Builder"
