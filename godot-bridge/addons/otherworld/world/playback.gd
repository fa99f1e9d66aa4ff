extends RefCounted
## Chooses the tick at which others are drawn (protocol CLK-3): so far in the past that there is a snapshot on either
## side of it (interpolation; Valve, "Source Multiplayer Networking").
##
## The delay follows the measured arrivals: nearly all snapshots of the last seconds arrived within it. It grows as soon
## as more than a few are late, and shrinks slowly, because lateness comes in clusters. All times are from one clock of
## this machine, msec.

## Limits of the delay behind the quickest arrivals. The least is a send interval at 20 a second, and a frame.
const DELAY_MSEC_MIN := 65.0
const DELAY_MSEC_MAX := 500.0
## Number of arrivals in the measurement: 5 s at 20 a second.
const ARRIVALS_MAX := 100
## This share of them arrives within the delay.
const IN_TIME_SHARE := 0.97
## Time constant with which the delay shrinks. It grows at once.
const SHRINK_MSEC := 4_000.0
## A longer interval between snapshots says nothing about the send rate.
const INTERVAL_MSEC_MAX := 250.0
## Limit of the playback speed's deviation from real time. Nobody notices a tenth.
const RATE_SHARE := 0.1
## A larger difference is corrected at once, forwards: the machine slept, or the server's clock continued without us.
const JUMP_MSEC := 1_000.0
## Limit of extrapolation beyond the newest snapshot.
const AHEAD_MSEC_MAX := 250.0
## Later arrivals are not waited for.
const LATE_MSEC_MAX := 400.0
## After this many of them in a row, the server paused or the path changed. Time continues from there.
const PAUSED_ARRIVALS := 5
## Without a call for this time the main thread was stalled, so arrivals at its end say nothing about the network.
## Packets are read once a frame here, so this is below ten frames a second. The page is notified of each packet and
## uses 150 ms.
const STALL_MSEC := 100.0
## After this time all packets from the stall have been read.
const WAKE_MSEC := 50.0

## Lateness of nearly all arrivals of the last seconds, compared with the quickest.
var jitter_msec := 0.0
## Tick of the newest snapshot.
var newest := 0
## Playback speed at the last call, relative to real time.
var rate := 1.0

var _tick_msec: float
## Arrival time minus tick time of the last arrivals.
var _offsets := PackedFloat64Array()
## The quickest of them, INF before the first; and the lateness of nearly all of them.
var _base := INF
var _lateness_msec := 0.0
var _late := 0
var _interval_msec := 50.0
var _drawn := 0.0
var _at_msec := -INF
## The last call, and the end of the last stall.
var _active_msec := -INF
var _woke_msec := -INF


func _init(tick_rate: int) -> void:
	_tick_msec = 1_000.0 / tick_rate


## Returns the delay behind the quickest arrivals, msec.
func delay_msec() -> float:
	return clampf(jitter_msec + _interval_msec, DELAY_MSEC_MIN, DELAY_MSEC_MAX)


## Records the arrival of a snapshot. An overtaken one also says something about the network.
func record_snapshot(tick: int, now_msec: float) -> void:
	_notice_stall(now_msec)
	var offset := now_msec - tick * _tick_msec
	if _is_usable(offset, now_msec):
		# A lost snapshot could be shown no sooner than the next one, so it counts as late as that.
		var missed := newest > 0 and (tick - newest) * _tick_msec > _interval_msec * 1.5
		if missed and not _offsets.is_empty():
			_note(offset + _interval_msec)
		_note(offset)
	if tick <= newest:
		return
	if newest > 0:
		_interval_msec += (minf(INTERVAL_MSEC_MAX, (tick - newest) * _tick_msec) - _interval_msec) / 16.0
	newest = tick


## Returns the tick (with a fraction) whose snapshot would arrive now if it were as quick as the quickest; 0 before the
## first.
func arriving_tick(now_msec: float) -> float:
	return 0.0 if _base == INF else maxf(0.0, (now_msec - _base) / _tick_msec)


## Returns the tick to draw. It never goes back.
func draw_tick(now_msec: float) -> float:
	_notice_stall(now_msec)
	var elapsed_msec := 0.0 if _at_msec == -INF else maxf(0.0, now_msec - _at_msec)
	_at_msec = maxf(_at_msec, now_msec)
	if _offsets.is_empty():
		return _drawn
	jitter_msec = _lateness_msec + (jitter_msec - _lateness_msec) * exp(-elapsed_msec / SHRINK_MSEC)
	_go(arriving_tick(now_msec) - delay_msec() / _tick_msec, elapsed_msec / _tick_msec)
	return _drawn


func _notice_stall(now_msec: float) -> void:
	if now_msec - _active_msec > STALL_MSEC:
		_woke_msec = now_msec
	_active_msec = maxf(_active_msec, now_msec)


## Returns whether an arrival measures the network, rather than a stall.
func _is_usable(offset: float, now_msec: float) -> bool:
	if _base == INF:
		return true
	if offset < _base - JUMP_MSEC:
		_forget()
	elif offset > _base + LATE_MSEC_MAX:
		_late += 1
		if _late < PAUSED_ARRIVALS or now_msec - _woke_msec < WAKE_MSEC:
			return false
		_forget()
	elif now_msec - _woke_msec < WAKE_MSEC and offset > _base + jitter_msec:
		return false
	_late = 0
	return true


func _forget() -> void:
	_offsets.clear()
	_base = INF
	_lateness_msec = 0.0
	jitter_msec = 0.0


func _note(offset: float) -> void:
	_offsets.append(offset)
	if _offsets.size() > ARRIVALS_MAX:
		_offsets.remove_at(0)
	var sorted := _offsets.duplicate()
	sorted.sort()
	var base := sorted[0]
	_lateness_msec = minf(DELAY_MSEC_MAX, sorted[ceili(sorted.size() * IN_TIME_SHARE) - 1] - base)
	# If the quickest arrival changes, the tick up to which everything has arrived stays the same.
	if _base != INF:
		jitter_msec += _base - base
	_base = base
	jitter_msec = minf(DELAY_MSEC_MAX, maxf(jitter_msec, _lateness_msec))


func _go(wanted: float, elapsed: float) -> void:
	var end := newest + AHEAD_MSEC_MAX / _tick_msec
	var error := minf(wanted, end) - (_drawn + elapsed)
	var most := elapsed * RATE_SHARE
	var is_far := _drawn == 0.0 or error * _tick_msec > JUMP_MSEC
	var next := _drawn + elapsed + (error if is_far else clampf(error, -most, most))
	var bounded := maxf(_drawn, minf(next, end))
	if elapsed > 0.0:
		rate = (bounded - _drawn) / elapsed
	_drawn = bounded
