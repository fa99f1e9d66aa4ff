extends RefCounted
## Predicts your avatar ahead of the server's answers. It is stepped with the simulation's own locomotion, on the
## client's timeline. Each snapshot has the avatar as the server sees it, under which move and for how many steps. From
## there the moves since then are stepped again (client-side prediction and server reconciliation; Gabriel Gambetta,
## "Fast-Paced Multiplayer"). The difference to what was drawn is blended out.
##
## Predicted: walking, turning, running, jumping, falling, landing and flying over the flat ground, its edge, and around
## obstacles whose colliders are known. Not predicted, but corrected: obstacles whose colliders are not known yet (near
## one, while the move is the same, the avatar continues as the server's last answers did), being pushed, the way back
## from outside the realm, teleports.

const Messages := preload("../../wire/generated/messages.gd")
const MotionState := preload("motion_state.gd")
const Steering := preload("steering.gd")
const Solid := preload("obstacles/solid.gd")
const Terrain := preload("terrain.gd")
const WalkAround := preload("obstacles/walk_around.gd")

## Time constant of the blend: short enough to be right soon, long enough not to be seen.
const BLEND_MSEC := 100.0
## A larger error is a teleport and is shown at once, metres.
const SNAP_METRES := 3.0
## Limit of the prediction ahead of the server's last answer: 1.5 s at 60 ticks. After that the avatar stands still,
## because its motion is unknown.
const AHEAD_TICKS_MAX := 90
## Limit of moves since the one that the server answered: at most one per tick.
const MOVES_MAX := 256
## Ticks whose predicted states are kept.
const HISTORY_TICKS := 128
## Near known obstacles, an answer that differs from the prediction by less is not stepped again: metres, and m/s. A step
## costs a tenth of a millisecond or more there.
const SAME_METRES := 0.002
const SAME_METRES_PER_SECOND := 0.05
## Weight of a new correction in the running mean: it covers about a second.
const GAIN := 1.0 / 20.0


## Obstacles near an avatar: none, only some whose colliders are known, or at least one whose colliders are not.
enum Surroundings { FREE, KNOWN, UNKNOWN }


class SentMove:
	var sequence: int
	## The first step with this move, on the client's timeline.
	var tick: int
	var move: Messages.Move


## Height of the avatar's head at rest, metres: its capsule has the same height.
var head_metres := 1.6
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
# Solids of each obstacle; null if they are not known.
var _solids: Array = []
var _ground: Solid
var _walker := WalkAround.new()
# The states before the last steps, and the steps that they are before, by the step modulo HISTORY_TICKS.
var _history: Array[MotionState] = []
var _history_ticks: PackedInt64Array = []
# The step that _next is after; -1: none.
var _next_tick := -1
# NAN before an answer has measured it.
var _delay_ticks := NAN
var _error := Vector3.ZERO
var _error_at_msec := 0.0
var _mean_square := 0.0


func _init(terrain: Terrain) -> void:
	_terrain = terrain
	_ground = Solid.ground(terrain.ground_x, terrain.ground_z)
	_history_ticks.resize(HISTORY_TICKS)
	_history_ticks.fill(-1)
	for i: int in HISTORY_TICKS:
		_history.append(MotionState.new())


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
	_next_tick = -1
	if _moves.size() > MOVES_MAX:
		_moves.remove_at(0)


## Reconciles with the server's answer of its [param tick], which arrived at [param present] of the client's timeline.
## [param away_ticks] estimates a move's way to the server by round trips, until an answer has measured it.
## [param obstacles] are x, radius (as y), z of each. [param solids] are the solids of each, or null if they are not known.
func reconcile(answer: Messages.Own, tick: int, present: float, now_msec: float, away_ticks: float,
		obstacles: PackedVector3Array, solids := []) -> void:
	if _answer != null and tick <= _answer_tick:
		return
	_advance(present)
	var had_answer := _answer != null
	var before := _state.position
	_measure(answer, tick)
	_answer = answer
	_answer_tick = tick
	_solids = solids
	_obstacles = obstacles.duplicate()
	for i: int in _obstacles.size():
		_obstacles[i].y = Steering.obstacle_reach(obstacles[i].y)
	_answered_at = _answered(floori(present), away_ticks)
	_next_tick = -1
	if had_answer and _is_as_predicted():
		_measure_correction(_history[posmod(_answered_at, HISTORY_TICKS)].position - answer.position)
		return
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
		if _next_tick != _at:
			_next.copy_from(_state)
			_step(_next, _at)
			_next_tick = _at
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


