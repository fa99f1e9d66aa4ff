extends RefCounted
## Interpolates one component of an element between its states, and shortly after the last. Drawing never jumps: if a
## new state shows that what was drawn was wrong, the error fades.
##
## A segment between two states is computed once, when playback reaches it. Each frame then only evaluates it.
## Subclasses define the state.

const Components := preload("../wire/components.gd")
## Up to this gap an element at rest is assumed to be sent seldom, and moves evenly from state to state, ticks.
const GAP_TICKS_MAX := 45
## After a longer gap it was at rest until this many ticks before the state that shows it elsewhere.
const SPAN_TICKS_MAX := 15
## Fade time of an error, ticks: 150 ms; shorter if states arrive more often.
const FADE_TICKS_MAX := 9
const NEVER := -INF

enum Way {
	## No state has arrived, or none that old. The oldest is shown: early is better than invisible.
	NONE,
	## It stays at the first state.
	STAY,
	LINE,
	CURVE,
	## It is extrapolated from the last state.
	AHEAD,
}

var _components: Components
var _row: int
## A new state changes the segment.
var _is_stale := true
## The segment's ticks. It begins to leave the first state at `_leave`, by this share per tick.
var _way := Way.NONE
var _begin := INF
var _end := INF
var _leave := 0.0
var _per_tick := 0.0
## The tick that was drawn last.
var _drawn_tick := NEVER
## Start and length of an error's fade; 0 without an error.
var _error_tick := 0.0
var _error_ticks := 0.0


## [param components] are those of the kind; [param element] gets its row there.
func _init(components: Components, element: int) -> void:
	_components = components
	_row = components.row_of(element)


## Called when the components have a new state of [param tick].
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
	# Otherwise the drawn tick is between older states.
	if _drawn_tick > before:
		_error_tick = _drawn_tick
		_error_ticks = mini(FADE_TICKS_MAX, tick - before)
		_note_error()


## Returns whether any state has arrived.
func is_known() -> bool:
	return _components.counts[_row] > 0


## Records the error of what was drawn at [member _drawn_tick].
func _note_error() -> void:
	pass


## Extrapolates from the state at [param _place].
func _leave_from(_place: int) -> void:
	pass


## Interpolates to the state at [param _place], in [param _ticks], from the one at [param _from].
func _head_for(_from: int, _place: int, _ticks: float) -> Way:
	return Way.LINE


## Returns whether the first state keeps moving. Then it was not at rest even in a long gap.
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


## Returns what has to be added to [param a] to get to [param b] the short way. The two are close.
static func turn(a: Quaternion, b: Quaternion) -> Quaternion:
	return (b if a.dot(b) >= 0.0 else -b) - a


## Returns the rotation at [param share] of the short way from [param a] to [param b].
static func mixed(a: Quaternion, b: Quaternion, share: float) -> Quaternion:
	return (a + turn(a, b) * share).normalized()


## Returns the remaining share of the error at [param tick], 1 to 0.
func _error_share(tick: float) -> float:
	var share := 1.0 - (tick - _error_tick) / _error_ticks
	if share <= 0.0 or share > 1.0:
		_error_ticks = 0.0
		return 0.0
	return share
