@tool
extends RefCounted
## Messages of an upload for people. They are translated as docs/translation.md describes.

const _STAGES: Dictionary[String, String] = {
	"queued": "Waiting",
	"exporting": "Writing the scene as glTF",
	"reading": "Reading the file",
	"declaring": "Contacting the server",
	"sending": "Sending",
	"waiting": "Uploaded, waiting to be checked",
	"received": "Uploaded, waiting to be checked",
	"checking": "Checking the file",
	"validating": "Validating the model",
	"normalising": "Preparing meshes and textures",
	"fitting": "Fitting colliders",
	"packaging": "Packaging",
	"storing": "Storing",
	"done": "Done",
	"rejected": "Rejected",
	"failed": "Failed",
	"cancelled": "Cancelled",
}
## Characters of a name; the server takes no more.
const _NAME_CHARACTERS_MAX := 32


## Returns the translated name of a stage. An unknown stage of a newer server is shown as it is.
static func of_stage(stage: String) -> String:
	return TranslationServer.translate(_STAGES[stage]) if _STAGES.has(stage) else stage


## One rejection of the server {rule, where, value, limit, message}: which rule, where, what was found, what is allowed.
static func of_rejection(rejection: Variant) -> String:
	var fields: Dictionary = rejection if rejection is Dictionary else {}
	var where := _shown(fields.get("where"))
	var words := "%s, in %s" % [_shown(fields.get("rule"), "A rule"), where if where else "the whole file"]
	if fields.get("value") != null:
		words += ": found %s" % _shown(fields.get("value"))
		if fields.get("limit") != null:
			words += ", allowed %s" % _shown(fields.get("limit"))
	var message := _shown(fields.get("message"))
	return "%s. %s" % [words, sentence(message)] if message else words + "."


## [param words] with a capital at the beginning and a full stop at the end.
static func sentence(words: String) -> String:
	var text := words.strip_edges()
	if text.is_empty():
		return ""
	return text[0].to_upper() + text.substr(1) + ("" if text.right(1) in ".!?" else ".")


## What a thing is called before anybody says otherwise: the name of its file or node, as the server takes it.
static func name_of(file_or_node: String) -> String:
	var name := file_or_node.get_file()
	var extension := name.get_extension().to_lower()
	if extension in ["glb", "vrm", "gltf"]:
		name = name.get_basename()
	var words := name.replace("_", " ").strip_edges().left(_NAME_CHARACTERS_MAX).strip_edges()
	return words if words else "thing"


static func _shown(value: Variant, otherwise := "") -> String:
	if value == null:
		return otherwise
	if value is float and value == floorf(value):
		return _grouped(int(value))
	return str(value).left(300)


## 81000 as 81,000.
static func _grouped(number: int) -> String:
	var digits := str(absi(number))
	var text := digits.right(3)
	digits = digits.left(-3)
	while digits:
		text = digits.right(3) + "," + text
		digits = digits.left(-3)
	return ("-" if number < 0 else "") + text
