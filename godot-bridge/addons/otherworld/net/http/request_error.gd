@tool
class_name OtherworldRequestError
extends RefCounted
## Why a request or a connection failed: a message for the player, and if known where and what to do.
##
## [method full_message] has all of it as one text. [member kind] and [member reason] are for your code.

const _SharedMessages := preload("../../translations/shared_messages.gd")

## Kind of the failure.
enum Kind {
	## The server does not answer, or cannot serve this now. Retrying later may help.
	UNREACHABLE,
	## The server decided against the request. Retrying does not help.
	REFUSED,
	## The server asks to wait. Retry after a second or a few.
	BUSY,
	## The realm is starting. Retry until it has started, however long that takes.
	STARTING,
	## The server answers over HTTP, but no UDP packets arrive.
	UDP_BLOCKED,
	## The request took too long.
	TIMED_OUT,
	## The server does not know the login's identity. Without the identity, the login makes a new guest.
	BAD_IDENTITY,
}

## Limit of a message of the server, characters: it is shown to the player.
const SERVER_MESSAGE_CHARACTERS_MAX := 300

## Kind of the failure.
var kind: Kind
## The server's reason, for programs (docs/protocol.md LOG-3, SIG-5). Empty if the error is not the server's.
var reason: String
## For players, in whole sentences.
var message: String
## What the error is about, for example a field or a file. May be empty.
var where: String
## What to do. May be empty.
var fix: String


func _init(of_kind: Kind, text: String, server_reason := "", at := "", remedy := "") -> void:
	kind = of_kind
	message = text
	reason = server_reason
	where = at
	fix = remedy


## Returns message, where and fix as one text.
func full_message() -> String:
	var text := message.strip_edges()
	if where:
		text = "%s (%s)" % [text.trim_suffix("."), where]
	text = _with_full_stop(text)
	if fix and fix not in text:
		text += " " + _with_full_stop(fix[0].to_upper() + fix.substr(1))
	return text


# Messages of servers come with or without a full stop.
static func _with_full_stop(text: String) -> String:
	return text if text.right(1) in ".!?" else text + "."


## Returns the error for an HTTP response that is not a success. It has the server's own message, if the body has one:
## {reason, message, where?, fix?}.
static func of_response(status: int, body: Variant) -> OtherworldRequestError:
	var fields: Dictionary = body if body is Dictionary else {}
	var server_reason := _text(fields, "reason")
	var server_message := _text(fields, "message")
	if server_message.is_empty():
		server_message = String(TranslationServer.translate(_SharedMessages.CONNECT.no_reason)) % status
	var of_kind := _kind_of(status, server_reason)
	var text := String(TranslationServer.translate(_message_of(of_kind))) % server_message
	return new(of_kind, text, server_reason, _text(fields, "where"), _text(fields, "fix"))


static func _kind_of(status: int, server_reason: String) -> Kind:
	if status == 503 and server_reason == "starting":
		return Kind.STARTING
	if status == 429 or (status == 503 and server_reason == "busy"):
		return Kind.BUSY
	if status == 404 and server_reason == "closed":
		return Kind.TIMED_OUT
	if status == 400 and server_reason == "bad-identity":
		return Kind.BAD_IDENTITY
	return Kind.UNREACHABLE if status >= 500 else Kind.REFUSED


static func _message_of(of_kind: Kind) -> String:
	match of_kind:
		Kind.STARTING, Kind.BUSY:
			return _SharedMessages.CONNECT.asks_to_wait
		Kind.TIMED_OUT:
			return _SharedMessages.CONNECT.attempt_closed
		Kind.BAD_IDENTITY:
			return _SharedMessages.CONNECT.unknown_identity
		Kind.UNREACHABLE:
			return _SharedMessages.CONNECT.unavailable
	return _SharedMessages.CONNECT.refused


static func _text(fields: Dictionary, field: String) -> String:
	var value: Variant = fields.get(field)
	var text: String = value if value is String else ""
	return text.left(SERVER_MESSAGE_CHARACTERS_MAX)