# Whether the state that was predicted for the answer's tick is the answer, near obstacles that are known.
func _is_as_predicted() -> bool:
	var slot := posmod(_answered_at, HISTORY_TICKS)
	var was := _history[slot]
	return _history_ticks[slot] == _answered_at and _at > _answered_at and was.sequence == _answer.move_sequence \
			and was.grounded == _answer.grounded and was.flying == _answer.flying and was.jumping == _answer.jumping \
			and was.yaw == _answer.yaw and was.position.distance_to(_answer.position) < SAME_METRES \
			and was.velocity.distance_to(_answer.velocity) < SAME_METRES_PER_SECOND \
			and _look_around(_answer.position) == Surroundings.KNOWN


func _measure_correction(error: Vector3) -> void:
	correction_metres = error.length()
	_mean_square += (correction_metres * correction_metres - _mean_square) * GAIN


func _correct(error: Vector3, now_msec: float) -> void:
	_measure_correction(error)
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
		var slot := posmod(_at, HISTORY_TICKS)
		_history[slot].copy_from(_state)
		_history_ticks[slot] = _at
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
	var jumps := state.jumping and sent_move != null
	var around := _look_around(position)
	var jumped := _step_around(state, move, jumps) if around == Surroundings.KNOWN \
			else Steering.step(_terrain, state, move, state.yaw, state.flying, jumps)
	if was_grounded and not jumped and around == Surroundings.UNKNOWN:
		_step_among(state, position, 0 if sent_move == null else sent_move.sequence)
	if not _terrain.is_in_bounds(state.position):
		state.position = position
	state.jumping = state.jumping and not jumped


# Steps near obstacles that are known, as the simulation does (sim/avatar/locomotion.ts). Returns whether it jumped.
func _step_around(state: MotionState, move: Messages.Move, jumps: bool) -> bool:
	var jumped := jumps and state.grounded and not state.flying
	var velocity := Steering.steered(_terrain, state, move, state.yaw, state.flying, jumped)
	var wish := velocity / _terrain.tick_rate
	if state.grounded and wish.y == 0.0:
		wish.y = -WalkAround.DOWN_METRES
	var touches := _walker.walk(state.position, wish, WalkAround.half_height_of(head_metres))
	var to := _walker.to
	if to.y < 0.0 and state.position.y >= 0.0 and _terrain.is_over_ground(to.x, to.z):
		to.y = 0.0
	state.position = to
	state.grounded = touches and velocity.y <= 0.0 and not state.flying
	state.velocity = Vector3(velocity.x, 0.0, velocity.z) if state.grounded else velocity
	return jumped


# Corrects a step near obstacles that are not known: an avatar that stands on one does not fall through it, and a blocked
# one stays blocked.
func _step_among(state: MotionState, from: Vector3, sequence: int) -> void:
	if _knows_per_tick and _answer != null and sequence == _answer.move_sequence:
		state.position = from + _per_tick.limit_length(state.velocity.length() / _terrain.tick_rate)
	else:
		state.position.y = from.y
	state.velocity.y = 0.0
	state.grounded = true


# Finds what is around a place, and gives the walker the solids.
func _look_around(at_place: Vector3) -> Surroundings:
	var found := Surroundings.FREE
	for i: int in _obstacles.size():
		var x := _obstacles[i].x - at_place.x
		var z := _obstacles[i].z - at_place.z
		if x * x + z * z >= _obstacles[i].y * _obstacles[i].y:
			continue
		if i >= _solids.size() or _solids[i] == null:
			return Surroundings.UNKNOWN
		if found == Surroundings.FREE:
			found = Surroundings.KNOWN
			_walker.solids = [_ground]
		_walker.solids.append_array(_solids[i] as Array)
	return found
