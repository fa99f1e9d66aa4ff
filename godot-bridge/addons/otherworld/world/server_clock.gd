extends RefCounted
## Estimates the server's current tick (protocol CLK-2).
##
## A snapshot's arrival is a lower bound of the tick, and the quickest arrival is the best one (the minimum filter of
## NTP's clock filter, RFC 5905 section 10). Half the quickest round trip is its travel time. The clocks' drift is
## measured from the quickest arrivals of each second over a minute. All times are from one clock of this machine, msec.

## Length of a window. Of each window, the quickest arrival is kept.
const STRETCH_MSEC := 1_000.0
## Windows that the estimate uses. After them a lasting change of the path is accepted.
const WINDOW_STRETCHES := 10
## Windows over which drift is measured, and the distance of those that are compared.
const DRIFT_STRETCHES := 60
const DRIFT_APART := 15
## Limit of drift. Quartz clocks differ by less than 100 ppm; worse machines are still followed.
const DRIFT_PPM_MAX := 1_000.0
## Limit of the speed with which the estimate is corrected, relative to real time.
const SLEW_SHARE := 0.05
## A larger error is corrected at once: the server paused, or this machine slept.
const STEP_MSEC := 250.0
## If all arrivals of this time are later than STEP_MSEC, the server paused.
const PAUSED_MSEC := 1_000.0

## How much faster this machine's clock is than the server's, parts per million.
var drift_ppm := 0.0
## Number of corrections at once.
var steps := 0

var _tick_msec: float
# For each window: its number, the least arrival time minus tick time, when that was measured, and the quickest round
# trip (INF without one).
var _numbers := PackedInt64Array()
var _least := PackedFloat64Array()
var _at_msec := PackedFloat64Array()
var _round_trips := PackedFloat64Array()
## Since when every arrival was late; INF if the last was not.
var _late_since_msec := INF
## The estimated tick; below 0 while unknown.
var _tick := -1.0
var _read_msec := 0.0


func _init(tick_rate: int) -> void:
	_tick_msec = 1_000.0 / tick_rate


## Records the arrival of a snapshot.
func record_snapshot(tick: int, now_msec: float) -> void:
	var offset := now_msec - tick * _tick_msec
	var expected := _offset(now_msec)
	if expected != INF and offset > expected + STEP_MSEC:
		_late_since_msec = minf(_late_since_msec, now_msec)
		if now_msec - _late_since_msec < PAUSED_MSEC:
			return
		_forget()
	# The server is impossibly far ahead: this machine's clock stopped.
	if expected != INF and offset < expected - STEP_MSEC:
		_forget()
	_late_since_msec = INF
	var stretch := _stretch(now_msec)
	if offset <= _least[stretch]:
		_least[stretch] = offset
		_at_msec[stretch] = now_msec


## Records a round trip, without the time that the server held the answer.
func round_trip(rtt_msec: float, now_msec: float) -> void:
	var stretch := _stretch(now_msec)
	_round_trips[stretch] = minf(_round_trips[stretch], maxf(0.0, rtt_msec))


## Returns half the quickest round trip, ticks; 0 before the first.
func away_ticks() -> float:
	var way := _one_way_msec()
	return 0.0 if way == INF else way / _tick_msec


## Returns the server's tick with its fraction; 0 before the first snapshot and round trip. It advances evenly, and goes
## back only in a correction at once.
func server_tick(now_msec: float) -> float:
	var elapsed := maxf(0.0, now_msec - _read_msec) / _tick_msec
	_read_msec = maxf(_read_msec, now_msec)
	var offset := _offset(now_msec)
	var way := _one_way_msec()
	_follow(INF if offset == INF or way == INF else (now_msec - offset + way) / _tick_msec, elapsed)
	return maxf(0.0, _tick)


func _follow(wanted: float, elapsed: float) -> void:
	if _tick < 0.0:
		_tick = -1.0 if wanted == INF else maxf(0.0, wanted)
		return
	var free := _tick + elapsed
	if wanted == INF:
		_tick = free
		return
	var error := wanted - free
	if absf(error) * _tick_msec > STEP_MSEC:
		steps += 1
		_tick = maxf(0.0, wanted)
		return
	var most := elapsed * SLEW_SHARE
	_tick = free + clampf(error, -most, most)


func _forget() -> void:
	_numbers.clear()
	_least.clear()
	_at_msec.clear()
	_round_trips.clear()
	_late_since_msec = INF


## Returns the index of the current window.
func _stretch(now_msec: float) -> int:
	var number := floori(now_msec / STRETCH_MSEC)
	var count := _numbers.size()
	if count > 0 and _numbers[count - 1] == number:
		return count - 1
	_numbers.append(number)
	_least.append(INF)
	_at_msec.append(now_msec)
	_round_trips.append(INF)
	if count == DRIFT_STRETCHES:
		_numbers.remove_at(0)
		_least.remove_at(0)
		_at_msec.remove_at(0)
		_round_trips.remove_at(0)
	_measure_drift()
	return _numbers.size() - 1


## Returns the median slope between windows that are DRIFT_APART apart (Theil and Sen). One change of the path does not
## move it.
func _measure_drift() -> void:
	var slopes := PackedFloat64Array()
	for i: int in range(DRIFT_APART, _least.size()):
		var before := i - DRIFT_APART
		if _least[before] < INF and _least[i] < INF:
			slopes.append((_least[i] - _least[before]) / (_at_msec[i] - _at_msec[before]))
	if slopes.size() < DRIFT_APART:
		return
	slopes.sort()
	var ppm := slopes[slopes.size() >> 1] * 1e6
	drift_ppm = ppm if absf(ppm) <= DRIFT_PPM_MAX else 0.0


## Returns arrival time minus tick time of the quickest, corrected for drift until now; INF before the first.
func _offset(now_msec: float) -> float:
	var least := INF
	for i: int in range(maxi(0, _least.size() - WINDOW_STRETCHES), _least.size()):
		least = minf(least, _least[i] + (now_msec - _at_msec[i]) * drift_ppm / 1e6)
	return least


## Returns half the quickest round trip, msec; INF before the first.
func _one_way_msec() -> float:
	var rtt_msec := INF
	for i: int in range(maxi(0, _round_trips.size() - WINDOW_STRETCHES), _round_trips.size()):
		rtt_msec = minf(rtt_msec, _round_trips[i])
	return rtt_msec / 2.0
