extends RefCounted
## What a server tells before one joins: its realms, and the avatars that one may wear.

const Http := preload("res://addons/otherworld/net/http/http.gd")
const Login := preload("res://addons/otherworld/net/realm/login.gd")

## Why the last question has no answer, in words; empty: it has one.
var problem := ""
## The server's realms: {id, tick, players, elements, tickMsP50, …} as in docs/operating.md.
var realms: Array[Dictionary] = []
## Avatars that one may wear: {hash, name, own}.
var avatars: Array[Dictionary] = []


## Asks how the server's realms are; needs no login.
func ask_status(url: String) -> bool:
	realms.clear()
	var answer := await Http.request_json(HTTPClient.METHOD_GET, _below(url, "v1/status"))
	if not answer.is_ok():
		problem = answer.fault.in_words()
		return false
	var list: Variant = answer.field("realms")
	if not list is Array:
		problem = "There is a web server at this address, but it is no Otherworld server."
		return false
	for realm: Variant in list:
		if realm is Dictionary:
			realms.append(realm)
	problem = ""
	return true


## Asks which avatars there are: one's own, and those that others share. Logs in as the guest of that name.
func ask_avatars(url: String, name: String) -> bool:
	var login: Login = await Login.request(url, name)
	if login.fault != null:
		avatars.clear()
		problem = login.fault.in_words()
		return false
	return await ask_packages(url, login.token)


## The same for who has logged in already.
func ask_packages(url: String, token: String) -> bool:
	avatars.clear()
	var answer := await Http.request_json(HTTPClient.METHOD_GET, _below(url, "v1/packages"), null, token)
	if not answer.is_ok():
		problem = answer.fault.in_words()
		return false
	var list: Variant = answer.field("packages")
	for package: Variant in list if list is Array else []:
		if package is Dictionary and package.get("kind") == "avatar":
			avatars.append(package)
	problem = ""
	return true


static func _below(url: String, path: String) -> String:
	return url.strip_edges().trim_suffix("/") + "/" + path
