extends RefCounted
## What of a realm matters to who walks in it: the flat ground with its edge, gravity, bounds and the ticks of a second.

## Ticks in a second.
var tick_rate: float
## m/s²; negative is down.
var gravity_y: float
## Half extents of the ground, which lies at y = 0, metres.
var ground_x: float
var ground_z: float
## How far from its avatar's head a player may hold things, metres.
var reach: float
# Floats of 64 bits, as the simulation compares with: a Vector3 would round them.
var _min: PackedFloat64Array
var _max: PackedFloat64Array


## [param definition]: the realm's, parsed; whoever parsed it has checked it.
func _init(definition: Dictionary) -> void:
	tick_rate = definition.tickRate
	gravity_y = definition.gravity.y
	ground_x = definition.ground.x
	ground_z = definition.ground.z
	reach = definition.reach
	_min = _numbers(definition.bounds.min)
	_max = _numbers(definition.bounds.max)


## Whether there is ground below.
func is_over_ground(x: float, z: float) -> bool:
	return x >= -ground_x and x <= ground_x and z >= -ground_z and z <= ground_z


## Whether the realm goes as far as that.
func is_in_bounds(at: Vector3) -> bool:
	return at.x >= _min[0] and at.x <= _max[0] and at.y >= _min[1] and at.y <= _max[1] and at.z >= _min[2] and at.z <= _max[2]


func _numbers(of: Dictionary) -> PackedFloat64Array:
	return [of.x, of.y, of.z]
