@tool
extends RefCounted
## A disk cache of package files by their SHA-256, so that a package is downloaded once.
##
## A file is written under a temporary name and renamed, so a file with its final name is complete. It is hashed again
## at each read, because disks err and others can write the folder; a wrong file is removed and reads as absent. Beyond
## [member bytes_max] the least recently used files are removed. All methods can be called from any thread.

const JsonReader := preload("json_reader.gd")

const FOLDER := "user://otherworld/cache"
## Default size of the cache, bytes: some hundred avatars.
const BYTES_MAX := 512 * 1024 * 1024
## Bytes hashed at once.
const CHUNK_BYTES := 1 << 20
## Unfinished files of another program are removed after this time, seconds.
const UNFINISHED_SECONDS_MAX := 3600

## Limit of the files together, bytes.
var bytes_max := BYTES_MAX

var _folder: String
var _mutex := Mutex.new()
var _is_open := false
## Bytes and last use by file name. The last use is a growing number.
var _sizes: Dictionary[String, int] = {}
var _used: Dictionary[String, int] = {}
var _bytes := 0
var _uses := 0


func _init(folder := FOLDER) -> void:
	_folder = folder


## Returns the SHA-256 of bytes, 64 lower-case hex digits.
static func sha256_of(bytes: PackedByteArray) -> String:
	var context := HashingContext.new()
	context.start(HashingContext.HASH_SHA256)
	for at: int in range(0, bytes.size(), CHUNK_BYTES):
		context.update(bytes.slice(at, at + CHUNK_BYTES))
	return context.finish().hex_encode()


## Returns the file with that hash; empty if it is absent or was damaged.
func read(sha256: String) -> PackedByteArray:
	if not JsonReader.is_sha256(sha256):
		return []
	var path := _folder.path_join(sha256)
	var bytes := FileAccess.get_file_as_bytes(path) if FileAccess.file_exists(path) else PackedByteArray()
	var is_whole := not bytes.is_empty() and sha256_of(bytes) == sha256
	_mutex.lock()
	_open()
	if is_whole:
		_note(sha256, bytes.size())
	else:
		_remove(sha256)
	_mutex.unlock()
	return bytes if is_whole else PackedByteArray()


## Writes bytes whose hash was checked. A full disk is a warning; the package is shown anyway.
func write(sha256: String, bytes: PackedByteArray) -> Error:
	if not JsonReader.is_sha256(sha256) or bytes.is_empty():
		return ERR_INVALID_PARAMETER
	if bytes.size() > bytes_max:
		return ERR_OUT_OF_MEMORY
	DirAccess.make_dir_recursive_absolute(_folder)
	var unfinished := _folder.path_join("%s.%d-%d.part" % [sha256, OS.get_process_id(), OS.get_thread_caller_id()])
	var error := _write_whole(unfinished, bytes)
	if error == OK:
		error = DirAccess.rename_absolute(unfinished, _folder.path_join(sha256))
	if error != OK:
		DirAccess.remove_absolute(unfinished)
		return error
	_mutex.lock()
	_open()
	_note(sha256, bytes.size())
	_evict(sha256)
	_mutex.unlock()
	return OK


## Returns the size of the files together, bytes.
func bytes_used() -> int:
	_mutex.lock()
	_open()
	var bytes := _bytes
	_mutex.unlock()
	return bytes


func _write_whole(path: String, bytes: PackedByteArray) -> Error:
	var file := FileAccess.open(path, FileAccess.WRITE)
	if file == null:
		return FileAccess.get_open_error()
	var is_written := file.store_buffer(bytes)
	file.close()
	return OK if is_written else ERR_FILE_CANT_WRITE


## Reads the files of earlier runs, the least recently used first.
func _open() -> void:
	if _is_open:
		return
	_is_open = true
	var found: Array[PackedStringArray] = []
	for name: String in DirAccess.get_files_at(_folder) if DirAccess.dir_exists_absolute(_folder) else PackedStringArray():
		var path := _folder.path_join(name)
		var modified := FileAccess.get_modified_time(path)
		if JsonReader.is_sha256(name):
			found.append(PackedStringArray(["%020d" % modified, name]))
		elif name.ends_with(".part") and Time.get_unix_time_from_system() - modified > UNFINISHED_SECONDS_MAX:
			DirAccess.remove_absolute(path)
	found.sort_custom(func(a: PackedStringArray, b: PackedStringArray) -> bool: return a[0] < b[0])
	for entry: PackedStringArray in found:
		_sizes[entry[1]] = FileAccess.get_size(_folder.path_join(entry[1]))
		_bytes += _sizes[entry[1]]
		_uses += 1
		_used[entry[1]] = _uses


func _note(sha256: String, bytes: int) -> void:
	_bytes += bytes - _sizes.get(sha256, 0)
	_sizes[sha256] = bytes
	if not _used.has(sha256) or _used[sha256] < _uses:
		_uses += 1
		_used[sha256] = _uses
		_touch(sha256)


## The next run reads the last use from the modification time, so a byte is overwritten with itself.
func _touch(sha256: String) -> void:
	var file := FileAccess.open(_folder.path_join(sha256), FileAccess.READ_WRITE)
	if file == null:
		return
	var first := file.get_8()
	file.seek(0)
	file.store_8(first)


func _remove(sha256: String) -> void:
	DirAccess.remove_absolute(_folder.path_join(sha256)) if FileAccess.file_exists(_folder.path_join(sha256)) else OK
	_bytes -= _sizes.get(sha256, 0)
	_sizes.erase(sha256)
	_used.erase(sha256)


func _evict(kept: String) -> void:
	if _bytes <= bytes_max:
		return
	var names := _used.keys()
	names.sort_custom(func(a: String, b: String) -> bool: return _used[a] < _used[b])
	for name: String in names:
		if _bytes <= bytes_max:
			return
		if name != kept:
			_remove(name)
