@tool
extends Node
## The base of tests: each method whose name starts with [code]test_[/code] is a test, and may use [code]await[/code].
##
## After a failed check the test continues. Errors of the engine and of scripts fail it as well (see runner.gd).

## Failures of the current test.
var failures: PackedStringArray = []


## Called before each test of the file; may use [code]await[/code].
func before() -> void:
	pass


## Called after each test of the file, also after a failure; may use [code]await[/code].
func after() -> void:
	pass


## Fails the test with [param what] unless [param condition] holds.
func check(condition: bool, what: String) -> void:
	if not condition:
		_fail(what)


## Fails the test unless both are equal in type and value.
func equal(actual: Variant, expected: Variant, what := "") -> void:
	if typeof(actual) != typeof(expected) or actual != expected:
		_fail("%sgot %s, expected %s" % [what + ": " if what else "", var_to_str(actual).left(2000), var_to_str(expected).left(2000)])


## Fails the test unless the numbers differ by at most [param most].
func near(actual: float, expected: float, most: float, what := "") -> void:
	if not absf(actual - expected) <= most:
		_fail("%sgot %s, expected %s within %s" % [what + ": " if what else "", actual, expected, most])


## Fails the test unless the points are at most [param most] apart.
func near_point(actual: Vector3, expected: Vector3, most: float, what := "") -> void:
	if not actual.distance_to(expected) <= most:
		_fail("%sgot %s, expected %s within %s" % [what + ": " if what else "", actual, expected, most])


## Waits until [param look] returns something true; fails the test after [param seconds].
func until(what: String, look: Callable, seconds := 15.0) -> bool:
	var end := Time.get_ticks_msec() + seconds * 1000.0
	while not look.call():
		if Time.get_ticks_msec() > end:
			_fail("waited %s s in vain until %s" % [seconds, what])
			return false
		await get_tree().process_frame
	return true


func _fail(what: String) -> void:
	var at := ""
	for frame: Dictionary in get_stack():
		if frame.source != get_script().resource_path.get_base_dir() and not String(frame.source).ends_with("test_case.gd"):
			at = "%s:%d: " % [String(frame.source).get_file(), frame.line]
			break
	failures.append(at + what)
