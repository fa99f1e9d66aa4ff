extends Control
## The pause menu: continue, change the avatar, display settings, leave.

## Emitted when the player continues.
signal closed
## Emitted when the player leaves the realm.
signal left
signal capsules_toggled
signal help_wished
## Emitted with a message for the player.
signal message_shown(text: String)

## Set it before the menu is shown.
var client: OtherworldClient

@onready var _avatar: OptionButton = %Wear


func _ready() -> void:
	%Resume.pressed.connect(closed.emit)
	%Capsules.pressed.connect(capsules_toggled.emit)
	%Network.pressed.connect(func() -> void: %NetworkPanel.visible = not %NetworkPanel.visible)
	%Keys.pressed.connect(help_wished.emit)
	%Leave.pressed.connect(left.emit)
	_avatar.item_selected.connect(_wear)
	visibility_changed.connect(_on_visibility_changed)


func _on_visibility_changed() -> void:
	if not is_visible_in_tree():
		return
	(%Resume as Button).grab_focus()
	_list_bodies()
	_list_packages(await OtherworldServer.of_client(client).packages())


## Lists the realm's own bodies by index, then packages by hash.
func _list_bodies() -> void:
	_avatar.clear()
	var bodies: Array = client.definition.get("bodies", [])
	for index: int in bodies.size():
		var body: Dictionary = bodies[index]
		_avatar.add_item("The realm's %s" % body.get("name", "body %d" % index))
		_avatar.set_item_metadata(index, index)
	var local_avatar := client.local_avatar
	_avatar.select(local_avatar.body if local_avatar != null and local_avatar.package.is_empty() else -1)


func _list_packages(packages: Array[OtherworldPackageInfo]) -> void:
	var local_avatar := client.local_avatar
	for package: OtherworldPackageInfo in packages:
		if package.kind != OtherworldPackageInfo.Kind.AVATAR:
			continue
		_avatar.add_item(package.name)
		_avatar.set_item_metadata(_avatar.item_count - 1, package.hash)
		if local_avatar != null and local_avatar.package == package.hash:
			_avatar.select(_avatar.item_count - 1)


func _wear(item: int) -> void:
	var which: Variant = _avatar.get_item_metadata(item)
	var outcome: OtherworldOutcome
	if which is int:
		outcome = await client.wear_body(which as int)
	else:
		outcome = await client.wear_package(which as String)
	if not outcome.ok:
		message_shown.emit("That cannot be worn: %s." % outcome.reason)
