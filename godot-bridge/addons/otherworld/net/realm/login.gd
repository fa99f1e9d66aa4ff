@tool
extends RefCounted
## The guest login: sends a name, receives a token (docs/protocol.md, section 2). The identity that the server gives is
## kept in user://otherworld/identities.cfg, by the server's address. With it, the next login is the same user, who owns
## the same props.

const Address := preload("../http/address.gd")
const Http := preload("../http/http.gd")
const HttpCall := preload("../http/http_call.gd")

const IDENTITIES_PATH := "user://otherworld/identities.cfg"
const _SECTION := "identities"
## A longer identity is invalid (LOG-4), and would fill the disk.
const IDENTITY_CHARACTERS_MAX := 1024
## Characters (code points) of a name.
const NAME_CHARACTERS_MAX := 32

## The token for the transports. The same token resumes the session.
var token := ""
var session := ""
## Id of the realm that the player is admitted to.
var realm := ""
## UUID of the user. Packages are owned by it.
var user_uid := ""
## Number of the user. Elements are owned by it.
var user_number := 0
## Why there is no token; null if there is one.
var fault: OtherworldRequestError


## Requests a token from the server at an http(s) URL. [param remember]: as the user of the last login there.
static func request(url: String, name: String, remember := true) -> RefCounted:
	var login := new()
	var address: Address = Address.parse(url)
	var clean := " ".join(name.split(" ", false))
	login.fault = address.fault
	if address.fault == null and (clean.is_empty() or clean.length() > NAME_CHARACTERS_MAX):
		login.fault = OtherworldRequestError.new(OtherworldRequestError.Kind.REFUSED,
				"The name \"%s\" has %d characters; it needs 1 to %d." % [clean.left(40), clean.length(), NAME_CHARACTERS_MAX],
				"bad-name", "player_name")
	if login.fault != null:
		return login
	var identity := identity_at(address) if remember else ""
	await login._request_token(address, clean, identity)
	if identity and login.fault != null and login.fault.kind == OtherworldRequestError.Kind.BAD_IDENTITY:
		# The identity is of another server, or too old (LOG-4): join as a new guest.
		remember_identity(address, "")
		await login._request_token(address, clean, "")
	return login


func _request_token(address: Address, name: String, identity: String) -> void:
	var body := {"name": name}
	if identity:
		body.identity = identity
	var answer := await Http.request_json(HTTPClient.METHOD_POST, address.below("v1/login"), body)
	fault = answer.fault
	if fault != null and answer.status > 0 and answer.field("reason") == null:
		fault = HttpCall.not_otherworld(address)
	if fault != null:
		return
	var user: Variant = answer.field("user")
	var fields: Dictionary = user if user is Dictionary else {}
	var number: Variant = fields.get("number")
	token = _text(answer.field("token"))
	session = _text(answer.field("session"))
	realm = _text(answer.field("realm"))
	user_uid = _text(fields.get("uid"))
	user_number = int(number) if number is float else 0
	if token.is_empty() or realm.is_empty() or user_uid.is_empty():
		fault = HttpCall.not_otherworld(address)
		return
	var given := _text(answer.field("identity"))
	if given and given.length() <= IDENTITY_CHARACTERS_MAX:
		remember_identity(address, given)


## Returns the identity that the server at this address gave at the last login, or "".
static func identity_at(address: Address) -> String:
	var file := ConfigFile.new()
	if not FileAccess.file_exists(IDENTITIES_PATH) or file.load(IDENTITIES_PATH) != OK:
		return ""
	return str(file.get_value(_SECTION, address.below("").trim_suffix("/"), ""))


## Keeps an identity for the next login; "" forgets it.
static func remember_identity(address: Address, identity: String) -> void:
	var file := ConfigFile.new()
	if FileAccess.file_exists(IDENTITIES_PATH):
		file.load(IDENTITIES_PATH)
	file.set_value(_SECTION, address.below("").trim_suffix("/"), identity if identity else null)
	DirAccess.make_dir_recursive_absolute(IDENTITIES_PATH.get_base_dir())
	# Written to another file and renamed, so that a game that reads it now never finds half a file.
	var whole_path := "%s.%d" % [IDENTITIES_PATH, OS.get_process_id()]
	# If the disk cannot be written, only the identity is lost, not this session.
	if file.save(whole_path) != OK or DirAccess.rename_absolute(whole_path, IDENTITIES_PATH) != OK:
		push_warning("Otherworld: who you are could not be kept in %s; the next visit is that of a new guest."
				% IDENTITIES_PATH)


static func _text(value: Variant) -> String:
	return value if value is String else ""
