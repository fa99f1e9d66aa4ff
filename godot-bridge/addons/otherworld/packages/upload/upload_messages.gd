@tool
extends RefCounted
## Messages of an upload for users. They are translated as docs/translation.md describes.

const SharedMessages := preload("../../translations/shared_messages.gd")

## Limit of a name on the server, characters.
const _NAME_CHARACTERS_MAX := 32


## Returns the translated name of a stage. An unknown stage of a newer server is shown as it is.
static func of_stage(stage: String) -> String:
	return TranslationServer.translate(SharedMessages.UPLOAD_STAGES[stage]) if SharedMessages.UPLOAD_STAGES.has(stage) \
			else stage


## Returns the message of an upload that failed without a reason of the server.
static func failed() -> String:
	return TranslationServer.translate(SharedMessages.UPLOAD.failed)


## Returns one rule that the upload breaks as a text: the rule, where, what was found, what is allowed, and the server's
## message. [param rejection] is {rule, where, value, limit, message, reducible?}, as the server sent it.
static func of_rejection(rejection: Variant) -> String:
	var fields: Dictionary = rejection if rejection is Dictionary else {}
	var where := _shown(fields.get("where"))
	var parts: PackedStringArray = [
		_filled(SharedMessages.UPLOAD.rule, _shown(fields.get("rule"))),
		_filled(SharedMessages.UPLOAD.where,
				where if where else String(TranslationServer.translate(SharedMessages.UPLOAD.whole_file))),
	]
	if fields.get("value") != null:
		parts.append(_filled(SharedMessages.UPLOAD.found, _shown(fields.get("value"))))
		if fields.get("limit") != null:
			parts.append(_filled(SharedMessages.UPLOAD.allowed, _shown(fields.get("limit"))))
	var sentences: PackedStringArray = [". ".join(parts) + "."]
	var message := sentence(_shown(fields.get("message")))
	if message:
		sentences.append(message)
	if is_same(fields.get("reducible"), true):
		sentences.append(String(TranslationServer.translate(SharedMessages.UPLOAD.reducible)))
	return " ".join(sentences)


static func _filled(text: String, value: String) -> String:
	return String(TranslationServer.translate(text)) % value


## Returns a text with a capital at the start and a full stop at the end.
static func sentence(fragment: String) -> String:
	var text := fragment.strip_edges()
	if text.is_empty():
		return ""
	return text[0].to_upper() + text.substr(1) + ("" if text.right(1) in ".!?" else ".")


## Returns the default name of a package: the name of its file or node, within the server's limit.
static func name_of(file_or_node: String) -> String:
	var name := file_or_node.get_file()
	var extension := name.get_extension().to_lower()
	if extension in ["glb", "vrm", "gltf"]:
		name = name.get_basename()
	var cleaned := name.replace("_", " ").strip_edges().left(_NAME_CHARACTERS_MAX).strip_edges()
	return cleaned if cleaned else "item"


static func _shown(value: Variant) -> String:
	if value == null:
		return ""
	if value is float and value == floorf(value):
		return _grouped(int(value))
	return str(value).left(300)


## Formats 81000 as 81,000.
static func _grouped(number: int) -> String:
	var digits := str(absi(number))
	var text := digits.right(3)
	digits = digits.left(-3)
	while digits:
		text = digits.right(3) + "," + text
		digits = digits.left(-3)
	return ("-" if number < 0 else "") + text
