@tool
class_name OtherworldRealmInfo
extends RefCounted
## A realm of a server, as you see it before you join. See [method OtherworldServer.realms].

## Id of the realm.
var id := ""
## Number of players in it.
var players := 0
## Number of elements in it: avatars, props, markers and planes.
var elements := 0
## Current tick of its simulation.
var tick := 0
## Median time that the server needs for a tick, ms.
var tick_msec := 0.0


# Reads a realm from the server's status.
static func _read(fields: Dictionary) -> OtherworldRealmInfo:
	var realm := OtherworldRealmInfo.new()
	realm.id = str(fields.get("id", ""))
	realm.players = int(_number(fields, "players"))
	realm.elements = int(_number(fields, "elements"))
	realm.tick = int(_number(fields, "tick"))
	realm.tick_msec = _number(fields, "tickMsP50")
	return realm


static func _number(fields: Dictionary, field: String) -> float:
	var value: Variant = fields.get(field)
	return value if value is float else 0.0
