extends RefCounted
## Draws held props in the hand at once. They follow the drag by the simulation's own rule, instead of by snapshots that
## are more than a round trip old. If the server's prop stays away from where ours was at that time (a wall, another
## body), ours is pulled towards it. When it is released, it is blended into the server's position.

## The simulation's rule for held props: share of the way to the hand per tick, and limit, m/s.
const FOLLOW := 0.35
const FOLLOW_SPEED_MAX := 20.0
## Time constant of the blend after a release.
const BLEND_MSEC := 150.0
## After this time nothing of the difference is visible.
const FADED_MSEC := 1000.0
## Differences to the server's prop that are not corrected, because sending 15 times a second leaves them: metres, and
## seconds of the prop's speed.
const SLACK_METRES := 0.05
const SLACK_SECONDS := 0.08
## Time constant of the pull towards the server's prop.
const PULL_MSEC := 120.0
## The server has this long to report the holder.
const CONFIRM_MSEC := 1500.0
## History of our positions: as long as an answer may take, and a limit of frames.
const HISTORY_MSEC := 1500.0
const HISTORY_MAX := 256


class Grip:
	var element: int
	var since_msec: float
	var has_target := false
	var target_position: Vector3
	var target_rotation: Quaternion
	## It was drawn at least once. Position and rotation in the hand, before the pull.
	var is_drawn := false
	var position: Vector3
	var rotation: Quaternion
	var drawn_msec: float
	var history_msec: PackedFloat64Array = []
	var history: PackedVector3Array = []
	var pull := Vector3.ZERO
	## The server has reported us as the holder.
	var is_confirmed := false


## A released prop, and how it was drawn then.
class Fading:
	var since_msec: float
	var position: Vector3
	var rotation: Quaternion
	## The difference to the server's position at the release, once it is drawn.
	var has_offset := false
	var offset: Vector3


var _player: int
var _tick_rate: float
# Grips by hand.
var _grips: Dictionary[int, Grip] = {}
# Released props by element.
var _fading: Dictionary[int, Fading] = {}


func _init(player: int, tick_rate: float) -> void:
	_player = player
	_tick_rate = tick_rate


## The player grabs a prop.
func grabbed(hand: int, element: int, now_msec: float) -> void:
	released(hand, now_msec)
	var grip := Grip.new()
	grip.element = element
	grip.since_msec = now_msec
	grip.drawn_msec = now_msec
	_grips[hand] = grip


## The player drags the prop in a hand to a new target.
func dragged(hand: int, position: Vector3, rotation: Quaternion) -> void:
	var grip: Grip = _grips.get(hand)
	if grip == null:
		return
	grip.has_target = true
	grip.target_position = position
	grip.target_rotation = rotation


## The server rejected the grab.
func refused(hand: int, element: int, now_msec: float) -> void:
	var grip: Grip = _grips.get(hand)
	if grip != null and grip.element == element:
		released(hand, now_msec)


## The hand is released.
func released(hand: int, now_msec: float) -> void:
	var grip: Grip = _grips.get(hand)
	if grip == null:
		return
	_grips.erase(hand)
	if not grip.is_drawn:
		return
	var fading := Fading.new()
	fading.since_msec = now_msec
	fading.position = grip.position + grip.pull
	fading.rotation = grip.rotation
	_fading[grip.element] = fading


## Places held and just released props where they are drawn. [param props] by element, as the server reports them now.
## [param lag_msec] is the age of the drag that they show. [param head] and [param reach] limit the hand.
## [param displace] is called with each prop, position and rotation; it shows the prop there until the next snapshot.
func place(props: Dictionary[int, OtherworldPropState], now_msec: float, lag_msec: float, head: Vector3, reach: float,
		displace: Callable) -> void:
	if _grips.is_empty() and _fading.is_empty():
		return
	for element: int in _fading.keys():
		if now_msec - _fading[element].since_msec > FADED_MSEC:
			_fading.erase(element)
	var held: PackedInt64Array = []
	for hand: int in _grips.keys():
		var grip := _grips[hand]
		var prop: OtherworldPropState = props.get(grip.element)
		if prop != null and not grip.element in held and _hold(hand, grip, prop, now_msec, lag_msec, head, reach):
			displace.call(prop, grip.position + grip.pull, grip.rotation)
			prop.is_asleep = false
			held.append(grip.element)
	for element: int in _fading:
		var prop: OtherworldPropState = props.get(element)
		if prop != null and not element in held:
			_fade(_fading[element], prop, now_msec, displace)


