extends "../../test_case.gd"
## Your own avatar behaves as in TypeScript, by traces of test/godot/local-avatar-traces.test.ts.

const HeldPrediction := preload("res://addons/otherworld/local_player/prediction/held_prediction.gd")
const Messages := preload("res://addons/otherworld/wire/generated/messages.gd")
const MotionState := preload("res://addons/otherworld/local_player/prediction/motion_state.gd")
const Prediction := preload("res://addons/otherworld/local_player/prediction/prediction.gd")
const Steering := preload("res://addons/otherworld/local_player/prediction/steering.gd")
const Terrain := preload("res://addons/otherworld/local_player/prediction/terrain.gd")

const FIXTURES := "../../../../fixtures/godot/"


func test_each_step_equals_the_simulations_step_exactly() -> void:
	var trace: Dictionary = _read("steering.json")
	var terrain := Terrain.new(trace.definition)
	var motion := MotionState.new()
	var steps := 0
	for run: Dictionary in trace.runs:
		var move := _move(run.move, 0)
		_set_motion(motion, run.motions[0])
		for i: int in range(1, run.motions.size()):
			Steering.step(terrain, motion, move, move.yaw, move.fly, move.jump)
			var is_same := _numbers(motion) == _numbers_of(run.motions[i])
			check(is_same, "step %d: got %s, expected %s" % [steps, _numbers(motion), run.motions[i]])
			if not is_same:
				return
			steps += 1
	check(steps >= 900, "there were only %d steps" % steps)


func test_sine_equals_the_simulations_sine() -> void:
	for i: int in range(-700, 700):
		near(Steering.sine(i / 100.0), sin(i / 100.0), 1e-10)


func test_prediction_matches_typescript() -> void:
	var worst := 0.0
	for line: Dictionary in _read("prediction.json"):
		var prediction := Prediction.new(Terrain.new(line.definition))
		var shown := MotionState.new()
		for event: Dictionary in line.events:
			if event.has("sent"):
				prediction.move_sent(int(event.sent[0]), event.sent[1], _move(event.sent, 2))
			elif event.has("told"):
				_reconcile(prediction, event.told, event.obstacles)
			else:
				worst = maxf(worst, _compare(prediction, shown, event.at, line.name))
		if not failures.is_empty():
			return
	print("         prediction: at most %.7f m away" % worst)


func test_an_error_is_blended_out_without_a_jump_and_a_teleport_is_shown_at_once() -> void:
	var prediction := Prediction.new(_plain())
	prediction.reconcile(_answer_at(Vector3.ZERO), 3, 10.0, 100.0, 5.0, [])
	prediction.reconcile(_answer_at(Vector3(1, 0, 0)), 6, 13.0, 150.0, 5.0, [])
	var shown := MotionState.new()
	prediction.at(13.0, 150.0, shown)
	near(shown.position.x, 0.0, 1e-6)
	prediction.at(13.0, 250.0, shown)
	near(shown.position.x, 1.0 - exp(-1.0), 1e-4)
	near(prediction.correction_metres, 1.0, 1e-6)
	prediction.reconcile(_answer_at(Vector3(20, 0, 0)), 9, 16.0, 1000.0, 5.0, [])
	prediction.at(16.0, 1000.0, shown)
	equal(shown.position.x, 20.0)


func test_a_program_that_slept_does_not_predict_the_slept_time() -> void:
	var prediction := Prediction.new(_plain())
	prediction.move_sent(1, 1.0, _forward())
	var answer := _answer_at(Vector3.ZERO)
	answer.move_sequence = 1
	answer.move_ticks = 1
	prediction.reconcile(answer, 3, 10.0, 100.0, 5.0, [])
	var shown := MotionState.new()
	prediction.at(10.0, 100.0, shown)
	var before := shown.position.z
	prediction.at(216_000.0, 3_600_000.0, shown)
	near(shown.position.z, before, 0.05)


func test_the_avatar_stands_after_1500_ms_without_an_answer_and_still_turns() -> void:
	var prediction := Prediction.new(_plain())
	prediction.move_sent(1, 1.0, _forward())
	var answer := _answer_at(Vector3.ZERO)
	answer.move_sequence = 1
	answer.move_ticks = 1
	prediction.reconcile(answer, 3, 10.0, 100.0, 5.0, [])
	var shown := MotionState.new()
	var stopped := Vector3.ZERO
	# Five seconds without an answer of the server, drawn in each tick.
	for tick: int in range(10, 310):
		prediction.at(tick, tick * 16.7, shown)
		if tick == 100:
			stopped = shown.position
			equal(shown.velocity, Vector3.ZERO)
	equal(shown.position, stopped)
	# At two metres a second.
	near(shown.position.z, -3.0, 0.3)
	var turned := _forward()
	turned.yaw = 1.0
	prediction.move_sent(2, 310.0, turned)
	prediction.at(311.0, 5_200.0, shown)
	equal(shown.yaw, 1.0)
	equal(shown.position, stopped)


func test_nothing_is_shown_before_the_first_answer() -> void:
	var prediction := Prediction.new(_plain())
	prediction.move_sent(1, 1.0, _forward())
	check(not prediction.at(5.0, 80.0, MotionState.new()), "it was shown")


