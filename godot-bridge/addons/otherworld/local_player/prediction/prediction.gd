extends RefCounted
## Predicts your avatar ahead of the server's answers. It is stepped with the simulation's own locomotion, on the
## client's timeline. Each snapshot has the avatar as the server sees it, under which move and for how many steps. From
## there the moves since then are stepped again (client-side prediction and server reconciliation; Gabriel Gambetta,
## "Fast-Paced Multiplayer"). The difference to what was drawn is blended out.
##
## Predicted: walking, turning, running, jumping, falling, landing and flying over the flat ground, and its edge. Not
## predicted, but corrected: obstacles (near one, while the move is the same, the avatar continues as the server's last
## answers did), landing on props, being pushed, the way back from outside the realm, teleports.

const Messages := preload("../../wire/generated/messages.gd")
const MotionState := preload("motion_state.gd")
const Steering := preload("steering.gd")
const Terrain := preload("terrain.gd")

## Time constant of the blend: short enough to be right soon, long enough not to be seen.
const BLEND_MSEC := 100.0
## A larger error is a teleport and is shown at once, metres.
const SNAP_METRES := 3.0
## Limit of the prediction ahead of the server's last answer: 1.5 s at 60 ticks. After that the avatar stands still,
## because its motion is unknown.
const AHEAD_TICKS_MAX := 90
## Limit of moves since the one that the server answered: at most one per tick.
const MOVES_MAX := 256
## Weight of a new correction in the running mean: it covers about a second.
const GAIN := 1.0 / 20.0


class SentMove:
	var sequence: int
	## The first step with this move, on the client's timeline.
	var tick: int
	var move: Messages.Move


## Distance of the last answer from the prediction, metres.
var correction_metres := 0.0
## Delay between sending a move and its effect: from ticks of the client's timeline to ticks of the server.
var delay_ticks: float:
	get:
		return 0.0 if is_nan(_delay_ticks) else _delay_ticks
## Root mean square of the last second's corrections, metres.
var correction_rms_metres: float:
	get:
		return sqrt(_mean_square)

var _terrain: Terrain
var _rest := Messages.Move.new()
# The move that the server answered last, and those after it.
var _moves: Array[SentMove] = []
var _state := MotionState.new()
# The next step. What is drawn lies between both.
var _next := MotionState.new()
# Number of steps made. The state is the one before step _at.
var _at := 0
var _answer: Messages.Own = null
# Tick of the server.
var _answer_tick := 0
# Tick of the last answer on the client's timeline.
var _answered_at := 0
# Distance that the server's avatar moved per tick between its last two answers, if the move was the same.
var _per_tick := Vector3.ZERO
var _knows_per_tick := false
# Obstacles: x, distance at which it may block, z.
var _obstacles: PackedVector3Array = []
# NAN before an answer has measured it.
var _delay_ticks := NAN
var _error := Vector3.ZERO
var _error_at_msec := 0.0
var _mean_square := 0.0


func _init(terrain: Terrain) -> void:
	_terrain = terrain


## Returns whether the server has answered.
func has_answer() -> bool:
	return _answer != null


## Records a sent move. It takes effect from the step at [param tick] of the client's timeline; 0: from its answer on,
## because there was no timeline yet.
func move_sent(sequence: int, tick: float, move: Messages.Move) -> void:
	if not _moves.is_empty() and sequence <= _moves[-1].sequence:
		return
	var made := SentMove.new()
	made.sequence = sequence
	made.tick = floori(tick)
	made.move = _as_sent(move)
	_moves.append(made)
	if _moves.size() > MOVES_MAX:
		_moves.remove_at(0)


## Reconciles with the server's answer of its [param tick], which arrived at [param present] of the client's timeline.
## [param away_ticks] estimates a move's way to the server by round trips, until an answer has measured it.
## [param obstacles] are x, radius (as y), z of each.
func reconcile(answer: Messages.Own, tick: int, present: float, now_msec: float, away_ticks: float,
		obstacles: PackedVector3Array) -> void:
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
		_obstacles[i].y = Steering.obstacle_reach(obstacles[i].y)
	_answered_at = _answered(floori(present), away_ticks)
	_at = _answered_at
	_restart()
	_advance(present)
	if had_answer:
		_correct(before - _state.position, now_msec)


## Writes the avatar at [param present] of the client's timeline into [param shown]. Returns [code]false[/code] before
## the first answer.
func at(present: float, now_msec: float, shown: MotionState) -> bool:
	_advance(present)
	if _answer == null:
		return false
	if _at >= _answered_at + AHEAD_TICKS_MAX:
		_stand_still(shown)
	else:
		_next.copy_from(_state)
		_step(_next, _at)
		shown.copy_from(_next)
		shown.position = _state.position.lerp(_next.position, clampf(present - _at, 0.0, 1.0))
	shown.position += _error_now(now_msec)
	return true


# The server has not answered for too long. The avatar stands still and only turns.
func _stand_still(shown: MotionState) -> void:
	shown.copy_from(_state)
	shown.velocity = Vector3.ZERO
	if not _moves.is_empty() and _moves[-1].sequence != _state.sequence:
		shown.yaw = _moves[-1].move.yaw


# Rounded as on the wire.
func _as_sent(move: Messages.Move) -> Messages.Move:
	var copy := Messages.Move.new()
	copy.x = Steering.rounded(move.x)
	copy.y = Steering.rounded(move.y)
	copy.z = Steering.rounded(move.z)
	copy.yaw = Steering.rounded(Steering.wrap_angle(move.yaw))
	copy.jump = move.jump
	copy.run = move.run
	copy.fly = move.fly
	return copy


# Measures the server's motion per tick since its last answer, if the move was the same.
func _measure(answer: Messages.Own, tick: int) -> void:
	_knows_per_tick = _answer != null and _answer.move_sequence == answer.move_sequence
	if _knows_per_tick:
		_per_tick = (answer.position - _answer.position) / (tick - _answer_tick)


# Drops the moves before the answered one. Returns the answer's tick on the client's timeline.
func _answered(now: int, away_ticks: float) -> int:
	var found: SentMove = null
	var kept: Array[SentMove] = []
	for made: SentMove in _moves:
		# If the timeline was set back, a move from its future was made now.
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


# Steps up to the last whole tick before present. A gap that nobody saw (the program slept) is skipped.
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
	var jumped := Steering.step(_terrain, state, move, state.yaw, state.flying, state.jumping and sent_move != null)
	if was_grounded and not jumped and _is_near_obstacle(position):
		_step_among(state, position, 0 if sent_move == null else sent_move.sequence)
	if not _terrain.is_in_bounds(state.position):
		state.position = position
	state.jumping = state.jumping and not jumped


# Corrects a step near obstacles: an avatar that stands on one does not fall through it, and a blocked one stays
# blocked.
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
