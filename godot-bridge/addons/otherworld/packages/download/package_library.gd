@tool
extends Node
## Packages and their models as they are loaded: each once for all who show it, the nearest first, a few at a time, beside
## the main thread; and released again when nobody shows it.
##
## Take a wish, wait for [signal Wish.settled] (or look at its state), and give it back:
## [codeblock]
## var wish := library.want_package(hash)
## await wish.settled
## [/codeblock]

const HttpResponse := preload("../../net/http/http_response.gd")
const PackageApi := preload("package_api.gd")
const PackageCache := preload("package_cache.gd")
const Manifest := preload("manifest.gd")
const Model := preload("../model/model.gd")
const ModelReader := preload("../model/model_reader.gd")
const JsonReader := preload("json_reader.gd")
const LoadRequest := preload("load_request.gd")

## Manifests asked for at once.
const PACKAGES_AT_ONCE_MAX := 6
## Models on the line or being read at once: two of each.
const MODELS_AT_ONCE_MAX := 4
## Waits before something that failed for a passing reason is tried again; the last goes on.
const AGAIN_MSEC: PackedFloat32Array = [1_000.0, 3_000.0, 10_000.0, 30_000.0]
## What nobody shows is kept this long by default: who turns round, or walks to and fro at a limit, does not wait again.
const KEPT_MSEC := 20_000.0
## How often it is looked what is next, seconds.
const ROUND_SECONDS := 0.05

## Who asks; set its server and token.
var api := PackageApi.new()
var cache := PackageCache.new()
## How long what nobody shows is kept.
var kept_msec := KEPT_MSEC

var _packages: Dictionary[String, LoadRequest] = {}
var _models: Dictionary[String, LoadRequest] = {}
var _seconds := 0.0
## Tasks on other threads, which must end before the engine does.
var _tasks: Dictionary[int, bool] = {}


## What a task on another thread came to.
class Made:
	extends RefCounted
	var manifest: Manifest
	var model: Model
	var fault := ""
	## Of the file; empty: it was not on the disk, or is damaged.
	var bytes := PackedByteArray()


func _process(delta: float) -> void:
	_seconds += delta
	if _seconds < ROUND_SECONDS:
		return
	_seconds = 0.0
	_round(_packages, PACKAGES_AT_ONCE_MAX, _load_package)
	_round(_models, MODELS_AT_ONCE_MAX, _load_model)


func _exit_tree() -> void:
	for task: int in _tasks:
		# What another thread asks of the renderer waits for this one: to wait for it without a word would be for ever.
		while not WorkerThreadPool.is_task_completed(task):
			RenderingServer.force_sync()
			OS.delay_msec(1)
		WorkerThreadPool.wait_for_task_completion(task)
	_tasks.clear()


## Wants a package's manifest; give it back with [method let_go].
func want_package(hash: String) -> LoadRequest:
	if not _packages.has(hash):
		_packages[hash] = _wish(hash)
	return _taken(_packages[hash])


## Wants one of the models of a package whose manifest is there.
func want_model(manifest: Manifest, level: int) -> LoadRequest:
	var file := manifest.models[level]
	# Files of equal content may belong to packages that name other joints.
	var key := "%s/%s" % [manifest.hash, file.sha256]
	if not _models.has(key):
		var wish := _wish(key)
		wish.package = manifest.hash
		wish.manifest = manifest
		wish.file = file
		_models[key] = wish
	return _taken(_models[key])


## Wants it no more.
func release(wish: LoadRequest) -> void:
	wish.users -= 1
	wish.idle_since_msec = _now()


## What models take that are there, bytes, about.
func bytes_loaded() -> int:
	var bytes := 0
	for wish: LoadRequest in _models.values():
		if wish.model != null:
			bytes += wish.model.bytes
	return bytes


## How many models are there.
func models_loaded() -> int:
	return _models.values().filter(func(wish: LoadRequest) -> bool: return wish.model != null).size()


func _wish(key: String) -> LoadRequest:
	var wish := LoadRequest.new()
	wish.key = key
	return wish


func _taken(wish: LoadRequest) -> LoadRequest:
	wish.users += 1
	return wish


func _round(wishes: Dictionary[String, LoadRequest], at_once_max: int, load_one: Callable) -> void:
	var now_msec := _now()
	var due: Array[LoadRequest] = []
	var loading := 0
	for wish: LoadRequest in wishes.values():
		if wish.state == LoadRequest.State.LOADING:
			loading += 1
		elif wish.users <= 0:
			if now_msec - wish.idle_since_msec > kept_msec:
				wishes.erase(wish.key)
		elif wish.state == LoadRequest.State.WAITING and now_msec >= wish.again_at_msec:
			due.append(wish)
	due.sort_custom(func(a: LoadRequest, b: LoadRequest) -> bool: return a.metres < b.metres)
	for wish: LoadRequest in due.slice(0, maxi(0, at_once_max - loading)):
		wish.state = LoadRequest.State.LOADING
		load_one.call(wish)