func test_held_props_are_drawn_as_in_typescript() -> void:
	for line: Dictionary in _read("grips.json"):
		var held_prediction := HeldPrediction.new(1, 60.0)
		var prop := OtherworldPropState.new()
		prop.element = 7
		for step: Dictionary in line.steps:
			var now: float = step.frame[0]
			for done: Array in step.do:
				_do(held_prediction, done, now)
			prop.holder = int(step.frame[2])
			prop.position = _vector(step.frame, 3)
			prop.rotation = _quaternion(step.frame, 6)
			held_prediction.place({7: prop} as Dictionary[int, OtherworldPropState], now, step.frame[1], Vector3(0, 1.6, 0), 6.0, _show_at)
			near_point(prop.position, _vector(step.frame, 10), 1e-5, "%s at %d ms" % [line.name, now])
			near(absf(prop.rotation.dot(_quaternion(step.frame, 13))), 1.0, 1e-5, "%s at %d ms" % [line.name, now])
			if not failures.is_empty():
				return


func _show_at(prop: OtherworldPropState, position: Vector3, rotation: Quaternion) -> void:
	prop.position = position
	prop.rotation = rotation


func _do(held_prediction: HeldPrediction, done: Array, now: float) -> void:
	match done[0]:
		"grabbed":
			held_prediction.grabbed(int(done[1]), int(done[2]), now)
		"dragged":
			held_prediction.dragged(int(done[1]), _vector(done, 2), _quaternion(done, 5))
		"refused":
			held_prediction.refused(int(done[1]), int(done[2]), now)
		"released":
			held_prediction.released(int(done[1]), now)
		_:
			check(false, "the trace has an unknown %s" % done[0])


func _reconcile(prediction: Prediction, values: Array, stand: Array) -> void:
	var answer := Messages.Own.new()
	answer.move_sequence = int(values[1])
	answer.move_ticks = int(values[2])
	answer.position = _vector(values, 3)
	answer.velocity = _vector(values, 6)
	answer.yaw = values[9]
	answer.grounded = values[10] == 1.0
	answer.flying = values[11] == 1.0
	answer.jumping = values[12] == 1.0
	var obstacles: PackedVector3Array = []
	for obstacle: Array in stand:
		obstacles.append(Vector3(obstacle[0], obstacle[2], obstacle[1]))
	prediction.reconcile(answer, int(values[0]), values[13], values[14], values[15], obstacles)


# Distance of the position from that of the trace, metres.
func _compare(prediction: Prediction, shown: MotionState, at: Array, where: String) -> float:
	var what := "%s at tick %s" % [where, at[0]]
	check(prediction.at(at[0], at[1], shown), what + ": nothing is shown")
	near_point(shown.position, _vector(at, 2), 1e-4, what)
	near_point(shown.velocity, _vector(at, 5), 1e-4, what + ", velocity")
	near(shown.yaw, at[8], 1e-6, what + ", yaw")
	equal([shown.grounded, shown.flying], [at[9] == 1.0, at[10] == 1.0], what + ", grounded and flying")
	near(prediction.correction_metres, at[11], 1e-4, what + ", correction")
	near(prediction.correction_rms_metres, at[12], 1e-4, what + ", root mean square")
	return shown.position.distance_to(_vector(at, 2))


func _plain() -> Terrain:
	return Terrain.new((_read("prediction.json") as Array)[0].definition)


func _answer_at(position: Vector3) -> Messages.Own:
	var answer := Messages.Own.new()
	answer.position = position
	answer.grounded = true
	return answer


func _read(file: String) -> Variant:
	var path: String = (get_script() as Script).resource_path.get_base_dir().path_join(FIXTURES + file).simplify_path()
	return JSON.parse_string(FileAccess.get_file_as_string(path))


func _move(numbers: Array, from: int) -> Messages.Move:
	var move := Messages.Move.new()
	move.x = Steering.rounded(numbers[from])
	move.y = Steering.rounded(numbers[from + 1])
	move.z = Steering.rounded(numbers[from + 2])
	move.yaw = Steering.rounded(numbers[from + 3])
	move.jump = numbers[from + 4] == 1.0
	move.run = numbers[from + 5] == 1.0
	move.fly = numbers[from + 6] == 1.0
	return move


func _forward() -> Messages.Move:
	return _move([0.0, 0.0, -1.0, 0.0, 0.0, 0.0, 0.0], 0)


func _set_motion(motion: MotionState, numbers: Array) -> void:
	motion.position = _vector(numbers, 0)
	motion.velocity = _vector(numbers, 3)
	motion.grounded = numbers[6] == 1.0


func _numbers(motion: MotionState) -> PackedFloat32Array:
	var p := motion.position
	var v := motion.velocity
	return [p.x, p.y, p.z, v.x, v.y, v.z, 1.0 if motion.grounded else 0.0]


func _numbers_of(numbers: Array) -> PackedFloat32Array:
	return PackedFloat32Array(numbers)


func _vector(numbers: Array, at: int) -> Vector3:
	return Vector3(numbers[at], numbers[at + 1], numbers[at + 2])


func _quaternion(numbers: Array, at: int) -> Quaternion:
	return Quaternion(numbers[at], numbers[at + 1], numbers[at + 2], numbers[at + 3])
