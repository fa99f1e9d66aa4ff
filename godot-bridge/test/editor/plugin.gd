@tool
extends EditorPlugin
## Runs the tests of this folder in the editor and quits with exit code 0 if all passed.

const Runner := preload("../runner.gd")


func _enter_tree() -> void:
	_run.call_deferred()


func _run() -> void:
	var files := EditorInterface.get_resource_filesystem()
	while files.is_scanning():
		await get_tree().process_frame
	var runner := Runner.new()
	add_child(runner)
	var folder := (get_script() as Script).resource_path.get_base_dir()
	var is_passed := await runner.run(folder, OS.get_environment("OTHERWORLD_ONLY"))
	get_tree().quit(0 if is_passed else 1)