# Returns false if the prop is not drawn in the hand.
func _hold(hand: int, grip: Grip, prop: OtherworldPropState, now_msec: float, lag_msec: float, head: Vector3,
		reach: float) -> bool:
	var is_ours := prop.holder == _player
	grip.is_confirmed = grip.is_confirmed or is_ours
	if not is_ours and (prop.holder != 0 or grip.is_confirmed or now_msec - grip.since_msec > CONFIRM_MSEC):
		released(hand, now_msec)
		return false
	if not grip.has_target:
		return false
	if not grip.is_drawn:
		grip.position = prop.position
		grip.rotation = prop.rotation
		grip.is_drawn = true
	_follow(grip, now_msec, head + (grip.target_position - head).limit_length(reach))
	_draw_towards(grip, prop.position, now_msec, lag_msec)
	return true


# Follows by the simulation's rule: a share of the way in each tick, up to a speed.
func _follow(grip: Grip, now_msec: float, target: Vector3) -> void:
	var seconds := maxf(0.0, now_msec - grip.drawn_msec) / 1000.0
	var share := 1.0 - pow(1.0 - FOLLOW, seconds * _tick_rate)
	grip.position += ((target - grip.position) * share).limit_length(FOLLOW_SPEED_MAX * seconds)
	grip.rotation = _mixed(grip.rotation, grip.target_rotation, share)
	grip.history_msec.append(now_msec)
	grip.history.append(grip.position)
	if grip.history.size() > HISTORY_MAX or grip.history_msec[0] < now_msec - HISTORY_MSEC:
		grip.history_msec.remove_at(0)
		grip.history.remove_at(0)


# Compares the server's prop with where ours was at that time.
func _draw_towards(grip: Grip, position: Vector3, now_msec: float, lag_msec: float) -> void:
	var elapsed_msec := maxf(0.0, now_msec - grip.drawn_msec)
	grip.drawn_msec = now_msec
	var at := grip.history_msec.bsearch(now_msec - lag_msec, false) - 1
	# The server's state is from before the grab, or from before it reported us as the holder.
	if at < 0 or not grip.is_confirmed:
		return
	var speed := 0.0
	if at + 1 < grip.history.size():
		var seconds := (grip.history_msec[at + 1] - grip.history_msec[at]) / 1000.0
		speed = grip.history[at].distance_to(grip.history[at + 1]) / maxf(1e-3, seconds)
	var error := position - grip.history[at]
	if error.length() <= SLACK_METRES + SLACK_SECONDS * speed:
		error = Vector3.ZERO
	grip.pull += (error - grip.pull) * (1.0 - exp(-elapsed_msec / PULL_MSEC))


func _fade(fading: Fading, prop: OtherworldPropState, now_msec: float, displace: Callable) -> void:
	if not fading.has_offset:
		fading.has_offset = true
		fading.offset = fading.position - prop.position
	var share := exp(-(now_msec - fading.since_msec) / BLEND_MSEC)
	displace.call(prop, prop.position + fading.offset * share, _mixed(prop.rotation, fading.rotation, share))


# Normalised linear interpolation along the shorter way.
func _mixed(a: Quaternion, b: Quaternion, share: float) -> Quaternion:
	var mixed := a * (1.0 - share) + b * (-share if a.dot(b) < 0.0 else share)
	return mixed.normalized() if mixed.length_squared() > 1e-18 else Quaternion.IDENTITY
