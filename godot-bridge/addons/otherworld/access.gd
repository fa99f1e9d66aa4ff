class_name OtherworldAccess
extends RefCounted
## Access rights of a prop: who may drag, scale and despawn it.
##
## The owner of a prop sets them with [method OtherworldClient.set_access]. Each act has a value of [enum Who]:
## [codeblock]
## # Everyone may drag the prop. Only you may scale it.
## var access := OtherworldAccess.of(OtherworldAccess.Who.EVERYONE, OtherworldAccess.Who.OWNER)
## await client.set_access(prop.element, access)
## [/codeblock]
## Every player also needs the permission for the act: see [enum OtherworldClient.Permission].

## The players who may do something with a prop.
enum Who {
	## Everyone may drag and scale. The owner and managers may despawn.
	DEFAULT,
	## Everyone.
	EVERYONE,
	## The owner, and players with the MANAGE permission.
	OWNER_AND_MANAGERS,
	## The owner only.
	OWNER,
}

const _BITS := 2

## The players who may grab and drag the prop.
var drag := Who.DEFAULT
## The players who may scale the prop.
var scale := Who.DEFAULT
## The players who may remove the prop.
var despawn := Who.DEFAULT


## Creates access rights.
static func of(may_drag := Who.DEFAULT, may_scale := Who.DEFAULT, may_despawn := Who.DEFAULT) -> OtherworldAccess:
	var access := OtherworldAccess.new()
	access.drag = may_drag
	access.scale = may_scale
	access.despawn = may_despawn
	return access


## Creates access rights from the number in the protocol: 2 bits for each act, drag in the lowest (docs/protocol.md,
## INP-15).
static func from_bits(bits: int) -> OtherworldAccess:
	return of((bits & 3) as Who, (bits >> _BITS & 3) as Who, (bits >> 2 * _BITS & 3) as Who)


## Returns the number in the protocol. See [method from_bits].
func to_bits() -> int:
	return drag | scale << _BITS | despawn << 2 * _BITS
