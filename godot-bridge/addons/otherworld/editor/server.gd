@tool
extends RefCounted
## The server that the dock talks to: an address, and a login as the user whose game runs in this project.

const Address := preload("../net/http/address.gd")
const HttpResponse := preload("../net/http/http_response.gd")
const PackageApi := preload("../packages/download/package_api.gd")
const Http := preload("../net/http/http.gd")
const Login := preload("../net/realm/login.gd")

var url := ""
var token := ""
## The name that was logged in with.
var user_name := ""
## Why the last request did not work, in words; empty: it did.
var problem := ""
## Packages and their files.
var api := PackageApi.new()


func _init() -> void:
	# Not a lambda: it would hold on to this object, which holds on to the API.
	api.token_of = _get_token


func is_open() -> bool:
	return not token.is_empty()


## Logs in. The user is the one that games of this project are at that server, so that what is uploaded here is theirs.
func open(at: String, name: String) -> bool:
	url = at.strip_edges().trim_suffix("/")
	token = ""
	user_name = name
	api.server = url
	var login: Login = await Login.request(url, name)
	problem = login.fault.in_words() if login.fault != null else ""
	token = login.token
	return problem.is_empty()


## The running realms [{id, players, tick, elements, …}].
func realms() -> Array[Dictionary]:
	var address := Address.parse(url) as Address
	return _list(await Http.request_json(HTTPClient.METHOD_GET, address.below("v1/status")), "realms")


## Own packages, then those that others share [{hash, name, kind, sharing, bytes, createdAtMs, own}].
func packages() -> Array[Dictionary]:
	var answer := await api.packages()
	if answer.status == 401 and await open(url, user_name):
		answer = await api.packages()
	return _list(answer, "packages")


## What the server knows of a package, as GET /v1/packages/HASH answers; empty: [member problem].
func package(hash: String) -> Dictionary:
	var answer := await api.package(hash)
	problem = answer.fault.in_words() if answer.fault != null else ""
	return answer.json if answer.is_ok() and answer.json is Dictionary else {}


func _get_token() -> String:
	return token


func _list(answer: HttpResponse, field: String) -> Array[Dictionary]:
	var found: Array[Dictionary] = []
	problem = answer.fault.in_words() if answer.fault != null else ""
	var list: Variant = answer.field(field)
	if problem.is_empty() and not list is Array:
		problem = "What answers at %s is no Otherworld server of this version." % url
		return found
	for each: Variant in (list if list is Array else []):
		if each is Dictionary:
			found.append(each)
	return found
