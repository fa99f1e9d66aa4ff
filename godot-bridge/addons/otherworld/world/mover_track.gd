extends "track.gd"
## Interpolates the position of a root or prop with the velocities of its states, and extrapolates after the last one.

const MoverComponents := preload("../wire/mover_components.gd")
## A larger distance from where the velocities lead is a teleport.
const JUMP_METRES := 5.0
## A larger deviation after a gap starts a new segment.
const STRAY_METRES := 2.0
## Limit of vertical extrapolation, ticks: there is a floor.
const FALL_TICKS_MAX := 9.0
const METRES := 0.001
const METRES_A_SECOND := 0.02

var _movers: MoverComponents
## Zero of the components' positions, realm space.
var _origin: Vector3
var _tick_seconds: float
## The position that was drawn last.
var _position: Vector3
## Positions and velocities at both ends of the segment.
var _a: Vector3
var _b: Vector3
var _control_a: Vector3
var _control_b: Vector3
var _velocity_a: Vector3
var _velocity_b: Vector3
var _flags_a := 0
var _flags_b := 0
## Error of the position that was drawn.
var _error: Vector3


func _init(components: MoverComponents, element: int, origin: Vector3, tick_seconds: float) -> void:
	super(components, element)
	_movers = components
	_origin = origin
	_tick_seconds = tick_seconds


## Returns whether the drawn position changes without further states.
func is_moving() -> bool:
	return _way != Way.AHEAD or _is_stale or _error_ticks > 0.0 or _velocity_a != Vector3.ZERO


## Sets [member _position] for [param tick]. Returns the share of the segment, 0 to 1.
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


## Returns for how many of [param ticks] it is extrapolated vertically.
func _rising(ticks: float) -> float:
	return minf(ticks, FALL_TICKS_MAX)


func _goes_on() -> bool:
	return _velocity_a != Vector3.ZERO


func _leave_from(place: int) -> void:
	_a = _movers.positions[place] * METRES + _origin
	_velocity_a = _movers.velocities[place] * METRES_A_SECOND
	_flags_a = _movers.flags[place]


## Returns a point of a cubic Hermite curve; of a straight line if the velocities cannot lead from one end to the other.
## A teleport has no curve.
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
	# The drawn position is kept.
	_position = drawn
	if _error.length() > JUMP_METRES:
		_error_ticks = 0.0


## Records the error of the drawn rotation. [param _share] of the segment would have been right.
func _note_turn(_share: float) -> void:
	pass
