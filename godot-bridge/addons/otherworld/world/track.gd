extends RefCounted
## One component of an element at any moment between and shortly after the states that came of it. What was drawn is never left
## at once: where a state that arrives shows that it was wrong, the error fades.
##
## The way between two states is worked out once, when the moment comes to it; each frame then only goes along it.
## Subclasses say what a state is.

const Components := preload("../wire/components.gd")
## Up to this gap what rests is taken for sent seldom, and goes evenly from state to state, ticks.
const GAP_TICKS_MAX := 45
## After a longer one it rested, until this many ticks before the state that shows it elsewhere.
const SPAN_TICKS_MAX := 15
## How long an error fades, ticks: 150 ms; shorter where states come more often.
const FADE_TICKS_MAX := 9
const NEVER := -INF

enum Way {
	## No state came yet, or none so old: the oldest is shown, better early than invisible.
	NONE,
	## Stays at the first state.
	STAY,
	LINE,
	CURVE,
	## Goes on from the last state.
	AHEAD,
}

var _components: Components
var _row: int
## A state came that changes the way.
var _is_stale := true
## The way leads from one tick to another; it begins to leave the first state at `_leave`, by so much a tick.
var _way := Way.NONE
var _begin := INF
var _end := INF
var _leave := 0.0
var _per_tick := 0.0
## What was drawn last was of this moment.
var _drawn_tick := NEVER
## An error fades since then, for so long; 0: there is none.
var _error_tick := 0.0
var _error_ticks := 0.0


## [param components] of the kind; [param element] gets its row there.
func _init(components: Components, element: int) -> void:
	_components = components
	_row = components.row_of(element)


## The components have a state of [param tick] that they had not.
func came(tick: int) -> void:
	if tick >= _end:
		return
	_is_stale = true
	if _drawn_tick == NEVER:
		return
	var number := _components.number_at(_row, tick) - 1
	if number < _components.first(_row):
		return
	var before := _components.ticks[_row * _components.slots + (number & (_components.slots - 1))]
	# Otherwise what was drawn lies between states that were there already.
	if _drawn_tick > before:
		_error_tick = _drawn_tick
		_error_ticks = mini(FADE_TICKS_MAX, tick - before)
		_note_error()


## Whether any state came.
func is_known() -> bool:
	return _components.counts[_row] > 0


## What was drawn at [member _drawn_tick] is wrong: notes by how much.
func _note_error() -> void:
	pass


## Goes on from the state at [param _place].
func _leave_from(_place: int) -> void:
	pass


## Goes to the state at [param _place], in [param _ticks]; [param _from] is where it comes from.
func _head_for(_from: int, _place: int, _ticks: float) -> Way:
	return Way.LINE


## Whether the state that it leaves goes on by itself: then even after a long gap it had not rested.
func _goes_on() -> bool:
	return false


## Finds the states around [param tick].
func _seek(tick: float) -> void:
	var components := _components
	var number := components.number_at(_row, tick)
	_is_stale = false
	_leave = 0.0
	_per_tick = 0.0
	_begin = INF
	_end = INF
	if number < components.first(_row):
		_way = Way.NONE
		_is_stale = true
		if components.counts[_row] > 0:
			_leave_from(_row * components.slots + (components.first(_row) & (components.slots - 1)))
		return
	var slots := components.slots
	var place := _row * slots + (number & (slots - 1))
	_begin = components.ticks[place]
	_leave_from(place)
	if number + 1 == components.counts[_row]:
		_way = Way.AHEAD
		return
	var next := _row * slots + ((number + 1) & (slots - 1))
	_end = components.ticks[next]
	_leave = _begin if _end - _begin <= GAP_TICKS_MAX or _goes_on() else _end - SPAN_TICKS_MAX
	_per_tick = 1.0 / (_end - _leave)
	_way = _head_for(place, next, _end - _leave)


## What has to be added to [param a] on the short way to [param b]; the two are close.
static func turn(a: Quaternion, b: Quaternion) -> Quaternion:
	return (b if a.dot(b) >= 0.0 else -b) - a


## The rotation [param share] of the short way from [param a] to [param b].
static func mixed(a: Quaternion, b: Quaternion, share: float) -> Quaternion:
	return (a + turn(a, b) * share).normalized()


## What is left of the error at [param tick], 1 to 0.
func _error_share(tick: float) -> float:
	var share := 1.0 - (tick - _error_tick) / _error_ticks
	if share <= 0.0 or share > 1.0:
		_error_ticks = 0.0
		return 0.0
	return share
