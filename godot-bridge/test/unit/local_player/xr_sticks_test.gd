extends "../../test_case.gd"

const Sticks := preload("res://addons/otherworld/local_player/xr/xr_sticks.gd")
const STEP := PI / 6.0


func test_a_stick_pushed_aside_turns_one_step_until_it_is_released() -> void:
	var sticks := Sticks.new()
	_turn(sticks, Vector2(1, 0))
	near(sticks.turn, -STEP, 1e-6, "to the right")
	_turn(sticks, Vector2(1, 0))
	equal(sticks.turn, 0.0, "held")
	_turn(sticks, Vector2(0.5, 0))
	_turn(sticks, Vector2(-1, 0))
	equal(sticks.turn, 0.0, "not let go in between")
	_turn(sticks, Vector2.ZERO)
	_turn(sticks, Vector2(-1, 0))
	near(sticks.turn, STEP, 1e-6, "to the left")


func test_smooth_turning_goes_by_time() -> void:
	var sticks := Sticks.new()
	sticks.read(Vector2.ZERO, Vector2(1, 0), false, false, false, 0.0, 2.0, 0.25)
	near(sticks.turn, -0.5, 1e-6)


func test_running_lasts_until_the_stick_is_released() -> void:
	var sticks := Sticks.new()
	sticks.read(Vector2(0, 1), Vector2.ZERO, true, false, false, STEP, 0.0, 0.01)
	sticks.read(Vector2(0, 1), Vector2.ZERO, false, false, false, STEP, 0.0, 0.01)
	equal(sticks.runs, true)
	sticks.read(Vector2.ZERO, Vector2.ZERO, false, false, false, STEP, 0.0, 0.01)
	sticks.read(Vector2(0, 1), Vector2.ZERO, false, false, false, STEP, 0.0, 0.01)
	equal(sticks.runs, false)


func test_a_button_that_stays_down_changes_flying_once() -> void:
	var sticks := Sticks.new()
	sticks.read(Vector2.ZERO, Vector2.ZERO, false, true, true, STEP, 0.0, 0.01)
	equal([sticks.jumps, sticks.flies], [true, true])
	sticks.read(Vector2.ZERO, Vector2(0, 1), false, true, true, STEP, 0.0, 0.01)
	equal([sticks.jumps, sticks.flies, sticks.rise], [true, true, 1.0])
	sticks.read(Vector2.ZERO, Vector2(0, 1), false, false, false, STEP, 0.0, 0.01)
	sticks.read(Vector2.ZERO, Vector2(0, 1), false, false, true, STEP, 0.0, 0.01)
	equal([sticks.flies, sticks.rise], [false, 0.0])


func _turn(sticks: Sticks, right: Vector2) -> void:
	sticks.read(Vector2.ZERO, right, false, false, false, STEP, 0.0, 0.01)
