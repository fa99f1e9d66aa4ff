@tool
extends Node
## Loads packages and their models: each once for all users, the nearest first, a few at a time, on other threads. It
## releases them when they have no users.
##
## Request one, wait for [signal LoadRequest.settled] (or check its state), and release it:
## [codeblock]
## var load_request := library.request_package(hash)
## await load_request.settled
## [/codeblock]

const PackageApi := preload("package_api.gd")
const PackageCache := preload("package_cache.gd")
const Frames := preload("../../net/frames.gd")
const Manifest := preload("manifest.gd")
const Model := preload("../model/model.gd")
const ModelReader := preload("../model/model_reader.gd")
const JsonReader := preload("json_reader.gd")
const LoadRequest := preload("load_request.gd")

## Limit of concurrent requests for manifests.
const PACKAGES_AT_ONCE_MAX := 6
## Limit of models that are downloaded or read at the same time.
const MODELS_AT_ONCE_MAX := 4
## Pauses before transient failures are retried. The last one repeats.
const RETRY_MSEC: PackedFloat32Array = [1_000.0, 3_000.0, 10_000.0, 30_000.0]
## By default, something without users is kept for this time: you may turn around, or walk to and fro at a distance
## limit.
const KEPT_MSEC := 20_000.0
## Interval of checks for what to load next, seconds.
const ROUND_SECONDS := 0.05

## Makes the requests. Set its server and token.
var api := PackageApi.new()
var cache := PackageCache.new()
## Something without users is kept for this time.
var kept_msec := KEPT_MSEC

var _packages: Dictionary[String, LoadRequest] = {}
var _models: Dictionary[String, LoadRequest] = {}
var _seconds := 0.0
## Tasks on other threads. They must end before the engine does.
var _tasks: Dictionary[int, bool] = {}


## Result of a task on another thread.
class LoadResult:
	extends RefCounted
	var manifest: Manifest
	var model: Model
	var fault := ""
	## Bytes of the file; empty if it was not on the disk, or is damaged.
	var bytes := PackedByteArray()


func _process(delta: float) -> void:
	_seconds += delta
	if _seconds < ROUND_SECONDS:
		return
	_seconds = 0.0
	_load_due(_packages, PACKAGES_AT_ONCE_MAX, _load_package)
	_load_due(_models, MODELS_AT_ONCE_MAX, _load_model)


func _exit_tree() -> void:
	for task: int in _tasks:
		# Another thread may wait for this one to serve the renderer. Waiting without serving it would be a deadlock.
		while not WorkerThreadPool.is_task_completed(task):
			RenderingServer.force_sync()
			OS.delay_msec(1)
		WorkerThreadPool.wait_for_task_completion(task)
	_tasks.clear()


## Requests a package's manifest. Return it with [method release].
func request_package(hash: String) -> LoadRequest:
	if not _packages.has(hash):
		_packages[hash] = _new_request(hash)
	return _with_user(_packages[hash])


## Requests one of the models of a package whose manifest is loaded.
func request_model(manifest: Manifest, level: int) -> LoadRequest:
	var file := manifest.models[level]
	# Packages with equal files may name other joints.
	var key := "%s/%s" % [manifest.hash, file.sha256]
	if not _models.has(key):
		var load_request := _new_request(key)
		load_request.package = manifest.hash
		load_request.manifest = manifest
		load_request.file = file
		_models[key] = load_request
	return _with_user(_models[key])


## Releases a request. Call it once for each request.
func release(load_request: LoadRequest) -> void:
	load_request.users -= 1
	load_request.idle_since_msec = _now()


## Returns the approximate size of the loaded models, bytes.
func bytes_loaded() -> int:
	var bytes := 0
	for load_request: LoadRequest in _models.values():
		if load_request.model != null:
			bytes += load_request.model.bytes
	return bytes


## Returns the number of loaded models.
func models_loaded() -> int:
	return _models.values().filter(func(load_request: LoadRequest) -> bool: return load_request.model != null).size()


func _new_request(key: String) -> LoadRequest:
	var load_request := LoadRequest.new()
	load_request.key = key
	return load_request


func _with_user(load_request: LoadRequest) -> LoadRequest:
	load_request.users += 1
	return load_request


func _load_due(load_requests: Dictionary[String, LoadRequest], at_once_max: int, load_one: Callable) -> void:
	var now_msec := _now()
	var due: Array[LoadRequest] = []
	var loading := 0
	for load_request: LoadRequest in load_requests.values():
		if load_request.state == LoadRequest.State.LOADING:
			loading += 1
		elif load_request.users <= 0:
			if now_msec - load_request.idle_since_msec > kept_msec:
				load_requests.erase(load_request.key)
		elif load_request.state == LoadRequest.State.WAITING and now_msec >= load_request.retry_at_msec:
			due.append(load_request)
	due.sort_custom(func(a: LoadRequest, b: LoadRequest) -> bool: return a.metres < b.metres)
	for load_request: LoadRequest in due.slice(0, maxi(0, at_once_max - loading)):
		load_request.state = LoadRequest.State.LOADING
		load_one.call(load_request)


