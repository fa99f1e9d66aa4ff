@tool
extends RefCounted
## A server's address: http(s)://host[:port][/path], and addresses below it.

const RequestError := preload("request_error.gd")

var host: String
var port: int
var is_secure: bool
## Without a slash at its end.
var path: String
## Why it is none, null where it is one.
var fault: RequestError


static func parse(url: String) -> RefCounted:
	var address := new()
	address._parse(url.strip_edges())
	return address


## The whole address of [param relative] (no leading slash) below this one; [param scheme] in place of http.
func below(relative: String, scheme := "http") -> String:
	return "%s%s://%s%s/%s" % [scheme, "s" if is_secure else "", authority(), path, relative]


## The whole address of a link that the server gave: a full address, or a path below this one (docs/api.md, Links).
func link(url: String) -> String:
	return url if url.begins_with("http://") or url.begins_with("https://") else below(url.lstrip("/"))


## The host, with the port where it is not the scheme's own.
func authority() -> String:
	var name := "[%s]" % host if ":" in host else host
	return name if port == _default_port() else "%s:%d" % [name, port]


func _default_port() -> int:
	return 443 if is_secure else 80


func _parse(url: String) -> void:
	var pattern := RegEx.create_from_string("^(https?)://(?:\\[([0-9A-Fa-f:.]+)\\]|([^/:?#@\\s\\[\\]]+))(?::(\\d{1,5}))?(/[^?#\\s]*)?$")
	var found := pattern.search(url)
	var given := found.get_string(4) if found != null else ""
	if found == null or (given and (given.to_int() < 1 or given.to_int() > 65535)):
		fault = RequestError.new(RequestError.Kind.REFUSED, "\"%s\" is not the address of a server." % url.left(200), "bad-url", "", "It must look like http://host:port or https://host.")
		return
	is_secure = found.get_string(1) == "https"
	host = found.get_string(2) + found.get_string(3)
	port = given.to_int() if given else _default_port()
	path = found.get_string(5).trim_suffix("/")
