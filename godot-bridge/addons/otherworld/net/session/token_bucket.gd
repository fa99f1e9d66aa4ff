extends RefCounted
## A token bucket (rate limit with a burst): holds [code]capacity[/code] tokens and refills [code]per_second[/code].

var _per_second: float
var _capacity: float
var _tokens: float
var _at_msec: float


func _init(per_second: float, capacity: float, now_msec: float) -> void:
	_per_second = per_second
	_capacity = capacity
	_tokens = capacity
	_at_msec = now_msec


## Returns the available tokens. A clock that goes back adds none.
func available(now_msec: float) -> float:
	if now_msec > _at_msec:
		_tokens = minf(_capacity, _tokens + (now_msec - _at_msec) * _per_second / 1000.0)
		_at_msec = now_msec
	return _tokens


## Spends [param count] tokens. The balance may become negative.
func spend(count: float, now_msec: float) -> void:
	available(now_msec)
	_tokens -= count
