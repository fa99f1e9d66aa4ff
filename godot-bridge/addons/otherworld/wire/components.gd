extends RefCounted
## The states of all components of one kind, from snapshots (protocol SNP-2, SNP-6): baselines of later records, and the
## states between which playback interpolates. Subclasses read the records of their kind.
##
## Flat arrays instead of objects: each element has a row, and each row has room for [member slots] states, used in
## turn. State number n of a row (0 was its first) is at [code]row * slots + n % slots[/code]. A row's states are
## ordered by tick, in whatever order they arrived.

## Limit of a baseline's age, ticks.
const BASELINE_TICKS_MAX := 127
## States are kept this much longer, ticks, so that a late packet still finds its baselines.
const LATE_TICKS_MAX := 60
const KEPT_TICKS := BASELINE_TICKS_MAX + LATE_TICKS_MAX
const ELEMENT_MAX := 0xffff_ffff
const NONE := -1
## A record has at least three bytes.
const RECORD_BYTES_MIN := 3
## Initial rows, and states of a row. Both double when needed. A row never has more than 256 states, because none is
## kept longer than KEPT_TICKS.
const ROWS_FIRST := 16
const SLOTS_FIRST := 16

## Row by element.
var rows: Dictionary[int, int] = {}
## Capacity of a row in states, a power of two.
var slots := SLOTS_FIRST
## By row: number of states that it was given.
var counts := PackedInt32Array()
## By row and slot: the tick of the state.
var ticks := PackedInt64Array()
## Elements with a state in the last section, ascending.
var changed := PackedInt64Array()
## Records of the last section whose baseline was missing.
var missing := 0
## The reason why the last section was refused, or "" if it was read.
var fault := ""

## End of the last varint.
var _after := 0
var _free: PackedInt32Array = []
## Distance of the last baseline from the newest state, in states.
var _back := 0


func _init() -> void:
	_resize_rows(ROWS_FIRST)


## Returns the row of [param element], a new one if it has none.
func row_of(element: int) -> int:
	var row: int = rows.get(element, NONE)
	if row != NONE:
		return row
	if _free.is_empty():
		row = rows.size()
		if row == counts.size():
			_resize_rows(row * 2)
	else:
		row = _free[-1]
		_free.resize(_free.size() - 1)
	rows[element] = row
	return row


## Removes an element.
func forget(element: int) -> void:
	var row: int = rows.get(element, NONE)
	if row == NONE:
		return
	rows.erase(element)
	counts[row] = 0
	_free.append(row)


## Returns the place of the newest state of [param row]; NONE without one.
func newest(row: int) -> int:
	return NONE if counts[row] == 0 else row * slots + ((counts[row] - 1) & (slots - 1))


## Returns the tick of the newest state of [param element]; NONE without one.
func newest_tick(element: int) -> int:
	var row: int = rows.get(element, NONE)
	var place := NONE if row == NONE else newest(row)
	return NONE if place == NONE else ticks[place]


## Returns the number of the newest state of [param row] not after [param tick]; less than [method first] without one.
func number_at(row: int, tick: float) -> int:
	var number := counts[row] - 1
	var least := first(row)
	while number >= least and ticks[row * slots + (number & (slots - 1))] > tick:
		number -= 1
	return number


## Returns the number of the oldest kept state of [param row].
func first(row: int) -> int:
	return maxi(0, counts[row] - slots)


## Returns the place of the state at exactly [param tick]; NONE without one.
func _find(row: int, tick: int) -> int:
	var number := counts[row] - 1
	# Usually as far back as for the previous record.
	if number >= _back:
		var likely := row * slots + ((number - _back) & (slots - 1))
		if ticks[likely] == tick:
			return likely
	var least := maxi(0, number + 1 - slots)
	while number >= least:
		var place := row * slots + (number & (slots - 1))
		if ticks[place] <= tick:
			_back = counts[row] - 1 - number
			return place if ticks[place] == tick else NONE
		number -= 1
	return NONE