func _load_package(wish: LoadRequest) -> void:
	var answer := await api.package(wish.key)
	if not answer.is_ok():
		_fail(wish, answer.fault.in_words(), PackageApi.is_passing(answer))
		return
	var made := await _beside(_read_manifest.bind(answer.json, wish.key))
	wish.manifest = made.manifest
	if made.manifest == null:
		_fail(wish, "The server's answer is not valid: %s." % made.fault, false)
	else:
		_settle(wish)


func _load_model(wish: LoadRequest) -> void:
	var made := await _beside(_read_cached.bind(wish.file))
	if made.bytes.is_empty():
		var answer := await _download(wish)
		if not answer.is_ok():
			_fail(wish, answer.fault.in_words(), PackageApi.is_passing(answer))
			return
		made = await _beside(_keep_downloaded.bind(answer.body, wish.file))
	if not made.bytes.is_empty():
		var work := _read_model.bind(made.bytes, wish.manifest)
		made = work.call() if _renders_alone() else await _beside(work)
	wish.model = made.model
	if made.model == null:
		_fail(wish, made.fault, false)
	else:
		_settle(wish)


## By its link; where that is too old, by another.
func _download(wish: LoadRequest) -> HttpResponse:
	var answer := await api.file(wish.file.url, wish.file.bytes)
	if answer.is_ok() or not PackageApi.is_stale(answer):
		return answer
	var fresh := await api.package(wish.package)
	if not fresh.is_ok():
		return fresh
	var made := await _beside(_read_manifest.bind(fresh.json, wish.package))
	for file: Manifest.ModelFile in made.manifest.models if made.manifest != null else ([] as Array[Manifest.ModelFile]):
		if file.sha256 == wish.file.sha256:
			wish.file.url = file.url
			return await api.file(file.url, wish.file.bytes)
	return answer


func _settle(wish: LoadRequest) -> void:
	wish.state = LoadRequest.State.READY
	wish.load_error = ""
	wish.settled.emit()


func _fail(wish: LoadRequest, words: String, is_passing: bool) -> void:
	var is_new := wish.load_error != words
	wish.load_error = words
	wish.state = LoadRequest.State.WAITING if is_passing else LoadRequest.State.FAILED
	wish.again_at_msec = _now() + AGAIN_MSEC[mini(wish.failures, AGAIN_MSEC.size() - 1)]
	wish.failures += 1
	if is_new:
		push_warning("Otherworld: package %s… is not shown. %s" % [wish.key.left(12), words])
	wish.settled.emit()


## Runs on another thread and waits for it.
func _beside(work: Callable) -> Made:
	var box: Array[Made] = []
	var task := WorkerThreadPool.add_task(func() -> void: box.append(work.call() as Made), false, "Otherworld: reads a package")
	_tasks[task] = true
	var tree := Engine.get_main_loop() as SceneTree
	# Who leaves the tree has waited for all of its tasks.
	while _tasks.has(task) and not WorkerThreadPool.is_task_completed(task):
		await tree.process_frame
	if _tasks.erase(task):
		WorkerThreadPool.wait_for_task_completion(task)
	return box[0]


## Without a screen meshes and pictures are made on the main thread: what stands in for the renderer there hands out the same
## id twice where two threads ask at once (Godot 4.6, where it ended the program), and nobody waits for a frame.
static func _renders_alone() -> bool:
	return DisplayServer.get_name() == "headless"


static func _now() -> float:
	return Time.get_ticks_usec() / 1000.0


# --- What follows runs on other threads: it touches nothing but what it is given, and the cache, which is made for it.


static func _read_manifest(json: Variant, hash: String) -> Made:
	var made := Made.new()
	var reading := JsonReader.new()
	made.manifest = Manifest.read(json, hash, reading)
	made.fault = reading.fault
	return made


func _read_cached(file: Manifest.ModelFile) -> Made:
	var made := Made.new()
	made.bytes = cache.read(file.sha256)
	return made


func _keep_downloaded(bytes: PackedByteArray, file: Manifest.ModelFile) -> Made:
	var made := Made.new()
	if PackageCache.sha256_of(bytes) == file.sha256:
		made.bytes = bytes
		cache.write(file.sha256, bytes)
	else:
		made.fault = "The file that the store sent is damaged: its hash is not what the package says."
	return made


static func _read_model(bytes: PackedByteArray, manifest: Manifest) -> Made:
	var made := Made.new()
	var reader := ModelReader.new()
	made.model = reader.read(bytes, manifest)
	made.fault = reader.fault
	return made
