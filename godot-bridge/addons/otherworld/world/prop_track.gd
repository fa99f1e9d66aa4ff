extends "mover_track.gd"
## Interpolates a prop.

const Rotations := preload("../wire/rotations.gd")
const ASLEEP := 1

## The state that is updated.
var state: OtherworldPropState
## It is updated in each frame.
var is_listed := false

## Its transform in its description, which is used until a state arrives.
var _first_position: Vector3
var _first_rotation := Quaternion.IDENTITY
## The rotation that was drawn last; of the segment; its error.
var _rotation := Quaternion.IDENTITY
var _rotation_a := Quaternion.IDENTITY
var _turn: Quaternion
var _wrong_rotation := Quaternion.IDENTITY


## Sets the transform of its description.
func stands(at: Vector3, turned: Quaternion) -> void:
	_first_position = at
	_first_rotation = turned.normalized()


## It was at rest and not updated up to [param tick], so that is what was drawn.
func rested(tick: float) -> void:
	if _drawn_tick != NEVER:
		_drawn_tick = tick


## Updates the state to [param tick], extrapolated up to [param until_tick]. Returns [code]false[/code] if it is at
## rest.
func sample(tick: float, until_tick: float) -> bool:
	var share := _go(tick, until_tick)
	if _way == Way.NONE:
		_drawn_tick = NEVER
		state.position = _first_position
		state.rotation = _first_rotation
		state.is_asleep = true
		return is_known()
	_drawn_tick = tick
	_rotation = (_rotation_a + _turn * share).normalized() if share > 0.0 else _rotation_a
	if _error_ticks > 0.0:
		var left := _error_share(tick)
		_position += _error * left
		_rotation = mixed(_rotation, _wrong_rotation, left)
	state.position = _position
	state.rotation = _rotation
	state.is_asleep = ((_flags_b if share > 0.0 else _flags_a) & ASLEEP) != 0
	return is_moving()


func _leave_from(place: int) -> void:
	super(place)
	_rotation_a = Rotations.unpack(_movers.headings[place])
	_turn = Quaternion(0.0, 0.0, 0.0, 0.0)


func _head_for(from: int, place: int, ticks: float) -> Way:
	var headings := _movers.headings
	if headings[from] != headings[place]:
		_turn = turn(_rotation_a, Rotations.unpack(headings[place]))
	return super(from, place, ticks)


func _note_turn(_share: float) -> void:
	_wrong_rotation = _rotation
