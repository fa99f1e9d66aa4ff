@tool
extends RefCounted
## Reads a file, or uses its bytes, and computes its SHA-256 on another thread.

const Frames := preload("../../net/frames.gd")

## Limit of a file, bytes: ten times the default of a server. A video by mistake does not fill the memory.
const FILE_BYTES_MAX := 268_435_456
## Bytes hashed between two checks for a cancellation.
const _PIECE_BYTES := 1_048_576

var bytes := PackedByteArray()
## SHA-256 in 64 lower-case hex digits, once the file is read.
var sha256 := ""
## Why it failed, a message for the user; "" if it did not.
var problem := ""
var _path: String
## Progress of hashing, 0 to 1. The other thread writes it.
var _share := 0.0
var _is_cancelled := false


## [param path] names a file. If it is empty, [param content] is used.
func _init(path: String, content := PackedByteArray()) -> void:
	_path = path
	bytes = content


## Reads the file; await it. In each frame [param go_on] is called with the progress, 0 to 1. If it returns false,
## reading ends early.
func read(go_on: Callable) -> void:
	var task := WorkerThreadPool.add_task(_work, false, "SHA-256 of an upload")
	# Waits for the thread in any case, because it works on this object.
	while not WorkerThreadPool.is_task_completed(task):
		_is_cancelled = not go_on.call(_share)
		_is_cancelled = not await Frames.next() or _is_cancelled
	WorkerThreadPool.wait_for_task_completion(task)


func _work() -> void:
	if _path and not _load():
		return
	var context := HashingContext.new()
	context.start(HashingContext.HASH_SHA256)
	var at := 0
	while at < bytes.size() and not _is_cancelled:
		var next := mini(bytes.size(), at + _PIECE_BYTES)
		context.update(bytes.slice(at, next))
		at = next
		_share = float(at) / bytes.size()
	if not bytes.is_empty():
		sha256 = context.finish().hex_encode()
	else:
		problem = "\"%s\" is empty. Export the model again." % _path if _path else "There are no bytes to upload."


func _load() -> bool:
	var file := FileAccess.open(_path, FileAccess.READ)
	if file == null:
		problem = "\"%s\" cannot be read (%s)." % [_path, error_string(FileAccess.get_open_error())]
		if _path.begins_with("res://"):
			problem += " An exported game holds imported scenes, not their files: upload the scene with from_node()."
	elif file.get_length() > FILE_BYTES_MAX:
		problem = "\"%s\" has %d MiB; no server takes more than %d. Make its textures and meshes smaller." \
				% [_path, file.get_length() >> 20, FILE_BYTES_MAX >> 20]
	else:
		bytes = file.get_buffer(file.get_length())
	return problem.is_empty()
