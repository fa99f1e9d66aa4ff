@tool
extends RefCounted
## The dock's server: an address, and a login as the user of this project's games.

const Address := preload("../net/http/address.gd")
const HttpResponse := preload("../net/http/http_response.gd")
const PackageApi := preload("../packages/download/package_api.gd")
const Http := preload("../net/http/http.gd")
const Login := preload("../net/realm/login.gd")

var url := ""
var token := ""
## Name of the login.
var user_name := ""
## Why the last request failed; "" if it did not.
var problem := ""
## Packages and their files.
var api := PackageApi.new()


func _init() -> void:
	# Not a lambda, which would keep a reference to this object, which has one to the API.
	api.token_of = _get_token


func is_open() -> bool:
	return not token.is_empty()


## Logs in as the user that this project's games have at that server, so that they own the uploads.
func open(at: String, name: String) -> bool:
	url = at.strip_edges().trim_suffix("/")
	token = ""
	user_name = name
	api.server = url
	var login: Login = await Login.request(url, name)
	problem = login.fault.full_message() if login.fault != null else ""
	token = login.token
	return problem.is_empty()


## Returns the running realms [{id, players, tick, elements, …}].
func realms() -> Array[Dictionary]:
	var address := Address.parse(url) as Address
	return _list(await Http.request_json(HTTPClient.METHOD_GET, address.below("v1/status")), "realms")


## Returns your own packages, then those that others share [{hash, name, kind, sharing, bytes, createdAtMs, own}].
func packages() -> Array[Dictionary]:
	var answer := await api.packages()
	if answer.status == 401 and await open(url, user_name):
		answer = await api.packages()
	return _list(answer, "packages")


## Returns a package's data, the response to GET /v1/packages/HASH; empty with a [member problem].
func package(hash: String) -> Dictionary:
	var answer := await api.package(hash)
	problem = answer.fault.full_message() if answer.fault != null else ""
	return answer.json if answer.is_ok() and answer.json is Dictionary else {}


func _get_token() -> String:
	return token


func _list(answer: HttpResponse, field: String) -> Array[Dictionary]:
	var found: Array[Dictionary] = []
	problem = answer.fault.full_message() if answer.fault != null else ""
	var list: Variant = answer.field(field)
	if problem.is_empty() and not list is Array:
		problem = "What answers at %s is not an Otherworld server of this version." % url
		return found
	for each: Variant in (list if list is Array else []):
		if each is Dictionary:
			found.append(each)
	return found
