@tool
extends RefCounted
## Why something could not be done, in words for a person: what, and where known where, and what to do.

enum Kind {
	## Nobody answers, or what answers cannot serve now: later may help.
	UNREACHABLE,
	## The server has decided against it: again the same does not help.
	REFUSED,
	## The server asks to wait: the same again in a second or a few helps.
	BUSY,
	## The realm is starting: the same again helps once it has, however long that takes.
	STARTING,
	## The server answers over HTTP, but no UDP packets get through.
	UDP_BLOCKED,
	## It took too long.
	TIMED_OUT,
	## The login's identity is none of this server: without it one begins as a new guest.
	BAD_IDENTITY,
}

## Characters of a server's words that are shown to a person.
const WORDS_CHARACTERS_MAX := 300

var kind: Kind
## For programs: the server's word (docs/protocol.md LOG-3, SIG-5), or "" where it is not the server's.
var reason: String
## For people, whole sentences.
var message: String
## What it is about, where known: a field, a file.
var where: String
## What to do, where known.
var fix: String


func _init(of_kind: Kind, words: String, server_reason := "", at := "", remedy := "") -> void:
	kind = of_kind
	message = words
	reason = server_reason
	where = at
	fix = remedy


## All of it as one text.
func in_words() -> String:
	var words := message.strip_edges()
	if where:
		words = "%s (%s)" % [words.trim_suffix("."), where]
	words = _ended(words)
	if fix and fix not in words:
		words += " " + _ended(fix[0].to_upper() + fix.substr(1))
	return words


## Servers' words come with or without a full stop.
static func _ended(words: String) -> String:
	return words if words.right(1) in ".!?" else words + "."


## The fault for an error response, with the server's own message if it has one ({reason, message, where?, fix?}).
static func of_answer(status: int, body: Variant) -> RefCounted:
	var fields: Dictionary = body if body is Dictionary else {}
	var of_reason := _text(fields, "reason")
	var words := _text(fields, "message")
	if words.is_empty():
		words = TranslationServer.translate("Status %d, without a reason.") % status
	if status == 503 and of_reason == "starting":
		return _refusal(Kind.STARTING, "The server asks to wait: ", words, of_reason, fields)
	if status == 429 or (status == 503 and of_reason == "busy"):
		return _refusal(Kind.BUSY, "The server asks to wait: ", words, of_reason, fields)
	if status == 404 and of_reason == "closed":
		return _refusal(Kind.TIMED_OUT, "The server has given this connection up: ", words, of_reason, fields)
	if status == 400 and of_reason == "bad-identity":
		return _refusal(Kind.BAD_IDENTITY, "The server does not know who this is: ", words, of_reason, fields)
	if status >= 500:
		return _refusal(Kind.UNREACHABLE, "The server cannot serve this now: ", words, of_reason, fields)
	return _refusal(Kind.REFUSED, "The server refused: ", words, of_reason, fields)


static func _refusal(of_kind: Kind, prefix: String, words: String, of_reason: String, fields: Dictionary) -> RefCounted:
	return new(of_kind, TranslationServer.translate(prefix) + words, of_reason, _text(fields, "where"), _text(fields, "fix"))


static func _text(fields: Dictionary, field: String) -> String:
	var value: Variant = fields.get(field)
	var text: String = value if value is String else ""
	return text.left(WORDS_CHARACTERS_MAX)
