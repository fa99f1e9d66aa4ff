@tool
extends EditorPlugin
## The addon's editor plugin: a dock for a server, and a button on OtherworldClient in the inspector.

const SupportedVersion := preload("supported_version.gd")

var _dock: Control
var _inspector: EditorInspectorPlugin


func _enter_tree() -> void:
	var fault := SupportedVersion.fault_of(Engine.get_version_info())
	if fault:
		push_error(fault)
		return
	# Loaded here, because an older Godot cannot read these scripts.
	_dock = (load(_beside("editor/dock.tscn")) as PackedScene).instantiate()
	add_control_to_dock(DOCK_SLOT_RIGHT_BL, _dock)
	_inspector = (load(_beside("editor/client_inspector.gd")) as GDScript).new()
	add_inspector_plugin(_inspector)


func _exit_tree() -> void:
	if _dock == null:
		return
	remove_inspector_plugin(_inspector)
	remove_control_from_docks(_dock)
	_dock.queue_free()


func _beside(path: String) -> String:
	return (get_script() as Script).resource_path.get_base_dir().path_join(path)
