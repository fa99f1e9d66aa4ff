extends RefCounted
## Checks inputs before they are sent, because the server disconnects a client that sends a malformed one. Each function
## returns what is wrong and where, or "".

const Messages := preload("generated/messages.gd")
const Limits := preload("generated/limits.gd")
const Values := preload("values.gd")
const Pose := preload("pose.gd")

## Left, right and pointer.
const HAND_MAX := 2

const _Case := Messages.PlayerInput.CommandCase
## Inputs of which only the newest counts.
const LATEST: Array[_Case] = [_Case.MOVE, _Case.POSE, _Case.DRAG]
## Inputs that are delivered exactly once.
const COMMANDS: Array[_Case] = [
	_Case.SPAWN, _Case.DESPAWN, _Case.GRAB, _Case.RELEASE, _Case.SCALE, _Case.WEAR, _Case.ACCESS,
]


## Checks a packet; null if its bytes were malformed.
static func client_packet(packet: Messages.ClientPacket) -> String:
	if not packet:
		return "the bytes are not a packet of a client"
	var fault := Values.whole(packet.packet, "packet", 1)
	for i: int in packet.commands.size():
		fault = fault if fault else _input(packet.commands[i], COMMANDS, "commands[%d]" % i)
	for i: int in packet.latest.size():
		fault = fault if fault else _input(packet.latest[i], LATEST, "latest[%d]" % i)
	if packet.hello and not fault:
		fault = Values.whole(packet.hello.mode, "hello.mode", 0, Messages.ClientMode.LOCKSTEP)
	return fault


## Checks an input of a client, of either list.
static func input(given: Messages.PlayerInput) -> String:
	return _input(given, LATEST if given.command_case in LATEST else COMMANDS, "input")


static func _input(given: Messages.PlayerInput, allowed: Array[_Case], where: String) -> String:
	if not given.command_case in allowed:
		return where + ": a client does not send such an input here"
	var fault := Values.whole(given.sequence, where + ".sequence", 1)
	return fault if fault else _command(given, where)


static func _command(given: Messages.PlayerInput, where: String) -> String:
	match given.command_case:
		_Case.MOVE:
			return _move(given.move, where + ".move")
		_Case.POSE:
			return _pose(given.pose, where + ".pose")
		_Case.DRAG:
			return _drag(given.drag, where + ".drag")
		_Case.SPAWN:
			return _spawn(given.spawn, where + ".spawn")
		_Case.GRAB:
			var fault := Values.whole(given.grab.element, where + ".grab.element", 0)
			return fault if fault else _hand(given.grab.hand, where + ".grab")
		_Case.RELEASE:
			return _hand(given.release.hand, where + ".release")
		_Case.SCALE:
			var fault := Values.whole(given.scale.element, where + ".scale.element", 0)
			return fault if fault else Values.number(given.scale.scale, where + ".scale.scale")
		_Case.WEAR:
			return _wear(given.wear, where + ".wear")
		_Case.ACCESS:
			var fault := Values.whole(given.access.element, where + ".access.element", 0)
			return fault if fault else Values.whole(given.access.access, where + ".access.access", 0, Values.ACCESS_MAX)
		_Case.DESPAWN:
			return Values.whole(given.despawn.element, where + ".despawn.element", 0)
	return where + ": this input has no check"


static func _hand(hand: int, where: String) -> String:
	return "" if hand >= 0 and hand <= HAND_MAX \
			else "%s.hand: is %d; 0 (left), 1 (right) and 2 (pointer) are known" % [where, hand]


static func _move(given: Messages.Move, where: String) -> String:
	var fault := Values.number(given.x, where + ".x")
	fault = fault if fault else Values.number(given.y, where + ".y")
	fault = fault if fault else Values.number(given.z, where + ".z")
	return fault if fault else Values.number(given.yaw, where + ".yaw")


static func _pose(given: Messages.Pose, where: String) -> String:
	var fault := Values.whole(given.bone_mask, where + ".bone_mask", 0, (1 << Limits.POSE_BONES_MAX) - 1)
	return fault if fault else Values.bytes(given.bytes, where + ".bytes",
			Pose.JOINTS_BYTES + Pose.BONE_BYTES * Pose.count_bones(given.bone_mask))


static func _drag(given: Messages.Drag, where: String) -> String:
	var fault := _hand(given.hand, where)
	fault = fault if fault else Values.point(given.position, given.has_position, where + ".position")
	return fault if fault else Values.rotation(given.rotation, given.has_rotation, where + ".rotation")


static func _spawn(given: Messages.Spawn, where: String) -> String:
	var fault := Values.package(given.package, where + ".package")
	if given.package.is_empty():
		fault = fault if fault else Values.prop(given.prop, where + ".prop")
	elif given.prop:
		return where + ".package: give either a prop or a package"
	fault = fault if fault else Values.point(given.position, given.has_position, where + ".position")
	fault = fault if fault else Values.rotation(given.rotation, given.has_rotation, where + ".rotation")
	fault = fault if fault else Values.number(given.scale, where + ".scale")
	return fault if fault else Values.whole(given.access, where + ".access", 0, Values.ACCESS_MAX)


static func _wear(given: Messages.Wear, where: String) -> String:
	var fault := Values.package(given.package, where + ".package")
	if given.package and given.body:
		return where + ".body: give either a package or a body"
	return fault if fault else Values.whole(given.body, where + ".body", 0)
