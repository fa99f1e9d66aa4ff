extends RefCounted
## Builds the inputs of a player for the wire (docs/protocol.md, section 7).

const InputChecks := preload("../../wire/input_checks.gd")
const Messages := preload("../../wire/generated/messages.gd")


static func move(direction: Vector3, yaw: float, jump: bool, run: bool, fly: bool) -> Messages.PlayerInput:
	var input := Messages.PlayerInput.new()
	input.move = Messages.Move.new()
	input.move.x = clampf(direction.x, -1.0, 1.0)
	input.move.y = clampf(direction.y, -1.0, 1.0)
	input.move.z = clampf(direction.z, -1.0, 1.0)
	# A player who keeps turning stays within the range that the server accepts.
	input.move.yaw = yaw if absf(yaw) <= PI else wrapf(yaw, -PI, PI)
	input.move.jump = jump
	input.move.run = run
	input.move.fly = fly
	return input


static func pose(of: OtherworldPose) -> Messages.PlayerInput:
	var input := Messages.PlayerInput.new()
	input.pose = Messages.Pose.new()
	input.pose.bytes = of.pack()
	input.pose.bone_mask = of.bone_mask
	return input


static func drag(hand: int, position: Vector3, rotation: Quaternion) -> Messages.PlayerInput:
	var input := Messages.PlayerInput.new()
	input.drag = Messages.Drag.new()
	input.drag.hand = hand
	input.drag.position = position
	input.drag.rotation = rotation
	return input


static func grab(element: int, hand: int) -> Messages.PlayerInput:
	var input := Messages.PlayerInput.new()
	input.grab = Messages.Grab.new()
	input.grab.element = element
	input.grab.hand = hand
	return input


static func release(hand: int) -> Messages.PlayerInput:
	var input := Messages.PlayerInput.new()
	input.release = Messages.Release.new()
	input.release.hand = hand
	return input


static func scale(element: int, factor: float) -> Messages.PlayerInput:
	var input := Messages.PlayerInput.new()
	input.scale = Messages.Scale.new()
	input.scale.element = element
	input.scale.scale = factor
	return input


## Spawns [param spec], or if that is null, the package with that hash (64 hex digits).
static func spawn(spec: Messages.PropSpec, hash: String, position: Vector3, rotation: Quaternion, factor: float,
		access: int) -> Messages.PlayerInput:
	var input := Messages.PlayerInput.new()
	input.spawn = Messages.Spawn.new()
	input.spawn.prop = spec
	input.spawn.package = bytes_of(hash)
	input.spawn.position = position
	input.spawn.rotation = rotation
	input.spawn.scale = factor
	input.spawn.access = access
	return input


static func despawn(element: int) -> Messages.PlayerInput:
	var input := Messages.PlayerInput.new()
	input.despawn = Messages.Despawn.new()
	input.despawn.element = element
	return input


## Wears the avatar package with that hash, or if it is empty, the realm's body with that index.
static func wear(hash: String, body: int) -> Messages.PlayerInput:
	var input := Messages.PlayerInput.new()
	input.wear = Messages.Wear.new()
	input.wear.package = bytes_of(hash)
	input.wear.body = body
	return input


static func access(element: int, bits: int) -> Messages.PlayerInput:
	var input := Messages.PlayerInput.new()
	input.access = Messages.Access.new()
	input.access.element = element
	input.access.access = bits
	return input


## Returns what is wrong with an input, or "". The server disconnects a client that sends an invalid one.
static func fault_of(input: Messages.PlayerInput) -> String:
	input.sequence = maxi(input.sequence, 1)
	return InputChecks.input(input)


## Returns whether an input can be sent. Prints an error if not.
static func is_fine(input: Messages.PlayerInput) -> bool:
	var fault := fault_of(input)
	if fault:
		push_error("OtherworldClient: this input cannot be sent: %s." % fault)
	return fault.is_empty()


## Returns [code]true[/code] for 64 hex digits.
static func is_hash(hash: String) -> bool:
	# is_valid_hex_number() accepts a sign.
	return hash.length() == 64 and hash.is_valid_hex_number() and not hash[0] in "+-"


static func bytes_of(hash: String) -> PackedByteArray:
	return hash.hex_decode() if is_hash(hash) else PackedByteArray()


## Returns whether two moves are equal. A jump is never equal: each one counts.
static func is_same_move(a: Messages.Move, b: Messages.Move) -> bool:
	return not b.jump and a.x == b.x and a.y == b.y and a.z == b.z and a.yaw == b.yaw and a.jump == b.jump \
			and a.run == b.run and a.fly == b.fly


## Returns whether a player would notice the delay of this change: starting, stopping, reversing, jumping. A stick that
## moves by a degree does not count.
static func changes_course(a: Messages.Move, b: Messages.Move) -> bool:
	return signf(a.x) != signf(b.x) or signf(a.y) != signf(b.y) or signf(a.z) != signf(b.z) or a.jump != b.jump \
			or a.run != b.run or a.fly != b.fly
