extends "mover_track.gd"
## A prop.

const Rotations := preload("../wire/rotations.gd")
const ASLEEP := 1

## The prop that is brought up to date.
var state: OtherworldPropState
## It is among those that are looked at in each frame.
var is_listed := false

## Where it stood when it was described: there it is until a state came.
var _first_position: Vector3
var _first_rotation := Quaternion.IDENTITY
## What was drawn last; of the way; what was drawn wrong.
var _rotation := Quaternion.IDENTITY
var _rotation_a := Quaternion.IDENTITY
var _turn: Quaternion
var _wrong_rotation := Quaternion.IDENTITY


## Where it is described to stand.
func stands(at: Vector3, turned: Quaternion) -> void:
	_first_position = at
	_first_rotation = turned.normalized()


## It was at rest and not looked at up to [param tick]: that is what was drawn.
func rested(tick: float) -> void:
	if _drawn_tick != NEVER:
		_drawn_tick = tick


## Brings its state to [param tick]; beyond the last that came it goes on to [param until_tick] at most. False: it rests.
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
