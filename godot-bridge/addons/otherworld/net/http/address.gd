@tool
extends RefCounted
## A server's address, http(s)://host[:port][/path], and the URLs below it.

const SharedMessages := preload("../../translations/shared_messages.gd")

var host: String
var port: int
var is_secure: bool
## Without a trailing slash.
var path: String
## Why the URL is not an address; null if it is one.
var fault: OtherworldRequestError


static func parse(url: String) -> RefCounted:
	var address := new()
	address._parse(url.strip_edges())
	return address


## Returns the URL of [param relative] (without a leading slash) below this address. [param scheme] replaces http.
func below(relative: String, scheme := "http") -> String:
	return "%s%s://%s%s/%s" % [scheme, "s" if is_secure else "", authority(), path, relative]


## Returns the URL of a link of the server: a complete URL, or a path below this address (docs/api.md, Links).
func link(url: String) -> String:
	return url if url.begins_with("http://") or url.begins_with("https://") else below(url.lstrip("/"))


## Returns the host, with the port unless it is the default of the scheme.
func authority() -> String:
	var name := "[%s]" % host if ":" in host else host
	return name if port == _default_port() else "%s:%d" % [name, port]


func _default_port() -> int:
	return 443 if is_secure else 80


func _parse(url: String) -> void:
	var pattern := RegEx.create_from_string(
			"^(https?)://(?:\\[([0-9A-Fa-f:.]+)\\]|([^/:?#@\\s\\[\\]]+))(?::(\\d{1,5}))?(/[^?#\\s]*)?$")
	var found := pattern.search(url)
	var given := found.get_string(4) if found != null else ""
	if found == null or (given and (given.to_int() < 1 or given.to_int() > 65535)):
		fault = _invalid(url)
		return
	is_secure = found.get_string(1) == "https"
	host = found.get_string(2) + found.get_string(3)
	port = given.to_int() if given else _default_port()
	path = found.get_string(5).trim_suffix("/")


static func _invalid(url: String) -> OtherworldRequestError:
	var message := String(TranslationServer.translate(SharedMessages.CONNECT.invalid_url)) % url.left(200)
	return OtherworldRequestError.new(OtherworldRequestError.Kind.REFUSED, message, "bad-url", "",
			TranslationServer.translate(SharedMessages.CONNECT.invalid_url_fix))
