@tool
class_name OtherworldUpload
extends RefCounted
## Uploads a model to a server, which checks it and turns it into a package for props or avatars.
##
## It works in games and in the editor, and does not need to be in the scene tree:
## [codeblock]
## var upload := OtherworldUpload.from_node($Teacup)
## upload.progressed.connect(func(stage: String, progress: float) -> void: print(stage, " ", progress))
## if await upload.run($OtherworldClient):
##     await $OtherworldClient.spawn_package(upload.package, Vector3(0, 1, -2))
## else:
##     print(upload.message)
## [/codeblock]
## The package belongs to the client's user. Uploading the same bytes with the same options again returns the same package at once.

## Emitted as the upload proceeds. [param stage] is exporting, reading, declaring or sending, then a stage of
## docs/api.md. [param progress] goes from 0 to 1 and never back.
signal progressed(stage: String, progress: float)
## Emitted when the package is ready. [param hash] has 64 hex digits.
signal completed(hash: String)
## Emitted when the server rejects the file. [param rejections] has a message for each broken rule.
signal rejected(rejections: PackedStringArray)
## Emitted when the upload fails for another reason than the file. [param message] says what happened and what to do.
signal failed(message: String)
## Emitted when [method cancel] was called before the upload was done.
signal cancelled

const _Address := preload("../../net/http/address.gd")
const _Frames := preload("../../net/frames.gd")
const _Http := preload("../../net/http/http.gd")
const _SceneExport := preload("scene_export.gd")
const _UploadRequest := preload("upload_request.gd")
const _UploadFile := preload("upload_file.gd")
const _UploadMessages := preload("upload_messages.gd")

# Shares of the progress: reading, then sending. The rest is the server's.
const _SHARE_READ := 0.06
const _SHARE_SENT := 0.42
# Sending fails if nothing is sent for this time.
const _SENDING_STILL_MSEC_MAX := 60_000.0
# Interval of requests for the server's progress.
const _POLL_SECONDS := 0.25
# The upload fails after this many failed requests in a row, a second apart: the server has been away for half a minute.
const _FAILED_POLLS_MAX := 30
const _FAILED_POLL_SECONDS := 1.0

## Name of the package, 1 to 32 characters. Defaults to the file or node name.
var name := ""
## "avatar" or "object". If empty, the server decides by the content of the file. After the upload it is the kind of the
## package.
var kind := ""
## Node name in the file for each humanoid bone (VRM 1.0 bone names). Set it if the server does not recognise the bones
## by their names ([code]NO_HUMANOID[/code] in [member warnings]). It is filled automatically for a scene whose skeleton
## uses Godot's humanoid profile.
var humanoid: Dictionary[String, String] = {}
## If [code]true[/code], everyone may spawn the package. Otherwise only its owner may.
var is_shared := false
## If [code]true[/code], the server reduces a model above the limits of its kind: it joins materials, decimates meshes
## and scales textures. It keeps the original file. Otherwise it rejects such a model. Name this option "Reduce to the
## limits" in your interface, because messages of [member rejections] refer to it.
var fit := false

## Hash of the package when the upload is done, 64 hex digits.
var package := ""
## Current stage, see [signal progressed]. At the end it is done, rejected, failed or cancelled.
var stage := "queued"
## Progress of the whole upload, 0 to 1.
var progress := 0.0
## Why the upload was rejected or failed. A message for the player.
var message := ""
## Rules that the file breaks, as the server reported them: {rule, where, value, limit, message}.
## [code]reducible[/code] is [code]true[/code] if [member fit] can correct it.
var rejections: Array[Dictionary] = []
## Messages about what the server changed or left out.
var warnings: PackedStringArray = []

# Running uploads are kept here, so callers need not keep a reference.
static var _running: Dictionary[OtherworldUpload, bool] = {}
var _path := ""
var _bytes := PackedByteArray()
var _node: Node3D
var _base := ""
var _token := ""
var _id := ""
var _is_cancelled := false


## Creates an upload of a .glb or .vrm file. Accepts [code]res://[/code] and [code]user://[/code] paths. The file is
## read by [method run].
static func from_file(path: String) -> OtherworldUpload:
	var upload := OtherworldUpload.new()
	upload._path = path
	upload.name = _UploadMessages.name_of(path)
	return upload


