@tool
class_name OtherworldServer
extends RefCounted
## A server before you join one of its realms: a login, the list of realms, and packages with size, rank and picture.
##
## Use it for a lobby or a menu. It works in games and in the editor, and does not need to be in the scene tree:
## [codeblock]
## var server := OtherworldServer.new("http://127.0.0.1:7350")
## if await server.log_in("Ada"):
##     for package: OtherworldPackageInfo in await server.packages():
##         print(package.name)
## else:
##     print(server.error)
## [/codeblock]
## An [OtherworldClient] with the same address joins as the same user, so your uploads belong to you in both.

const _Http := preload("../net/http/http.gd")
const _Login := preload("../net/realm/login.gd")
const _PackageApi := preload("../packages/download/package_api.gd")
const _PackagePicture := preload("package_picture.gd")

## Address of the server: [code]http://host:port[/code] or [code]https://host[/code].
var url := "":
	set(to): url = to.strip_edges().trim_suffix("/")
## Name of the login.
var player_name := ""
## Token of the login. Empty before it.
var token := ""
## Why the last request failed. A message for the player. Empty if the request succeeded.
var error := ""

# Requests packages and their files.
var _api := _PackageApi.new()
var _picture: _PackagePicture


func _init(at := "http://127.0.0.1:7350") -> void:
	url = at
	# Not a lambda, which would keep a reference to this object, which has one to the API.
	_api.token_of = _get_token


func _notification(what: int) -> void:
	if what == NOTIFICATION_PREDELETE and is_instance_valid(_picture):
		_picture.queue_free()


## Returns the server of a client that has joined, with the client's login.
static func of_client(client: OtherworldClient) -> OtherworldServer:
	var server := OtherworldServer.new(client.url)
	server.player_name = client.player_name
	server.token = client.token
	return server


## Returns [code]true[/code] after a login.
func is_logged_in() -> bool:
	return not token.is_empty()


## Logs in as a guest with that name, 1 to 32 characters. With [param remember] you are the same user as at the last
## login from this project. Returns [code]false[/code] and sets [member error] if it fails.
func log_in(name: String, remember := true) -> bool:
	token = ""
	player_name = name
	var login: _Login = await _Login.request(url, name, remember)
	error = login.fault.full_message() if login.fault != null else ""
	token = login.token
	return error.is_empty()


## Returns the realms that run on the server. Needs no login. If it fails, returns none and sets [member error].
func realms() -> Array[OtherworldRealmInfo]:
	var found: Array[OtherworldRealmInfo] = []
	for fields: Dictionary in _list(await request(HTTPClient.METHOD_GET, "v1/status"), "realms"):
		found.append(OtherworldRealmInfo._read(fields))
	return found


## Returns your own packages, then those that others share, the newest first. If it fails, returns none and sets
## [member error].
func packages() -> Array[OtherworldPackageInfo]:
	var response := await request(HTTPClient.METHOD_GET, "v1/packages")
	if response.status == 401 and player_name and await log_in(player_name):
		response = await request(HTTPClient.METHOD_GET, "v1/packages")
	var found: Array[OtherworldPackageInfo] = []
	for fields: Dictionary in _list(response, "packages"):
		found.append(OtherworldPackageInfo._read(fields))
	return found


## Fills in size, ranks and counts of a package. Returns [code]false[/code] and sets [member error] if it fails.
func describe(package: OtherworldPackageInfo) -> bool:
	_api.server = url
	var response := await _api.package(package.hash)
	error = response.fault.full_message() if response.fault != null else ""
	if error.is_empty() and not response.json is Dictionary:
		error = _not_otherworld()
	if error.is_empty():
		package._describe(response.json as Dictionary)
	return error.is_empty()


## Returns the package with a hash, described. Returns [code]null[/code] and sets [member error] if it fails.
func package(hash: String) -> OtherworldPackageInfo:
	var found := OtherworldPackageInfo.new()
	found.hash = hash
	return found if await describe(found) else null


## Draws a package: a square picture of [param pixels], with a transparent background. Returns [code]null[/code] and
## sets [member error] if it fails, and in a program without a screen.
func picture(package: OtherworldPackageInfo, pixels := 256) -> Texture2D:
	if not is_instance_valid(_picture):
		_picture = _PackagePicture.new()
		(Engine.get_main_loop() as SceneTree).root.add_child(_picture)
	var drawn := await _picture.draw(url, _get_token, package.hash, pixels)
	error = _picture.problem
	return drawn


## Sends a request to the server's HTTP API with the token of the login. [param path] has no leading slash, for example
## [code]v1/packages[/code].
func request(method: HTTPClient.Method, path: String, body: Variant = null) -> OtherworldResponse:
	return await _Http.request_json(method, url + "/" + path.trim_prefix("/"), body, token)


func _get_token() -> String:
	return token


func _list(response: OtherworldResponse, field: String) -> Array[Dictionary]:
	var found: Array[Dictionary] = []
	error = response.fault.full_message() if response.fault != null else ""
	var list: Variant = response.field(field)
	if error.is_empty() and not list is Array:
		error = _not_otherworld()
	for each: Variant in (list if list is Array and error.is_empty() else []):
		if each is Dictionary:
			found.append(each)
	return found


func _not_otherworld() -> String:
	return tr("%s is not an Otherworld server of this version.") % url
