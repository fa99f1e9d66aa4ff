extends RefCounted
## The own avatar ahead of the server's answers: it is stepped with the simulation's own locomotion, on the client's own
## timeline. Each snapshot brings the avatar as the server has it, and under which move since how many steps; from there
## the moves made since are stepped again (client-side prediction and server reconciliation; Gabriel Gambetta, "Fast-Paced
## Multiplayer"). What then lies elsewhere than it was drawn is blended out.
##
## Predicted: walking, turning, running, jumping, falling, landing and flying over the flat ground, and its edge. Not
## predicted, but corrected: what stands in the way (there, as long as the move is the same, the avatar goes on as the
## server's last answers went), landing on props, being pushed, the way back from outside the realm, teleports.

const Messages := preload("../../wire/generated/messages.gd")
const MotionState := preload("motion_state.gd")
const Locomotion := preload("locomotion.gd")
const Terrain := preload("terrain.gd")

## Time in which a visible error shrinks to 1/e: quick enough to be right soon, slow enough not to be seen.
const BLEND_MSEC := 100.0
## A larger error is a teleport, and is shown at once, metres.
const SNAP_METRES := 3.0
## How far the client goes ahead of the server's last answer: 1.5 s at 60. After that the avatar stands: what it does is not
## known.
const AHEAD_TICKS_MAX := 90
## Moves since the one that the server has answered: one a tick at most.
const MOVES_MAX := 256
## Weight of a new correction in the running mean: the last second counts most.
const GAIN := 1.0 / 20.0


class SentMove:
	var sequence: int
	## The first step that it is made with, on the client's timeline.
	var tick: int
	var move: Messages.Move


## How far the last answer was from what had been predicted, metres.
var correction_metres := 0.0
## How long after it was sent a move is in effect, ticks of the client's timeline to the server's.
var delay_ticks: float:
	get:
		return 0.0 if is_nan(_delay_ticks) else _delay_ticks
## Root mean square of the last second's corrections, metres.
var correction_rms_metres: float:
	get:
		return sqrt(_mean_square)

var _terrain: Terrain
var _rest := Messages.Move.new()
# The one that the server answered last, and those after it.
var _moves: Array[SentMove] = []
var _state := MotionState.new()
# The step after it: between both lies what is drawn.
var _next := MotionState.new()
# Steps made: the state is the one before step _at.
var _at := 0
var _answer: Messages.Own = null
# Of the server.
var _answer_tick := 0
# Where the last answer lies on the client's timeline.
var _answered_at := 0
# How far the server's avatar went in a tick between its last two answers, where the move was the same.
var _per_tick := Vector3.ZERO
var _knows_per_tick := false
# What stands about: x, how near it may be in the way, z.
var _obstacles: PackedVector3Array = []
# NAN: no answer has told it.
var _delay_ticks := NAN
var _error := Vector3.ZERO
var _error_at_msec := 0.0
var _mean_square := 0.0


func _init(terrain: Terrain) -> void:
	_terrain = terrain


## Whether the server has answered at all.
func has_answer() -> bool:
	return _answer != null


## A move is on its way; it counts from the step that [param tick] (of the client's timeline) is in; 0: from its answer on,
## there was no timeline yet.
func sent(sequence: int, tick: float, move: Messages.Move) -> void:
	if not _moves.is_empty() and sequence <= _moves[-1].sequence:
		return
	var made := SentMove.new()
	made.sequence = sequence
	made.tick = floori(tick)
	made.move = _as_sent(move)
	_moves.append(made)
	if _moves.size() > MOVES_MAX:
		_moves.remove_at(0)


## The server's answer of its [param tick] came at [param present] of the client's timeline. [param away_ticks]: how long a
## move takes to the server as far as round trips tell, for as long as no answer has told it. [param obstacles]: what stands
## about, each x, radius (as y), z.
func told(answer: Messages.Own, tick: int, present: float, now_msec: float, away_ticks: float, obstacles: PackedVector3Array) -> void:
	if _answer != null and tick <= _answer_tick:
		return
	_advance(present)
	var had_answer := _answer != null
	var before := _state.position
	_measure(answer, tick)
	_answer = answer
	_answer_tick = tick
	_obstacles = obstacles.duplicate()
	for i: int in _obstacles.size():
		_obstacles[i].y = Locomotion.obstacle_reach(obstacles[i].y)
	_answered_at = _answered(floori(present), away_ticks)
	_at = _answered_at
	_restart()
	_advance(present)
	if had_answer:
		_correct(before - _state.position, now_msec)


## Takes the avatar at [param present] of the client's timeline into [param shown]; false before the first answer.
func at(present: float, now_msec: float, shown: MotionState) -> bool:
	_advance(present)
	if _answer == null:
		return false
	if _at >= _answered_at + AHEAD_TICKS_MAX:
		_stand(shown)
	else:
		_next.take(_state)
		_step(_next, _at)
		shown.take(_next)
		shown.position = _state.position.lerp(_next.position, clampf(present - _at, 0.0, 1.0))
	shown.position += _error_now(now_msec)
	return true


