extends RefCounted
## Adds what a client needs if the scene has none: a node that shows the realm, a node that plays in it, and messages in
## Godot's output. Scripts of these nodes are loaded only here, so a program that needs neither does not load them.

const ConsoleReporter := preload("console_reporter.gd")

const _FOLDER := "nodes"
const _VIEW := ["OtherworldView", "otherworld_view.gd"]
const _DESKTOP := ["OtherworldPlayer", "otherworld_player.gd"]
const _XR := ["OtherworldXRPlayer", "otherworld_xr_player.gd"]
const _XR_START := "xr_start.gd"


## Adds the missing nodes below the client, as its properties say.
static func add_to(client: OtherworldClient) -> void:
	ConsoleReporter.follow(client)
	if client.add_view:
		_add(client, _VIEW)
	if client.player_kind == OtherworldClient.PlayerKind.NONE or _is_there(client, _DESKTOP[0]) \
			or _is_there(client, _XR[0]):
		return
	var is_xr := client.player_kind == OtherworldClient.PlayerKind.XR \
			or (client.player_kind == OtherworldClient.PlayerKind.AUTO and _has_headset(client))
	_add(client, _XR if is_xr else _DESKTOP)


static func _add(client: OtherworldClient, what: Array) -> void:
	var type: String = what[0]
	if _is_there(client, type):
		return
	var path := _path(what[1])
	# The addon may be installed without its nodes, by a project that has its own.
	if not ResourceLoader.exists(path):
		return
	var script: GDScript = load(path)
	var node: Node = script.new()
	node.name = type
	client.add_child(node)


# A node in any scene counts: its developer placed it.
static func _is_there(client: OtherworldClient, type: String) -> bool:
	return not client.get_tree().root.find_children("*", type, true, false).is_empty()


static func _has_headset(client: OtherworldClient) -> bool:
	var start: GDScript = load(_path(_XR_START))
	return start.call(&"start", client.get_viewport())


static func _path(file: String) -> String:
	var this := OtherworldClient as GDScript
	return this.resource_path.get_base_dir().path_join(_FOLDER).path_join(file)
