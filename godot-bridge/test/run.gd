extends SceneTree
## Runs tests in a real Godot:
## [codeblock]
## godot --headless --path godot-bridge/demo -s "$PWD/godot-bridge/test/run.gd" -- FOLDER_OR_FILE [--only WORD]
## [/codeblock]
## Exit code 0 if all tests passed and there was at least one.

const Runner := preload("runner.gd")


func _initialize() -> void:
	_run()


func _run() -> void:
	await process_frame
	var arguments := OS.get_cmdline_user_args()
	var at := arguments.find("--only")
	var runner := Runner.new()
	root.add_child(runner)
	var is_passed := await runner.run(arguments[0] if arguments.size() > 0 else "", arguments[at + 1] if at >= 0 and at + 1 < arguments.size() else "")
	quit(0 if is_passed else 1)
