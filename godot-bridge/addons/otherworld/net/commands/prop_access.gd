extends RefCounted
## Whether a user may drag, scale or despawn a prop: its access rights, its owner and the user's permissions
## (docs/protocol.md, INP-15).

const _Act := OtherworldClient.Act
const _Permission := OtherworldClient.Permission
const _Who := OtherworldAccess.Who


## Returns whether a user with these permissions may do [param act] with [param prop].
static func can(act: OtherworldClient.Act, prop: OtherworldPropState, user: int, permissions: int) -> bool:
	# Every user needs this permission for the act, owners too.
	var needed := _Permission.GRAB if act == _Act.DRAG else _Permission.SCALE if act == _Act.SCALE else 0
	if permissions & needed != needed:
		return false
	var who := prop.access.drag if act == _Act.DRAG else prop.access.scale if act == _Act.SCALE else prop.access.despawn
	if who == _Who.DEFAULT:
		who = _Who.OWNER_AND_MANAGERS if act == _Act.DESPAWN else _Who.EVERYONE
	var owns := prop.owner != 0 and prop.owner == user
	return who == _Who.EVERYONE or owns or (who == _Who.OWNER_AND_MANAGERS and permissions & _Permission.MANAGE != 0)