## Creates an upload from the bytes of a .glb or .vrm file.
static func from_bytes(bytes: PackedByteArray, called: String) -> OtherworldUpload:
	var upload := OtherworldUpload.new()
	upload._bytes = bytes
	upload.name = _UploadMessages.name_of(called)
	return upload


## Creates an upload from a node and its children. [method run] exports it as glTF: meshes, materials, skeletons,
## animations, colliders and CSG. Hidden nodes are left out. The node's origin becomes the origin of the package. In the
## editor, Godot exports only nodes with an owner: a script that adds a child sets [code]child.owner = node[/code]. A
## warning names nodes without an owner.
static func from_node(node: Node3D) -> OtherworldUpload:
	var upload := OtherworldUpload.new()
	upload._node = node
	upload.name = _UploadMessages.name_of(node.name)
	return upload


## Runs the upload as the user of [param client], which must have logged in. Returns [code]true[/code] if
## [member package] is ready. You can call it once.
func run(client: OtherworldClient) -> bool:
	return await run_at(client.url, client.token)


## Same as [method run], on the server at [param url] with the [param token] of a login.
func run_at(url: String, token: String) -> bool:
	if stage != "queued":
		push_error("OtherworldUpload: run() can be called once. Create another upload.")
		return false
	_running[self] = true
	_base = url.trim_suffix("/")
	_token = token
	await _run()
	_running.erase(self)
	if stage == "cancelled":
		_abandon()
	return stage == "done"


## Cancels the upload. The server deletes what it received. It has no effect on an upload that is done.
func cancel() -> void:
	_is_cancelled = true


func _run() -> void:
	if _token.is_empty():
		_fail(tr("There is no login yet. Wait until the client has joined, or log in first."))
		return
	var file := await _read()
	if file == null:
		return
	_report("declaring", _SHARE_READ)
	var declared := await _request(HTTPClient.METHOD_POST, "/v1/uploads", _declaration(file))
	if _is_over():
		return
	_id = str(declared.get("id", ""))
	if declared.get("put") is Dictionary:
		var put: Dictionary = declared.put
		if not await _send(put, file.bytes):
			return
	if declared.get("stage") == "waiting":
		declared = await _request(HTTPClient.METHOD_POST, "/v1/uploads/%s/complete" % _id.uri_encode(), null)
	if not _is_over():
		await _follow(declared)


# Returns the file with its hash; null if the upload is over.
func _read() -> _UploadFile:
	if _node != null and not await _export():
		return null
	# Reported here too, because a small file may be read before the first frame.
	_report("reading", 0.0)
	var file := _UploadFile.new(_path, _bytes)
	await file.read(func(read: float) -> bool:
		_report("reading", read * _SHARE_READ)
		return not _is_over())
	if file.problem:
		_fail(file.problem)
	return null if _is_over() else file


func _export() -> bool:
	_report("exporting", 0.0)
	# CSG shapes are built at the end of a frame.
	await _frame()
	await _frame()
	if not is_instance_valid(_node) or _is_over():
		_fail(tr("The node to upload no longer exists."))
		return false
	var exported := _SceneExport.new()
	exported.export(_node)
	_node = null
	if exported.problem:
		_fail(exported.problem)
		return false
	_bytes = exported.bytes
	if humanoid.is_empty() and kind != "object":
		humanoid = exported.humanoid
	return true


func _declaration(file: _UploadFile) -> Dictionary:
	var declaration := {
		"name": name,
		"bytes": file.bytes.size(),
		"sha256": file.sha256,
		"sharing": "everyone" if is_shared else "owner",
		"fit": fit,
	}
	if _path:
		declaration.fileName = _path.get_file().right(255)
	if kind:
		declaration.kind = kind
	if not humanoid.is_empty():
		declaration.humanoid = humanoid
	return declaration


