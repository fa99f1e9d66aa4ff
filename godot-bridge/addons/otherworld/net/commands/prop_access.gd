extends RefCounted
## Which users may drag, scale and despawn a prop: its access bits, its owner and their permissions (docs/protocol.md,
## INP-15).

enum { DEFAULT, EVERYONE, OWNER_AND_MANAGERS, OWNER }

const _Act := OtherworldClient.Act
const _Permission := OtherworldClient.Permission


## Returns whether a user with these permissions may do [param act] with [param prop].
static func can(act: OtherworldClient.Act, prop: OtherworldPropState, user: int, permissions: int) -> bool:
	# Every user needs this permission for the act, owners too.
	var needed := _Permission.GRAB if act == _Act.DRAG else _Permission.SCALE if act == _Act.SCALE else 0
	if permissions & needed != needed:
		return false
	var access := prop.access >> (2 * act) & 3
	if access == DEFAULT:
		access = OWNER_AND_MANAGERS if act == _Act.DESPAWN else EVERYONE
	var owns := prop.owner != 0 and prop.owner == user
	return access == EVERYONE or owns or (access == OWNER_AND_MANAGERS and permissions & _Permission.MANAGE != 0)