func _load_package(load_request: LoadRequest) -> void:
	var answer := await api.package(load_request.key)
	if not answer.is_ok():
		_fail(load_request, answer.fault.full_message(), PackageApi.is_transient(answer))
		return
	var result := await _on_thread(_read_manifest.bind(answer.json, load_request.key))
	load_request.manifest = result.manifest
	if result.manifest == null:
		_fail(load_request, "The server's answer is not valid: %s." % result.fault, false)
	else:
		_settle(load_request)


func _load_model(load_request: LoadRequest) -> void:
	var result := await _on_thread(_read_cached.bind(load_request.file))
	if result.bytes.is_empty():
		var answer := await _download(load_request)
		if not answer.is_ok():
			_fail(load_request, answer.fault.full_message(), PackageApi.is_transient(answer))
			return
		result = await _on_thread(_keep_downloaded.bind(answer.body, load_request.file))
	if not result.bytes.is_empty():
		var work := _read_model.bind(result.bytes, load_request.manifest)
		result = work.call() if _is_headless() else await _on_thread(work)
	load_request.model = result.model
	if result.model == null:
		_fail(load_request, result.fault, false)
	else:
		_settle(load_request)


## Downloads a file by its link. If the link has expired, it requests a new one.
func _download(load_request: LoadRequest) -> OtherworldResponse:
	var answer := await api.file(load_request.file.url, load_request.file.bytes)
	if answer.is_ok() or not PackageApi.is_stale(answer):
		return answer
	var fresh := await api.package(load_request.package)
	if not fresh.is_ok():
		return fresh
	var result := await _on_thread(_read_manifest.bind(fresh.json, load_request.package))
	for file: Manifest.ModelFile in result.manifest.models if result.manifest != null \
			else ([] as Array[Manifest.ModelFile]):
		if file.sha256 == load_request.file.sha256:
			load_request.file.url = file.url
			return await api.file(file.url, load_request.file.bytes)
	return answer


func _settle(load_request: LoadRequest) -> void:
	load_request.state = LoadRequest.State.READY
	load_request.load_error = ""
	load_request.settled.emit()


func _fail(load_request: LoadRequest, message: String, is_transient: bool) -> void:
	var is_new := load_request.load_error != message
	load_request.load_error = message
	load_request.state = LoadRequest.State.WAITING if is_transient else LoadRequest.State.FAILED
	load_request.retry_at_msec = _now() + RETRY_MSEC[mini(load_request.failures, RETRY_MSEC.size() - 1)]
	load_request.failures += 1
	if is_new and not Frames.is_ending():
		push_warning("Otherworld: package %s… is not shown. %s" % [load_request.key.left(12), message])
	load_request.settled.emit()


## Runs work on another thread and returns its result.
func _on_thread(work: Callable) -> LoadResult:
	var box: Array[LoadResult] = []
	if Frames.is_ending():
		return LoadResult.new()
	var task := WorkerThreadPool.add_task(func() -> void: box.append(work.call() as LoadResult), false,
			"Otherworld: reads a package")
	_tasks[task] = true
	# _exit_tree() has waited for all tasks.
	while _tasks.has(task) and not WorkerThreadPool.is_task_completed(task):
		await Frames.next()
	if _tasks.erase(task):
		WorkerThreadPool.wait_for_task_completion(task)
	return box[0]


## Without a screen, models are read on the main thread. Godot 4.6's dummy renderer returns the same id twice if two
## threads request one at the same time, which crashed the program. A stalled frame disturbs nobody there.
static func _is_headless() -> bool:
	return DisplayServer.get_name() == "headless"


static func _now() -> float:
	return Time.get_ticks_usec() / 1000.0


# --- The following runs on other threads. It uses only its arguments and the cache, which is thread-safe.


static func _read_manifest(json: Variant, hash: String) -> LoadResult:
	var result := LoadResult.new()
	var reading := JsonReader.new()
	result.manifest = Manifest.read(json, hash, reading)
	result.fault = reading.fault
	return result


func _read_cached(file: Manifest.ModelFile) -> LoadResult:
	var result := LoadResult.new()
	result.bytes = cache.read(file.sha256)
	return result


func _keep_downloaded(bytes: PackedByteArray, file: Manifest.ModelFile) -> LoadResult:
	var result := LoadResult.new()
	if PackageCache.sha256_of(bytes) == file.sha256:
		result.bytes = bytes
		cache.write(file.sha256, bytes)
	else:
		result.fault = "The file that the store sent is damaged: its hash is not what the package says."
	return result


static func _read_model(bytes: PackedByteArray, manifest: Manifest) -> LoadResult:
	var result := LoadResult.new()
	var reader := ModelReader.new()
	result.model = reader.read(bytes, manifest)
	result.fault = reader.fault
	return result
