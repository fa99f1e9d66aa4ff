@tool
extends EditorInspectorPlugin
## A button on OtherworldClient in the inspector that tests the connection to its server.

const Address := preload("../net/http/address.gd")
const Http := preload("../net/http/http.gd")
const SceneEdit := preload("scene_edit.gd")


func _can_handle(object: Object) -> bool:
	return SceneEdit.is_client(object)


func _parse_begin(object: Object) -> void:
	var box := VBoxContainer.new()
	var button := Button.new()
	button.name = "Test"
	button.text = "Test connection"
	button.tooltip_text = "Tests whether a server answers at the URL below."
	var answer := Label.new()
	answer.name = "Answer"
	answer.autowrap_mode = TextServer.AUTOWRAP_WORD_SMART
	answer.hide()
	box.add_child(button)
	box.add_child(answer)
	button.pressed.connect(_test.bind(object, button, answer))
	add_custom_control(box)


func _test(object: Object, button: Button, label: Label) -> void:
	button.disabled = true
	label.show()
	label.text = "Testing …"
	var text := await describe_server(str(object.get(&"url")) if is_instance_valid(object) else "")
	# Another object may be inspected by now.
	if is_instance_valid(label) and is_instance_valid(button):
		label.text = text
		button.disabled = false


## Returns what answers at a URL, as a message.
static func describe_server(url: String) -> String:
	var address := Address.parse(url) as Address
	if address.fault != null:
		return address.fault.full_message()
	var answer := await Http.request_json(HTTPClient.METHOD_GET, address.below("v1/status"))
	if not answer.is_ok():
		return answer.fault.full_message()
	var realms: Variant = answer.field("realms")
	if not realms is Array:
		return "What answers at %s is not an Otherworld server." % address.authority()
	var lines: PackedStringArray = []
	for realm: Dictionary in realms:
		lines.append("%s, %d players" % [realm.get("id"), realm.get("players", 0)])
	return "The server at %s runs: %s." % [address.authority(), "; ".join(lines)]
