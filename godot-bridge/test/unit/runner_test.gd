extends "../test_case.gd"
## The runner itself: what it must not miss.


func test_a_false_check_is_a_failure() -> void:
	check(false, "told")
	equal(1, 1.0)
	near(NAN, 0.0, 1.0)
	equal(failures.size(), 3)
	failures.clear()


func test_waiting_in_vain_is_a_failure() -> void:
	var found := await until("the sea is dry", func() -> bool: return false, 0.05)
	check(not found and failures.size() == 1, "until said it came true")
	failures.clear()
