extends RefCounted
## Random valid packets of every kind: the same for the same seed.

const Messages := preload("res://addons/otherworld/wire/generated/messages.gd")
const LETTERS: PackedStringArray = ["a", "Z", "7", "-", "é", "ß", "Ω", "猫", "😀"]

var _random := RandomNumberGenerator.new()


func _init(of_seed: int) -> void:
	_random.seed = of_seed


## Returns a client's packet, with up to four commands and three latest-wins inputs.
func client_packet() -> Messages.ClientPacket:
	var made := Messages.ClientPacket.new()
	made.packet = maxi(1, _number())
	made.ack_packet = _number()
	made.ack_bits = _number()
	made.ack_message = _number()
	made.client_time_ms = _number()
	made.tick = _number()
	made.move_ticks = _number()
	match _below(3):
		1:
			made.hello = Messages.Hello.new()
			made.hello.protocol = _number()
			made.hello.mode = _below(2)
			made.hello.body = _number()
		2:
			made.goodbye = _goodbye()
	for i: int in _below(5):
		made.commands.append(_input(_below(7)))
	for i: int in _below(4):
		made.latest.append(_input(7 + _below(3)))
	return made


## Returns a server's packet, with up to five messages.
func server_packet() -> Messages.ServerPacket:
	var made := Messages.ServerPacket.new()
	made.packet = maxi(1, _number())
	made.ack_packet = _number()
	made.ack_bits = _number()
	made.ack_command = _number()
	made.first_message = _number()
	made.client_time_ms = _number()
	made.client_time_age_ms = _number()
	if _coin():
		made.snapshot = _snapshot()
	if _coin():
		made.goodbye = _goodbye()
	for i: int in _below(6):
		made.messages.append(_message())
	return made


func _goodbye() -> Messages.Goodbye:
	var made := Messages.Goodbye.new()
	made.reason = _text(0, 40)
	made.again = _coin()
	return made


func _snapshot() -> Messages.Snapshot:
	var made := Messages.Snapshot.new()
	made.tick = _number()
	made.avatars = _bytes(_below(40))
	made.props = _bytes(_below(40))
	if _coin():
		made.own = Messages.Own.new()
		made.own.move_sequence = _number()
		made.own.move_ticks = maxi(1, _number())
		made.own.position = _point()
		made.own.velocity = _point()
		made.own.yaw = _float(4.0)
		made.own.grounded = _coin()
		made.own.flying = _coin()
		made.own.jumping = _coin()
	return made


func _input(kind: int) -> Messages.PlayerInput:
	var made := Messages.PlayerInput.new()
	made.sequence = maxi(1, _number())
	match kind:
		0:
			made.spawn = _spawn()
		1:
			made.despawn = Messages.Despawn.new()
			made.despawn.element = _number()
		2:
			made.grab = Messages.Grab.new()
			made.grab.element = _number()
			made.grab.hand = _below(3)
		3:
			made.release = Messages.Release.new()
			made.release.hand = _below(3)
		4:
			made.scale = Messages.Scale.new()
			made.scale.element = _number()
			made.scale.scale = _float(20.0)
		5:
			made.wear = Messages.Wear.new()
			made.wear.package = _hash()
			made.wear.body = 0 if made.wear.package else _number()
		6:
			made.access = Messages.Access.new()
			made.access.element = _number()
			made.access.access = _below(64)
		7:
			made.move = _move()
		8:
			made.pose = Messages.Pose.new()
			made.pose.bone_mask = _below(1 << 18) if _coin() else 0
			made.pose.bytes = _bytes(30 + 4 * OtherworldPose.count_bones(made.pose.bone_mask))
		9:
			made.drag = Messages.Drag.new()
			made.drag.hand = _below(3)
			made.drag.position = _point()
			made.drag.rotation = _rotation()
	return made


func _move() -> Messages.Move:
	var made := Messages.Move.new()
	made.x = _float(1.0)
	made.y = _float(1.0)
	made.z = _float(1.0)
	made.yaw = _float(10.0)
	made.jump = _coin()
	made.run = _coin()
	made.fly = _coin()
	return made


func _spawn() -> Messages.Spawn:
	var made := Messages.Spawn.new()
	made.package = _hash()
	if made.package.is_empty():
		made.prop = _prop()
	made.position = _point()
	made.rotation = _rotation()
	made.scale = _float(20.0)
	made.access = _below(64)
	made.owner = _number()
	return made


func _prop() -> Messages.PropSpec:
	var made := Messages.PropSpec.new()
	made.name = _text(1, 64)
	made.motion = _below(3)
	made.density = _float(1000.0)
	made.friction = _float(1.0)
	made.restitution = _float(1.0)
	made.color = _below(1 << 24)
	for i: int in 1 + _below(3):
		made.colliders.append(_collider())
	return made


