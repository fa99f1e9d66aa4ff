extends RefCounted
## Colliders of packages from their manifests, for the prediction of your avatar. It uses the library of a view, which has
## the manifests of what it shows. A client without a view gets its own library when a package is near.

const LoadRequest := preload("../packages/download/load_request.gd")
const PackageLibrary := preload("../packages/download/package_library.gd")

## Manifests that are kept requested.
const PACKAGES_MAX := 256

var _client: OtherworldClient
# May be freed with its view.
var _library: Object
# The client's own library; a child of the client.
var _own: PackageLibrary
var _requests: Dictionary[String, LoadRequest] = {}


func _init(client: OtherworldClient) -> void:
	_client = client


## Releases the manifests of the last session. Its server may have been another one.
func begin_session() -> void:
	release()
	if _own != null:
		_own.api.server = _client.url


## Uses the library of a view.
func use_library(library: PackageLibrary) -> void:
	release()
	_library = library


## Uses the client's own library again, if [param library] is in use.
func stop_using(library: PackageLibrary) -> void:
	if library == _library:
		release()
		_library = null


## Returns the colliders ([code]collider.gd[/code]) of a package, or null while its manifest is not loaded.
func colliders_of(hash: String) -> Variant:
	if not is_instance_valid(_library):
		_requests.clear()
		_library = _own_library()
	if not _requests.has(hash):
		if _requests.size() >= PACKAGES_MAX:
			release()
		_requests[hash] = (_library as PackageLibrary).request_package(hash)
	var manifest := _requests[hash].manifest
	return null if manifest == null or manifest.is_avatar else manifest.colliders


## Releases all manifests.
func release() -> void:
	if is_instance_valid(_library):
		for request: LoadRequest in _requests.values():
			(_library as PackageLibrary).release(request)
	_requests.clear()


func _own_library() -> PackageLibrary:
	if _own == null:
		_own = PackageLibrary.new()
		_own.api.server = _client.url
		_own.api.token_of = func() -> String: return _client.token
		_client.add_child(_own, false, Node.INTERNAL_MODE_BACK)
	return _own
