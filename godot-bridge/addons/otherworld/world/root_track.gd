extends "mover_track.gd"
## Interpolates an avatar's root.

const GROUNDED := 1
const FLYING := 2
const RADIANS := TAU / 4_096.0

## The heading that was drawn last.
var _yaw := 0.0
var _yaw_a := 0.0
var _turn := 0.0
var _yaw_error := 0.0


## Sets [param state] to [param tick], extrapolated up to [param until_tick]. Returns [code]false[/code] before the
## first state.
func sample(tick: float, until_tick: float, state: OtherworldAvatarState) -> bool:
	var share := _go(tick, until_tick)
	_drawn_tick = tick
	if _way == Way.NONE:
		_drawn_tick = NEVER
		if not is_known():
			return false
	_yaw = fposmod(_yaw_a + _turn * share, TAU)
	if _error_ticks > 0.0:
		var left := _error_share(tick)
		_position += _error * left
		_yaw = fposmod(_yaw + _yaw_error * left, TAU)
	var flags := _flags_a
	state.velocity = _velocity_a
	if share > 0.0:
		flags = _flags_b
		state.velocity = _velocity_a.lerp(_velocity_b, share)
	state.position = _position
	state.yaw = _yaw
	state.is_grounded = (flags & GROUNDED) != 0
	state.is_flying = (flags & FLYING) != 0
	return true


func _rising(ticks: float) -> float:
	if (_flags_a & GROUNDED) != 0:
		return 0.0
	return ticks if (_flags_a & FLYING) != 0 else minf(ticks, FALL_TICKS_MAX)


func _leave_from(place: int) -> void:
	super(place)
	_yaw_a = _movers.headings[place] * RADIANS
	_turn = 0.0


func _head_for(from: int, place: int, ticks: float) -> Way:
	_turn = angle_difference(_yaw_a, _movers.headings[place] * RADIANS)
	return super(from, place, ticks)


func _note_turn(share: float) -> void:
	_yaw_error = angle_difference(_yaw_a + _turn * share, _yaw)
