extends "track.gd"
## Where a root or a prop is: by the velocities of its states, between them and after the last.

const MoverComponents := preload("../wire/mover_components.gd")
## Farther than this from where the velocities lead was a teleport.
const JUMP_METRES := 5.0
## Farther than expected after a gap, it is no longer the same way.
const STRAY_METRES := 2.0
## What jumps or falls is not taken farther up or down than this, ticks: there is a floor.
const FALL_TICKS_MAX := 9.0
const METRES := 0.001
const METRES_A_SECOND := 0.02

var _movers: MoverComponents
## Where the components' numbers count from, in realm space.
var _origin: Vector3
var _tick_seconds: float
## What was drawn last.
var _position: Vector3
## Of both ends of the way.
var _a: Vector3
var _b: Vector3
var _control_a: Vector3
var _control_b: Vector3
var _velocity_a: Vector3
var _velocity_b: Vector3
var _flags_a := 0
var _flags_b := 0
## How far off was drawn.
var _error: Vector3


func _init(components: MoverComponents, element: int, origin: Vector3, tick_seconds: float) -> void:
	super(components, element)
	_movers = components
	_origin = origin
	_tick_seconds = tick_seconds


## Whether what is drawn changes with time, though nothing more comes.
func is_moving() -> bool:
	return _way != Way.AHEAD or _is_stale or _error_ticks > 0.0 or _velocity_a != Vector3.ZERO


## Sets [member _position] to what is right of [param tick]. How far between both ends that is, 0 to 1.
func _go(tick: float, until_tick: float) -> float:
	if _is_stale or tick >= _end or tick < _begin:
		_seek(tick)
	var share := (tick - _leave) * _per_tick
	if _way == Way.AHEAD:
		var ticks := maxf(0.0, minf(tick, until_tick) - _begin)
		_position = _a + _velocity_a * (ticks * _tick_seconds)
		_position.y = _a.y + _velocity_a.y * (_rising(ticks) * _tick_seconds)
		return 0.0
	if share <= 0.0 or _way == Way.STAY:
		_position = _a
	elif _way == Way.CURVE:
		_position = _a.bezier_interpolate(_control_a, _control_b, _b, share)
	else:
		_position = _a.lerp(_b, share)
	return maxf(0.0, share)


## For how many of [param ticks] it goes on up or down.
func _rising(ticks: float) -> float:
	return minf(ticks, FALL_TICKS_MAX)


func _goes_on() -> bool:
	return _velocity_a != Vector3.ZERO


func _leave_from(place: int) -> void:
	_a = _movers.positions[place] * METRES + _origin
	_velocity_a = _movers.velocities[place] * METRES_A_SECOND
	_flags_a = _movers.flags[place]


## A cubic Hermite curve; straight where the velocities cannot have led from one to the other. A jump is not a way.
func _head_for(_from: int, place: int, ticks: float) -> Way:
	var seconds := ticks * _tick_seconds
	_b = _movers.positions[place] * METRES + _origin
	_velocity_b = _movers.velocities[place] * METRES_A_SECOND
	_flags_b = _movers.flags[place]
	_control_a = _a + _velocity_a * (seconds / 3.0)
	_control_b = _b - _velocity_b * (seconds / 3.0)
	var stray := _b.distance_to(_a + (_velocity_a + _velocity_b) * (seconds / 2.0))
	return Way.STAY if stray > JUMP_METRES else Way.LINE if stray > STRAY_METRES else Way.CURVE


func _note_error() -> void:
	var drawn := _position
	_note_turn(_go(_drawn_tick, INF))
	_error = drawn - _position
	# What was drawn stays what was drawn.
	_position = drawn
	if _error.length() > JUMP_METRES:
		_error_ticks = 0.0


## Notes by how much it was turned wrong; [param _share] of the way would have been right.
func _note_turn(_share: float) -> void:
	pass
