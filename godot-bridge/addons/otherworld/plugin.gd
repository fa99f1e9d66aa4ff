@tool
extends EditorPlugin
## The addon's editor plugin: a dock for a server, and a button on OtherworldClient in the inspector.

const ClientInspector := preload("editor/client_inspector.gd")
const DOCK_SCENE := preload("editor/dock.tscn")

var _dock: Control
var _inspector: EditorInspectorPlugin


func _enter_tree() -> void:
	_dock = DOCK_SCENE.instantiate()
	add_control_to_dock(DOCK_SLOT_RIGHT_BL, _dock)
	_inspector = ClientInspector.new()
	add_inspector_plugin(_inspector)


func _exit_tree() -> void:
	remove_inspector_plugin(_inspector)
	remove_control_from_docks(_dock)
	_dock.queue_free()
