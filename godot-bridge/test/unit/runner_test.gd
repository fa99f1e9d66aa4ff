extends "../test_case.gd"
## The runner itself: the failures that it must not miss.


func test_a_false_check_is_a_failure() -> void:
	check(false, "told")
	equal(1, 1.0)
	near(NAN, 0.0, 1.0)
	equal(failures.size(), 3)
	failures.clear()


func test_a_wait_that_times_out_is_a_failure() -> void:
	var found := await until("the sea is dry", func() -> bool: return false, 0.05)
	check(not found and failures.size() == 1, "until said it came true")
	failures.clear()