# Sends the bytes to the URL that the server gave: its own, or another file store's.
func _send(put: Dictionary, bytes: PackedByteArray) -> bool:
	_report("sending", _SHARE_READ)
	var headers: PackedStringArray = []
	var named: Dictionary = put.get("headers") if put.get("headers") is Dictionary else {}
	for header: String in named:
		headers.append("%s: %s" % [header, named[header]])
	var url := (_Address.parse(_base) as _Address).link(str(put.get("url", "")))
	var sending := _UploadRequest.new(HTTPClient.METHOD_PUT, url, headers, bytes, _SENDING_STILL_MSEC_MAX, _now())
	while not sending.poll(_now()):
		_report("sending", lerpf(_SHARE_READ, _SHARE_SENT, sending.sent_share()))
		if _is_over():
			sending.cancel()
			return false
		await _frame()
	# 412: the bytes are already there, from an attempt whose response was lost.
	if sending.answer.is_ok() or sending.answer.status == 412:
		return not _is_over()
	_fail(tr("The file store rejected the upload.") + " " + sending.answer.fault.full_message())
	return false


func _follow(status: Dictionary) -> void:
	var failed_polls := 0
	while true:
		_receive_status(status)
		if _is_over():
			return
		await _wait(_POLL_SECONDS if failed_polls == 0 else _FAILED_POLL_SECONDS)
		var answer := await _Http.request_json(HTTPClient.METHOD_GET, _base + "/v1/uploads/" + _id.uri_encode(), null, _token)
		if answer.is_ok() and answer.json is Dictionary:
			failed_polls = 0
			status = answer.json
			continue
		failed_polls += 1
		var is_refused := answer.fault != null and answer.fault.kind == OtherworldRequestError.Kind.REFUSED
		if is_refused or failed_polls > _FAILED_POLLS_MAX:
			_fail(answer.fault.full_message() if answer.fault else tr("The server sent an invalid response."))
			return


func _receive_status(status: Dictionary) -> void:
	warnings = PackedStringArray(_list(status.get("warnings")).map(_UploadMessages.of_rejection))
	match str(status.get("stage")):
		"done":
			package = str(status.get("package", ""))
			kind = str(status.get("kind", kind))
			_report("done", 1.0)
			completed.emit(package)
		"rejected":
			rejections.assign(_list(status.get("rejections")).filter(func(each: Variant) -> bool: return each is Dictionary))
			var messages := PackedStringArray(rejections.map(_UploadMessages.of_rejection))
			message = "\n".join(messages)
			_report("rejected", progress)
			rejected.emit(messages)
		"failed":
			_fail(_UploadMessages.sentence(str(status.get("message", _UploadMessages.failed()))))
		var other:
			var reported: Variant = status.get("progress")
			_report(other, lerpf(_SHARE_SENT, 1.0, clampf(reported, 0.0, 1.0) if reported is float else 0.0))


static func _list(value: Variant) -> Array:
	return value if value is Array else []


# Returns the response's fields; empty if the upload is over.
func _request(method: HTTPClient.Method, path: String, body: Variant) -> Dictionary:
	var answer := await _Http.request_json(method, _base + path, body, _token)
	if answer.is_ok() and answer.json is Dictionary:
		return answer.json
	_fail(answer.fault.full_message() if answer.fault else tr("%s is not an Otherworld server of this version.") % _base)
	return {}


func _abandon() -> void:
	if _id:
		_Http.request_json(HTTPClient.METHOD_DELETE, _base + "/v1/uploads/" + _id.uri_encode(), null, _token)
	cancelled.emit()


func _report(at: String, how_far: float) -> void:
	if _is_over():
		return
	stage = at
	progress = maxf(progress, how_far)
	progressed.emit(stage, progress)


func _fail(text: String) -> void:
	if _is_over():
		return
	message = text
	_report("failed", progress)
	failed.emit(message)


# Returns whether the upload is over. A cancelled one ends here.
func _is_over() -> bool:
	if _is_cancelled and stage not in ["done", "rejected", "failed"]:
		stage = "cancelled"
	return stage in ["done", "rejected", "failed", "cancelled"]


func _frame() -> void:
	_is_cancelled = not await _Frames.next() or _is_cancelled


func _wait(seconds: float) -> void:
	_is_cancelled = not await _Frames.seconds(seconds) or _is_cancelled


static func _now() -> float:
	return Time.get_ticks_usec() / 1000.0