# The server has not answered for too long: the avatar stays where it is, and turns alone.
func _stand(shown: MotionState) -> void:
	shown.take(_state)
	shown.velocity = Vector3.ZERO
	if not _moves.is_empty() and _moves[-1].sequence != _state.sequence:
		shown.yaw = _moves[-1].move.yaw


# Rounded as the wire rounds.
func _as_sent(move: Messages.Move) -> Messages.Move:
	var copy := Messages.Move.new()
	copy.x = Locomotion.rounded(move.x)
	copy.y = Locomotion.rounded(move.y)
	copy.z = Locomotion.rounded(move.z)
	copy.yaw = Locomotion.rounded(Locomotion.wrap_angle(move.yaw))
	copy.jump = move.jump
	copy.run = move.run
	copy.fly = move.fly
	return copy


# As the server's avatar went since its last answer, where the move was the same; else not known.
func _measure(answer: Messages.Own, tick: int) -> void:
	_knows_per_tick = _answer != null and _answer.move_sequence == answer.move_sequence
	if _knows_per_tick:
		_per_tick = (answer.position - _answer.position) / (tick - _answer_tick)


# Forgets the moves before the one that was answered. Where the answer lies on the client's timeline.
func _answered(now: int, away_ticks: float) -> int:
	var found: SentMove = null
	var kept: Array[SentMove] = []
	for made: SentMove in _moves:
		# A timeline that was set back: what was made after its present was made now.
		made.tick = mini(made.tick, now)
		if made.sequence == _answer.move_sequence:
			found = made
		if made.sequence >= _answer.move_sequence:
			kept.append(made)
	_moves = kept
	if found != null and found.tick > 0:
		_delay_ticks = _answer_tick - (found.tick + _answer.move_ticks)
	var delay := roundi(away_ticks) if is_nan(_delay_ticks) else int(_delay_ticks)
	var from := mini(now, maxi(now - AHEAD_TICKS_MAX, _answer_tick - delay))
	if found != null and found.tick == 0:
		found.tick = from - _answer.move_ticks
	return from


func _restart() -> void:
	_state.position = _answer.position
	_state.velocity = _answer.velocity
	_state.yaw = _answer.yaw
	_state.grounded = _answer.grounded
	_state.flying = _answer.flying
	_state.jumping = _answer.jumping
	_state.sequence = _answer.move_sequence


func _correct(error: Vector3, now_msec: float) -> void:
	correction_metres = error.length()
	_mean_square += (correction_metres * correction_metres - _mean_square) * GAIN
	var shown := _error_now(now_msec) + error
	_error = Vector3.ZERO if shown.length() > SNAP_METRES else shown
	_error_at_msec = now_msec


func _error_now(now_msec: float) -> Vector3:
	if _error == Vector3.ZERO:
		return Vector3.ZERO
	return _error * exp(-maxf(0.0, now_msec - _error_at_msec) / BLEND_MSEC)


# Steps up to the whole tick before present. A gap that nobody saw (the program slept) is not walked through.
func _advance(present: float) -> void:
	var now := floori(present)
	if _answer == null or now - _at > AHEAD_TICKS_MAX:
		_at = maxi(_at, now)
		return
	var end := mini(now, _answered_at + AHEAD_TICKS_MAX)
	while _at < end:
		_step(_state, _at)
		_at += 1


func _move_at(tick: int) -> SentMove:
	for i: int in range(_moves.size() - 1, -1, -1):
		var made := _moves[i]
		if made.tick <= tick or (_answer != null and made.sequence == _answer.move_sequence):
			return made
	return null


func _step(state: MotionState, tick: int) -> void:
	var sent_move := _move_at(tick)
	var move := _rest if sent_move == null else sent_move.move
	if sent_move != null and sent_move.sequence != state.sequence:
		state.sequence = sent_move.sequence
		state.jumping = move.jump
		state.flying = move.fly
		state.yaw = move.yaw
	var position := state.position
	var was_grounded := state.grounded
	var jumped := Locomotion.step(_terrain, state, move, state.yaw, state.flying, state.jumping and sent_move != null)
	if was_grounded and not jumped and _is_near_obstacle(position):
		_step_among(state, position, 0 if sent_move == null else sent_move.sequence)
	if not _terrain.is_in_bounds(state.position):
		state.position = position
	state.jumping = state.jumping and not jumped


# A step near things: who stands on one does not fall through it, and who is held up is held up still.
func _step_among(state: MotionState, from: Vector3, sequence: int) -> void:
	if _knows_per_tick and _answer != null and sequence == _answer.move_sequence:
		state.position = from + _per_tick.limit_length(state.velocity.length() / _terrain.tick_rate)
	else:
		state.position.y = from.y
	state.velocity.y = 0.0
	state.grounded = true


func _is_near_obstacle(at_place: Vector3) -> bool:
	for obstacle: Vector3 in _obstacles:
		var x := obstacle.x - at_place.x
		var z := obstacle.z - at_place.z
		if x * x + z * z < obstacle.y * obstacle.y:
			return true
	return false
