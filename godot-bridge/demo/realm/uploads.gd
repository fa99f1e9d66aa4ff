extends RefCounted
## Uploads models that are dropped onto the window, then places objects in front of the player and wears avatars.

## Emitted with a message for the player.
signal message_shown(text: String)
## Emitted with the progress of the upload: a message, and the share; 1 at the end.
signal progressed(text: String, share: float)

const ENDINGS: PackedStringArray = ["glb", "vrm"]
## Where an object appears, metres ahead of the player and above its feet.
const AHEAD_METRES := 1.5
const ABOVE_METRES := 1.0

var _client: OtherworldClient


func _init(client: OtherworldClient) -> void:
	_client = client


## Uploads the files, one after the other.
func upload_files(paths: PackedStringArray) -> void:
	for path: String in paths:
		if path.get_extension().to_lower() in ENDINGS:
			await _upload(path)
		else:
			message_shown.emit("%s is not a .glb or .vrm file." % path.get_file())


func _upload(path: String) -> void:
	var upload := OtherworldUpload.from_file(path)
	upload.progressed.connect(func(stage: String, share: float) -> void: progressed.emit("%s: %s" % [upload.name, stage], share))
	var is_there := await upload.run(_client)
	progressed.emit("", 1.0)
	if not is_there:
		message_shown.emit("%s: %s" % [path.get_file(), upload.message])
		return
	var local_avatar := _client.local_avatar
	if local_avatar != null:
		await _use(upload, local_avatar)


## Wears an avatar, and places an object.
func _use(upload: OtherworldUpload, local_avatar: OtherworldAvatarState) -> void:
	if upload.kind == "avatar":
		var worn := await _client.wear_package(upload.package)
		message_shown.emit("You wear %s." % upload.name if worn.ok else "%s cannot be worn: %s." % [upload.name, worn.reason])
		return
	var ahead := local_avatar.position + Basis(Vector3.UP, local_avatar.yaw) * Vector3.FORWARD * AHEAD_METRES
	var placed := await _client.spawn_package(upload.package, ahead + Vector3.UP * ABOVE_METRES, Quaternion(Vector3.UP, local_avatar.yaw))
	if not placed.ok:
		message_shown.emit("%s is uploaded, and cannot be placed: %s." % [upload.name, placed.reason])
