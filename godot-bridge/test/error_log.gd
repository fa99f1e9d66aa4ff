@tool
extends Logger
## Collects errors of the engine and of scripts. None of them ends Godot; each fails the test in which it occurs.

var _errors: PackedStringArray = []
var _mutex := Mutex.new()


func _log_error(function: String, file: String, line: int, code: String, rationale: String, _editor_notify: bool, error_type: int, _script_backtraces: Array[ScriptBacktrace]) -> void:
	if error_type == Logger.ERROR_TYPE_WARNING:
		return
	_mutex.lock()
	_errors.append("%s:%d %s: %s" % [file, line, function, rationale if rationale else code])
	_mutex.unlock()


## Returns the errors since the last call.
func take() -> PackedStringArray:
	_mutex.lock()
	var taken := _errors
	_errors = []
	_mutex.unlock()
	return taken
