extends RefCounted
## What a walking avatar needs of a realm: the flat ground with its edge, gravity, bounds and tick rate.

## Ticks per second.
var tick_rate: float
## m/s²; negative is down.
var gravity_y: float
## Half extents of the ground, which lies at y = 0, metres.
var ground_x: float
var ground_z: float
## Limit of the distance between the head and a held prop, metres.
var reach: float
# Floats of 64 bits, as the simulation compares with: a Vector3 would round them.
var _min: PackedFloat64Array
var _max: PackedFloat64Array


## [param definition] is the realm's, parsed and checked.
func _init(definition: Dictionary) -> void:
	tick_rate = definition.tickRate
	gravity_y = definition.gravity.y
	ground_x = definition.ground.x
	ground_z = definition.ground.z
	reach = definition.reach
	_min = _numbers(definition.bounds.min)
	_max = _numbers(definition.bounds.max)


## Returns whether there is ground below.
func is_over_ground(x: float, z: float) -> bool:
	return x >= -ground_x and x <= ground_x and z >= -ground_z and z <= ground_z


## Returns whether a point is inside the realm's bounds.
func is_in_bounds(at: Vector3) -> bool:
	return at.x >= _min[0] and at.x <= _max[0] \
			and at.y >= _min[1] and at.y <= _max[1] \
			and at.z >= _min[2] and at.z <= _max[2]


func _numbers(of: Dictionary) -> PackedFloat64Array:
	return [of.x, of.y, of.z]
