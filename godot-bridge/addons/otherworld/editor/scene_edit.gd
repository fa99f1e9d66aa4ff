@tool
extends RefCounted
## Changes the edited scene, with undo.

const CLIENT_SCRIPT := "../otherworld_client.gd"
const CLIENT_NAME := &"OtherworldClient"

## Why nothing was changed; "" if something was.
var problem := ""


## Adds an instance of a scene file below the selected node, or the scene's root. Returns null with a [member problem].
func add_scene(path: String) -> Node:
	var parent := _parent()
	if parent == null:
		return null
	var scene: PackedScene = load(path)
	if scene == null:
		problem = "%s cannot be read. Remove it and try again." % path
		return null
	var node := scene.instantiate(PackedScene.GEN_EDIT_STATE_INSTANCE)
	_add(node, parent, "Add package \"%s\"" % node.name)
	return node


## Adds an OtherworldClient with a URL, or sets the URL of the existing one. Returns null with a [member problem].
func add_client(url: String) -> Node:
	var scene_root := _root()
	if scene_root == null:
		return null
	var client := _client_in(scene_root)
	var undo := EditorInterface.get_editor_undo_redo()
	if client != null:
		undo.create_action("Set URL of OtherworldClient", UndoRedo.MERGE_DISABLE, scene_root)
		undo.add_do_property(client, &"url", url)
		undo.add_undo_property(client, &"url", client.get(&"url"))
		undo.commit_action()
	else:
		client = Node.new()
		client.name = CLIENT_NAME
		var folder := (get_script() as Script).resource_path.get_base_dir()
		client.set_script(load(folder.path_join(CLIENT_SCRIPT).simplify_path()))
		client.set(&"url", url)
		_add(client, scene_root, "Add OtherworldClient")
	_select(client)
	return client


## Returns the only selected Node3D; null with a [member problem].
func selected() -> Node3D:
	var nodes := EditorInterface.get_selection().get_selected_nodes()
	problem = ""
	if nodes.size() == 1 and nodes[0] is Node3D:
		return nodes[0]
	if nodes.size() == 1:
		problem = "\"%s\" is a %s. Select a Node3D: a mesh, a figure, or a node above them." \
				% [nodes[0].name, nodes[0].get_class()]
	else:
		problem = "Select the Node3D to upload in the Scene dock, and only that one."
	return null


## Returns whether an object is an OtherworldClient, also if its script does not run, as in the editor.
static func is_client(object: Object) -> bool:
	var script := object.get_script() as Script if object != null else null
	while script != null:
		if script.get_global_name() == CLIENT_NAME:
			return true
		script = script.get_base_script()
	return false


func _add(node: Node, parent: Node, action: String) -> void:
	var scene_root := _root()
	var undo := EditorInterface.get_editor_undo_redo()
	undo.create_action(action, UndoRedo.MERGE_DISABLE, scene_root)
	undo.add_do_method(parent, &"add_child", node, true)
	undo.add_do_property(node, &"owner", scene_root)
	undo.add_do_reference(node)
	undo.add_undo_method(parent, &"remove_child", node)
	undo.commit_action()
	_select(node)


func _root() -> Node:
	var scene_root := EditorInterface.get_edited_scene_root()
	problem = "" if scene_root != null else "No scene is open. Open one, or create one: Scene > New Scene, then 3D Scene."
	return scene_root


func _parent() -> Node:
	var scene_root := _root()
	var nodes := EditorInterface.get_selection().get_selected_nodes()
	if scene_root != null and nodes.size() == 1 and nodes[0] is Node3D and _is_editable(nodes[0], scene_root):
		return nodes[0]
	return scene_root


## Returns the parent for a new node. It is not inside an instance of another scene, where the node would be lost.
func _is_editable(node: Node, scene_root: Node) -> bool:
	return node == scene_root or (node.owner == scene_root and node.scene_file_path.is_empty())


func _client_in(node: Node) -> Node:
	if is_client(node):
		return node
	for child: Node in node.get_children():
		var found := _client_in(child)
		if found != null:
			return found
	return null


func _select(node: Node) -> void:
	EditorInterface.get_selection().clear()
	EditorInterface.get_selection().add_node(node)
	EditorInterface.edit_node(node)
