extends RefCounted
## The package that an avatar wears: requests its manifest, and the model of the level of detail for a distance.

const LevelOfDetail := preload("../packages/download/level_of_detail.gd")
const LoadRequest := preload("../packages/download/load_request.gd")
const Manifest := preload("../packages/download/manifest.gd")
const Model := preload("../packages/model/model.gd")
const PackageLibrary := preload("../packages/download/package_library.gd")

## Why the package cannot be shown. Empty if there is no error.
var load_error := ""
## Level of detail of the last [method update]; 0 is the finest. -1 without a package.
var level := -1
## Null before it has loaded, and without a package.
var manifest: Manifest:
	get:
		return _package.manifest if _package != null else null

var _library: PackageLibrary
var _package: LoadRequest
var _model: LoadRequest


func _init(library: PackageLibrary) -> void:
	_library = library


## Requests a package; "" for none.
func wear(hash: String) -> void:
	if _package != null and _package.key != hash:
		release()
	if hash and _package == null:
		_package = _library.request_package(hash)


## Returns the model for a distance from the camera, metres; null if it is not loaded.
func update(metres: float) -> Model:
	if _package == null:
		return null
	_package.see(metres)
	load_error = _package.load_error
	if manifest == null:
		return null
	if not manifest.is_avatar:
		load_error = tr("This package is an object and can't be used as an avatar.")
		return null
	_request_level(metres)
	_model.see(metres)
	if _model.load_error:
		load_error = _model.load_error
	return _model.model


## Ends all requests.
func release() -> void:
	for request: LoadRequest in [_model, _package]:
		if request != null and is_instance_valid(_library):
			_library.release(request)
	_model = null
	_package = null
	level = -1
	load_error = ""


func _request_level(metres: float) -> void:
	var next := LevelOfDetail.choose(manifest.models, metres, 1.0, level)
	if next == level and _model != null:
		return
	var before := _model
	_model = _library.request_model(manifest, next)
	level = next
	if before != null:
		_library.release(before)
