extends RefCounted
## What a server reports before you join: its realms, and the avatars that you may wear.

const Http := preload("res://addons/otherworld/net/http/http.gd")
const Login := preload("res://addons/otherworld/net/realm/login.gd")

## Why the last request failed; "" if it did not.
var problem := ""
## The server's realms: {id, tick, players, elements, tickMsP50, …} as in docs/operating.md.
var realms: Array[Dictionary] = []
## Avatars that you may wear: {hash, name, own}.
var avatars: Array[Dictionary] = []


## Requests the state of the server's realms; needs no login.
func ask_status(url: String) -> bool:
	realms.clear()
	var answer := await Http.request_json(HTTPClient.METHOD_GET, _below(url, "v1/status"))
	if not answer.is_ok():
		problem = answer.fault.full_message()
		return false
	var list: Variant = answer.field("realms")
	if not list is Array:
		problem = "There is a web server at this address, but it is not an Otherworld server."
		return false
	for realm: Variant in list:
		if realm is Dictionary:
			realms.append(realm)
	problem = ""
	return true


## Requests the avatars: your own, and those that others share. Logs in as the guest of that name.
func ask_avatars(url: String, name: String) -> bool:
	var login: Login = await Login.request(url, name)
	if login.fault != null:
		avatars.clear()
		problem = login.fault.full_message()
		return false
	return await ask_packages(url, login.token)


## The same with the token of an earlier login.
func ask_packages(url: String, token: String) -> bool:
	avatars.clear()
	var answer := await Http.request_json(HTTPClient.METHOD_GET, _below(url, "v1/packages"), null, token)
	if not answer.is_ok():
		problem = answer.fault.full_message()
		return false
	var list: Variant = answer.field("packages")
	for package: Variant in list if list is Array else []:
		if package is Dictionary and package.get("kind") == "avatar":
			avatars.append(package)
	problem = ""
	return true


static func _below(url: String, path: String) -> String:
	return url.strip_edges().trim_suffix("/") + "/" + path