func _collider() -> Messages.Collider:
	var made := Messages.Collider.new()
	made.position = _point()
	made.rotation = _rotation()
	match _below(5):
		0:
			made.box = Messages.Box.new()
			made.box.half_extents = _point()
		1:
			made.sphere = Messages.Sphere.new()
			made.sphere.radius = _float(2.0)
		2:
			made.capsule = Messages.Capsule.new()
			made.capsule.half_height = _float(2.0)
			made.capsule.radius = _float(2.0)
		3:
			made.convex = Messages.Convex.new()
			made.convex.points = _floats(3 * (4 + _below(6)))
		4:
			made.trimesh = Messages.Trimesh.new()
			made.trimesh.vertices = _floats(3 * 130)
			for i: int in 3 * (1 + _below(5)):
				made.trimesh.indices.append(_below(130))
	return made


func _message() -> Messages.ServerMessage:
	var made := Messages.ServerMessage.new()
	match _below(12):
		0:
			made.welcome = _welcome()
		1:
			made.avatar_added = _avatar_added()
		2:
			made.prop_added = _prop_added()
		3:
			made.element_removed = Messages.ElementRemoved.new()
			made.element_removed.element = maxi(1, _number())
		4:
			made.prop_changed = Messages.PropChanged.new()
			made.prop_changed.element = maxi(1, _number())
			made.prop_changed.scale = _float(20.0)
			made.prop_changed.holder = _number()
			made.prop_changed.access = _below(64)
		5:
			made.command_done = Messages.CommandDone.new()
			made.command_done.sequence = maxi(1, _number())
			made.command_done.element = _number()
			made.command_done.tick = _number()
		6:
			made.command_rejected = Messages.CommandRejected.new()
			made.command_rejected.sequence = maxi(1, _number())
			made.command_rejected.reason = _text(0, 20)
			made.command_rejected.tick = _number()
		7:
			made.permissions_changed = Messages.PermissionsChanged.new()
			made.permissions_changed.permissions = _below(32)
		8:
			made.notice = Messages.Notice.new()
			made.notice.text = _text(0, 200)
		9:
			made.hash_sample = Messages.HashSample.new()
			made.hash_sample.tick = _number()
			made.hash_sample.hash = _bytes(8)
		10:
			made.part = Messages.MessagePart.new()
			made.part.bytes = _bytes(_below(300))
			made.part.last = _coin()
		11:
			made.avatar_changed = Messages.AvatarChanged.new()
			made.avatar_changed.element = maxi(1, _number())
			made.avatar_changed.body = _number()
			made.avatar_changed.package = _hash()
			made.avatar_changed.head_metres = _float(3.0)
	return made


func _welcome() -> Messages.Welcome:
	var made := Messages.Welcome.new()
	made.protocol = _number()
	made.realm = _text(1, 10)
	made.tick = _number()
	made.tick_rate = 1 + _below(1000)
	made.player = maxi(1, _number())
	made.user = maxi(1, _number())
	made.avatar = _number()
	made.permissions = _below(32)
	made.definition = JSON.stringify({"name": _text(1, 300)})
	made.resumed = _coin()
	made.sequence = _number()
	made.ack_command = _number()
	return made


func _avatar_added() -> Messages.AvatarAdded:
	var made := Messages.AvatarAdded.new()
	made.element = maxi(1, _number())
	made.player = maxi(1, _number())
	made.user = maxi(1, _number())
	made.name = _text(1, 32)
	made.body = _number()
	made.package = _hash()
	made.head_metres = _float(3.0)
	return made


func _prop_added() -> Messages.PropAdded:
	var made := Messages.PropAdded.new()
	made.element = maxi(1, _number())
	made.prop = _prop()
	made.package = _hash()
	made.scale = _float(20.0)
	made.holder = _number()
	made.owner = _number()
	made.access = _below(64)
	made.position = _point()
	made.rotation = _rotation()
	return made


func _below(limit: int) -> int:
	return _random.randi_range(0, limit - 1)


func _coin() -> bool:
	return _below(2) == 1


## Returns a number of 0 to 32 bits, each length equally likely.
func _number() -> int:
	var bits := _below(33)
	return _random.randi() & ((1 << bits) - 1)


## Returns a number of 32 bits, sometimes 0.
func _float(most: float) -> float:
	return PackedFloat32Array([_random.randf_range(-most, most)])[0] if _below(5) else 0.0


func _floats(count: int) -> PackedFloat32Array:
	var made := PackedFloat32Array()
	for i: int in count:
		made.append(_float(10.0))
	return made


func _point() -> Vector3:
	return Vector3(_float(100.0), _float(100.0), _float(100.0))


func _rotation() -> Quaternion:
	return Quaternion(_random.randfn(), _random.randfn(), _random.randfn(), _random.randfn()).normalized() if _below(4) else Quaternion.IDENTITY


func _bytes(count: int) -> PackedByteArray:
	var made := PackedByteArray()
	for i: int in count:
		made.append(_below(256))
	return made


## Returns the hash of a package, or none.
func _hash() -> PackedByteArray:
	return _bytes(32) if _coin() else PackedByteArray()


func _text(least: int, most: int) -> String:
	var made := ""
	for i: int in _random.randi_range(least, most):
		made += LETTERS[_below(LETTERS.size())]
	return made
