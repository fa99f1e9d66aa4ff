extends RefCounted
## Sums amounts, for example bytes, over the last second.

const _SLOTS := 10
const _SLOT_MSEC := 100.0

## Sum since the start.
var total := 0
var _amounts := PackedInt64Array()
var _times := PackedInt64Array()


func _init() -> void:
	_amounts.resize(_SLOTS)
	_times.resize(_SLOTS)
	_times.fill(-1)


func add(amount: int, now_msec: float) -> void:
	total += amount
	var at := floori(now_msec / _SLOT_MSEC)
	var slot := posmod(at, _SLOTS)
	if _times[slot] != at:
		_times[slot] = at
		_amounts[slot] = 0
	_amounts[slot] += amount


## Returns the sum of the last second.
func per_second(now_msec: float) -> int:
	var at := floori(now_msec / _SLOT_MSEC)
	var sum := 0
	for slot: int in _SLOTS:
		if _times[slot] > at - _SLOTS:
			sum += _amounts[slot]
	return sum
