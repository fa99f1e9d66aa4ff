extends RefCounted
## Checks messages of the server. Each function returns what is wrong and where, as the text of the goodbye that ends
## the connection, or "".
##
## Lengths and counts are checked while the bytes are read (messages.gd). The blocks of a snapshot are checked by their
## decoder.

const Messages := preload("generated/messages.gd")
const Limits := preload("generated/limits.gd")
const Values := preload("values.gd")

const TICK_RATE_MAX := 1000
const HASH_BYTES := 8

const _Case := Messages.ServerMessage.MessageCase


## Checks a packet; null if its bytes were malformed.
static func server_packet(packet: Messages.ServerPacket) -> String:
	if not packet:
		return "the bytes are not a packet of a server"
	if packet.packet == 0:
		return "packet: is 0; packets are numbered from 1"
	for i: int in packet.messages.size():
		var fault := _message(packet.messages[i], "messages[%d]" % i)
		if fault:
			return fault
	return own(packet.snapshot.own, "snapshot.own") if packet.snapshot and packet.snapshot.own else ""


## Checks a message that was joined from parts; null if its bytes were malformed.
static func server_message(message: Messages.ServerMessage) -> String:
	return _message(message, "message") if message else "the bytes are not a message of a server"


## Checks your own avatar. Values out of range are refused, because the prediction would end in NAN.
static func own(given: Messages.Own, where: String) -> String:
	var fault := Values.point(given.position, given.has_position, where + ".position", Limits.OWN_METRES_MAX)
	fault = fault if fault else Values.point(given.velocity, given.has_velocity, where + ".velocity",
			Limits.OWN_METRES_MAX)
	fault = fault if fault else Values.number(given.yaw, where + ".yaw", Limits.OWN_YAW_MAX)
	return fault if fault else Values.whole(given.move_ticks, where + ".move_ticks", 1 if given.move_sequence else 0)


static func _message(message: Messages.ServerMessage, where: String) -> String:
	match message.message_case:
		_Case.WELCOME:
			return _welcome(message.welcome, where + ".welcome")
		_Case.AVATAR_ADDED:
			return _avatar_added(message.avatar_added, where + ".avatar_added")
		_Case.AVATAR_CHANGED:
			return _avatar_changed(message.avatar_changed, where + ".avatar_changed")
		_Case.PROP_ADDED:
			return _prop_added(message.prop_added, where + ".prop_added")
		_Case.PROP_CHANGED:
			return _prop_changed(message.prop_changed, where + ".prop_changed")
		_Case.ELEMENT_REMOVED:
			return Values.whole(message.element_removed.element, where + ".element_removed.element", 1)
		_Case.COMMAND_DONE:
			return Values.whole(message.command_done.sequence, where + ".command_done.sequence", 1)
		_Case.COMMAND_REJECTED:
			return Values.whole(message.command_rejected.sequence, where + ".command_rejected.sequence", 1)
		_Case.HASH_SAMPLE:
			return Values.bytes(message.hash_sample.hash, where + ".hash_sample.hash", HASH_BYTES)
		_Case.PERMISSIONS_CHANGED, _Case.NOTICE, _Case.PART:
			return ""
		_:
			return where + ": is missing or of a kind that this version does not know"


static func _welcome(given: Messages.Welcome, where: String) -> String:
	var fault := Values.whole(given.tick_rate, where + ".tick_rate", 1, TICK_RATE_MAX)
	fault = fault if fault else Values.whole(given.player, where + ".player", 1)
	return fault if fault else Values.whole(given.user, where + ".user", 1)


static func _avatar_added(given: Messages.AvatarAdded, where: String) -> String:
	var fault := Values.whole(given.element, where + ".element", 1)
	fault = fault if fault else Values.whole(given.player, where + ".player", 1)
	fault = fault if fault else Values.whole(given.user, where + ".user", 1)
	fault = fault if fault else Values.name(given.name, where + ".name")
	fault = fault if fault else Values.package(given.package, where + ".package")
	if not fault:
		fault = Values.number(given.scale, where + ".scale")
	return fault if fault else Values.number(given.head_metres, where + ".head_metres")


static func _avatar_changed(given: Messages.AvatarChanged, where: String) -> String:
	var fault := Values.whole(given.element, where + ".element", 1)
	fault = fault if fault else Values.package(given.package, where + ".package")
	if not fault:
		fault = Values.number(given.scale, where + ".scale")
	return fault if fault else Values.number(given.head_metres, where + ".head_metres")


static func _prop_added(given: Messages.PropAdded, where: String) -> String:
	var fault := Values.whole(given.element, where + ".element", 1)
	fault = fault if fault else Values.prop(given.prop, where + ".prop")
	fault = fault if fault else Values.package(given.package, where + ".package")
	fault = fault if fault else Values.number(given.scale, where + ".scale")
	fault = fault if fault else Values.whole(given.access, where + ".access", 0, Values.ACCESS_MAX)
	fault = fault if fault else Values.point(given.position, given.has_position, where + ".position")
	return fault if fault else Values.rotation(given.rotation, given.has_rotation, where + ".rotation")


static func _prop_changed(given: Messages.PropChanged, where: String) -> String:
	var fault := Values.whole(given.element, where + ".element", 1)
	fault = fault if fault else Values.number(given.scale, where + ".scale")
	return fault if fault else Values.whole(given.access, where + ".access", 0, Values.ACCESS_MAX)
