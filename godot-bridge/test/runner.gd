@tool
extends Node
## Runs tests: every method that starts with [code]test_[/code] in every [code]*_test.gd[/code] below a folder. Errors
## of the engine and of scripts fail the test in which they occur.

const TestCase := preload("test_case.gd")
const ErrorLog := preload("error_log.gd")
## A test that takes longer fails, seconds.
const TEST_SECONDS_MAX := 120.0

var _log := ErrorLog.new()
var _passed := 0
var _failed := 0
var _only := ""


## Runs the tests of a file, or of all files below a folder. [param only] selects those with that word in their names.
## Returns [code]true[/code] if all passed and there was at least one.
func run(place: String, only := "") -> bool:
	_only = only
	OS.add_logger(_log)
	var paths := _tests_in(place)
	if paths.is_empty():
		printerr("There is no *_test.gd at \"%s\". Give a folder or a file." % place)
	for path: String in paths:
		await _run_file(path)
	print("%d passed, %d failed" % [_passed, _failed])
	OS.remove_logger(_log)
	return _passed > 0 and _failed == 0


func _tests_in(place: String) -> PackedStringArray:
	if place.ends_with("_test.gd"):
		return [place]
	var found: PackedStringArray = []
	for folder: String in DirAccess.get_directories_at(place):
		found.append_array(_tests_in(place.path_join(folder)))
	for file: String in DirAccess.get_files_at(place):
		if file.ends_with("_test.gd"):
			found.append(place.path_join(file))
	found.sort()
	return found


func _run_file(path: String) -> void:
	var script: GDScript = load(path)
	if script == null or not script.can_instantiate():
		_report(path.get_file(), 0, _log.take() + PackedStringArray(["the file cannot be loaded"]))
		return
	for method: Dictionary in script.get_script_method_list():
		var test: String = method.name
		if test.begins_with("test_") and (_only.is_empty() or _only in test):
			await _run_test(script, path.get_file(), test)


func _run_test(script: GDScript, file: String, test: String) -> void:
	_log.take()
	var node: TestCase = script.new()
	add_child(node)
	var begin := Time.get_ticks_msec()
	var ended := [false]
	_call_test(node, test, ended)
	while not ended[0]:
		if Time.get_ticks_msec() - begin > TEST_SECONDS_MAX * 1000.0:
			node.failures.append("did not end within %s s" % TEST_SECONDS_MAX)
			break
		await get_tree().process_frame
	var failures := node.failures
	node.queue_free()
	await get_tree().process_frame
	_report("%s %s" % [file, test], Time.get_ticks_msec() - begin, failures + _log.take())


func _call_test(node: TestCase, test: String, ended: Array) -> void:
	await node.before()
	await node.call(test)
	await node.after()
	ended[0] = true


func _report(what: String, milliseconds: int, failures: PackedStringArray) -> void:
	if failures.is_empty():
		_passed += 1
	else:
		_failed += 1
	print("%s %s (%d ms)" % ["ok    " if failures.is_empty() else "not ok", what, milliseconds])
	for failure: String in failures:
		print("         ", failure)
