extends RefCounted
## Which moment of the others to draw (protocol CLK-3): so far behind the server that a snapshot has come on either side of
## it (interpolation; Valve, "Source Multiplayer Networking").
##
## How far follows the measured arrivals: nearly all of the last seconds' came within it. It grows as soon as more than a few
## are late and shrinks slowly, since lateness comes in clusters. All times are of one clock of this machine, msec.

## Bounds of the delay behind what arrives in time. The least is a send interval at 20 a second, and a frame.
const DELAY_MSEC_MIN := 65.0
const DELAY_MSEC_MAX := 500.0
## Arrivals that lateness is judged by: 5 s at 20 a second.
const ARRIVALS_MAX := 100
## This share of them comes within the delay.
const IN_TIME_SHARE := 0.97
## Time in which what the delay has too much shrinks to 1/e; it grows at once.
const SHRINK_MSEC := 4_000.0
## Snapshots farther apart say nothing of how often they are sent.
const INTERVAL_MSEC_MAX := 250.0
## How much faster or slower than time the drawn moment goes: nobody sees a tenth.
const RATE_SHARE := 0.1
## So far off, the drawn moment is set at once, forwards: the machine slept, or the server's clock went on without us.
const JUMP_MSEC := 1_000.0
## How far beyond the newest snapshot is drawn while nothing comes.
const AHEAD_MSEC_MAX := 250.0
## Arrivals later than this are not waited for.
const LATE_MSEC_MAX := 400.0
## This many of them in a row: the server paused or the path is another, and time goes on from there.
const PAUSED_ARRIVALS := 5
## Without a call for so long the main thread was stalled: what arrives with its waking says nothing of the line. Packets are
## fetched once a frame here, so this is below ten frames a second, where a page that is told of each waits for 150.
const STALL_MSEC := 100.0
## The time after which what came during a stall has been handed over.
const WAKE_MSEC := 50.0

## How late nearly all arrivals of the last seconds were at most, against the quickest.
var jitter_msec := 0.0
## Newest tick that a snapshot arrived of.
var newest := 0
## How fast the drawn moment went at the last look, against time.
var rate := 1.0

var _tick_msec: float
## Arrival time minus tick time of the last arrivals.
var _offsets := PackedFloat64Array()
## The quickest of them, INF before the first; and how late nearly all of them were at most against it.
var _base := INF
var _lateness_msec := 0.0
var _late := 0
var _interval_msec := 50.0
var _drawn := 0.0
var _at_msec := -INF
## The last call, and when the main thread last woke from a stall.
var _active_msec := -INF
var _woke_msec := -INF


func _init(tick_rate: int) -> void:
	_tick_msec = 1_000.0 / tick_rate


## How far behind what arrives in time is drawn, msec.
func delay_msec() -> float:
	return clampf(jitter_msec + _interval_msec, DELAY_MSEC_MIN, DELAY_MSEC_MAX)


## A snapshot of [param tick] arrived. One that was overtaken tells of the line all the same.
func arrived(tick: int, now_msec: float) -> void:
	_notice_stall(now_msec)
	var offset := now_msec - tick * _tick_msec
	if _is_usable(offset, now_msec):
		# One that was lost could be shown no sooner than the one after it: it counts as that late.
		var missed := newest > 0 and (tick - newest) * _tick_msec > _interval_msec * 1.5
		if missed and not _offsets.is_empty():
			_note(offset + _interval_msec)
		_note(offset)
	if tick <= newest:
		return
	if newest > 0:
		_interval_msec += (minf(INTERVAL_MSEC_MAX, (tick - newest) * _tick_msec) - _interval_msec) / 16.0
	newest = tick


## The server's tick whose snapshot would arrive now if it came as quickly as the quickest, with parts; 0 before the first.
func arriving_tick(now_msec: float) -> float:
	return 0.0 if _base == INF else maxf(0.0, (now_msec - _base) / _tick_msec)


## The moment to draw, in ticks; never goes back.
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


## Whether an arrival says how good the line is, rather than that someone slept.
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
	# Where the quickest changes, the moment up to which all has come stays what it was.
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
