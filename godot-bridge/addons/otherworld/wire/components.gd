extends RefCounted
## The states of all components of one kind, as snapshots said them (protocol SNP-2, SNP-6): the baselines of what comes next,
## and what is drawn between. Subclasses read the records of their kind.
##
## Flat arrays instead of objects: each element has a row, each row has room for [member slots] states, used in turn. State
## number n of a row (0 was its first) stands at [code]row * slots + n % slots[/code]; a row's states are in the order of
## their ticks, however they came.

## A baseline is at most this old, ticks.
const BASELINE_TICKS_MAX := 127
## States are kept this much longer than that: a packet may come so late, ticks, and still find its baselines.
const LATE_TICKS_MAX := 60
const KEPT_TICKS := BASELINE_TICKS_MAX + LATE_TICKS_MAX
const ELEMENT_MAX := 0xffff_ffff
const NONE := -1
## Each record has three bytes at least.
const RECORD_BYTES_MIN := 3
## Rows and states of a row at first; both double where they do not suffice. A row is never longer than 256 states, as
## none is kept longer than KEPT_TICKS.
const ROWS_FIRST := 16
const SLOTS_FIRST := 16

## Rows by element.
var rows: Dictionary[int, int] = {}
## States a row has room for, a power of two.
var slots := SLOTS_FIRST
## By row: how many states it was given.
var counts := PackedInt32Array()
## By row and slot: the tick of the state.
var ticks := PackedInt64Array()
## Elements that the last section gave a state, rising.
var changed := PackedInt64Array()
## Records of the last section whose baseline was not there.
var missing := 0
## What is wrong with the last section; empty: nothing.
var fault := ""

## Where a varint ended.
var _after := 0
var _free: PackedInt32Array = []
## How many states before the newest the last baseline was; fewer than a row has room for.
var _back := 0


func _init() -> void:
	_resize_rows(ROWS_FIRST)


## The row of [param element], a new one if it has none.
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


## Forgets an element that is gone.
func forget(element: int) -> void:
	var row: int = rows.get(element, NONE)
	if row == NONE:
		return
	rows.erase(element)
	counts[row] = 0
	_free.append(row)


## The place of the newest state of [param row]; NONE: it has none.
func newest(row: int) -> int:
	return NONE if counts[row] == 0 else row * slots + ((counts[row] - 1) & (slots - 1))


## The tick of the newest state of [param element]; NONE: it has none.
func newest_tick(element: int) -> int:
	var row: int = rows.get(element, NONE)
	var place := NONE if row == NONE else newest(row)
	return NONE if place == NONE else ticks[place]


## The number of the newest state of [param row] that is not after [param tick]; less than [method first]: there is none.
func number_at(row: int, tick: float) -> int:
	var number := counts[row] - 1
	var least := first(row)
	while number >= least and ticks[row * slots + (number & (slots - 1))] > tick:
		number -= 1
	return number


## The number of the oldest state that [param row] still has.
func first(row: int) -> int:
	return maxi(0, counts[row] - slots)


## The place of the state of exactly [param tick]; NONE: it is not there.
func _find(row: int, tick: int) -> int:
	var number := counts[row] - 1
	# Mostly as far back as that of the record before.
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


## Makes room for a state of [param tick], and tells that the element changed. NONE: that state is there already, or is
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


## Moves what is newer one on: states that come late stand in their order all the same.
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


## Lays all states out anew in longer rows.
func _resize_slots(count: int) -> void:
	var before := slots
	_resize(counts.size() * count)
	for row: int in range(counts.size() - 1, -1, -1):
		var newest_number := counts[row] - 1
		# The last row first: nothing is written over before it was moved.
		for number: int in range(newest_number, maxi(NONE, newest_number - before), -1):
			_copy(row * before + (number & (before - 1)), row * count + (number & (count - 1)))
	slots = count


## All arrays of states get this length.
func _resize(length: int) -> void:
	ticks.resize(length)


## Copies a state.
func _copy(from: int, to: int) -> void:
	ticks[to] = ticks[from]


## A varint of more than one byte at [param at]; it ends before [member _after]. NONE: it has more than 32 bits.
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


## An R32 that is [param before] with what [param mode] says at [param at]: 1 changes of 5 bits, 2 of 8 bits, 3 whole.
static func changed_rotation(bytes: PackedByteArray, at: int, mode: int, before: int) -> int:
	if mode == 3:
		return bytes.decode_s32(at)
	if mode == 1:
		var bits := bytes.decode_u16(at)
		return (before & ~0x3fff_ffff) | ((before + ((((bits >> 10) & 31) - 16) << 20)) & 0x3ff0_0000) \
				| ((before + ((((bits >> 5) & 31) - 16) << 10)) & 0xf_fc00) | ((before + (bits & 31) - 16) & 0x3ff)
	return (before & ~0x3fff_ffff) | ((before + (bytes.decode_s8(at) << 20)) & 0x3ff0_0000) \
			| ((before + (bytes.decode_s8(at + 1) << 10)) & 0xf_fc00) | ((before + bytes.decode_s8(at + 2)) & 0x3ff)


## A section begins: how many records it says there are, which stand from _after on; NONE: it is malformed.
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