## Makes room for a state of [param tick], and marks the element as changed. Returns NONE if that state exists, or is
## too old to be kept.
func _open(element: int, row: int, tick: int) -> int:
	var count := counts[row]
	var place := row * slots + (count & (slots - 1))
	if count > 0:
		var last := row * slots + ((count - 1) & (slots - 1))
		if tick < ticks[last] - LATE_TICKS_MAX:
			return NONE
		if count >= slots and ticks[place] >= maxi(ticks[last], tick) - KEPT_TICKS:
			_resize_slots(slots * 2)
			place = row * slots + (count & (slots - 1))
			last = row * slots + ((count - 1) & (slots - 1))
		if ticks[last] >= tick:
			place = _insert(row, tick)
			if place == NONE:
				return NONE
	counts[row] = count + 1
	ticks[place] = tick
	changed.append(element)
	return place


## Moves newer states by one, so that a late state is in order.
func _insert(row: int, tick: int) -> int:
	var number := counts[row] - 1
	var least := first(row)
	while number >= least and ticks[row * slots + (number & (slots - 1))] > tick:
		number -= 1
	if number >= least and ticks[row * slots + (number & (slots - 1))] == tick:
		return NONE
	if number < least and counts[row] >= slots:
		return NONE
	for i: int in range(counts[row] - 1, number, -1):
		_copy(row * slots + (i & (slots - 1)), row * slots + ((i + 1) & (slots - 1)))
	return row * slots + ((number + 1) & (slots - 1))


func _resize_rows(count: int) -> void:
	counts.resize(count)
	_resize(count * slots)


## Copies all states into longer rows.
func _resize_slots(count: int) -> void:
	var before := slots
	_resize(counts.size() * count)
	for row: int in range(counts.size() - 1, -1, -1):
		var newest_number := counts[row] - 1
		# The last row first, so that nothing is overwritten before it is moved.
		for number: int in range(newest_number, maxi(NONE, newest_number - before), -1):
			_copy(row * before + (number & (before - 1)), row * count + (number & (count - 1)))
	slots = count


## Resizes all arrays of states.
func _resize(length: int) -> void:
	ticks.resize(length)


## Copies a state.
func _copy(from: int, to: int) -> void:
	ticks[to] = ticks[from]


## Reads a varint of more than one byte at [param at], before [member _after]. Returns NONE if it has more than 32 bits.
func _varint(bytes: PackedByteArray, at: int) -> int:
	var value := 0
	for i: int in 5:
		var byte := bytes[at + i]
		value |= (byte & 127) << (7 * i)
		if byte < 128:
			_after = at + i + 1
			return value if value <= ELEMENT_MAX else NONE
	_after = at + 5
	return NONE


## Returns the R32 [param before] with the change at [param at]: mode 1 has changes of 5 bits, 2 of 8 bits, 3 is whole.
static func changed_rotation(bytes: PackedByteArray, at: int, mode: int, before: int) -> int:
	if mode == 3:
		return bytes.decode_s32(at)
	if mode == 1:
		var bits := bytes.decode_u16(at)
		return (before & ~0x3fff_ffff) | ((before + ((((bits >> 10) & 31) - 16) << 20)) & 0x3ff0_0000) \
				| ((before + ((((bits >> 5) & 31) - 16) << 10)) & 0xf_fc00) | ((before + (bits & 31) - 16) & 0x3ff)
	return (before & ~0x3fff_ffff) | ((before + (bytes.decode_s8(at) << 20)) & 0x3ff0_0000) \
			| ((before + (bytes.decode_s8(at + 1) << 10)) & 0xf_fc00) | ((before + bytes.decode_s8(at + 2)) & 0x3ff)


## Reads a section's header: returns its number of records, which begin at _after; NONE if it is malformed.
func _begin(bytes: PackedByteArray, at: int, end: int) -> int:
	changed.clear()
	missing = 0
	var count := _varint(bytes, at)
	if count < 0 or count * RECORD_BYTES_MIN > end - _after:
		return _wrong("there are fewer records than their number says")
	return count


func _wrong(what: String) -> int:
	fault = what
	return NONE
