extends "components.gd"
## Bones of avatars (protocol SNP-2 to SNP-10).

const BONE_COUNT := 18
const BONE_MASK_ALL := (1 << BONE_COUNT) - 1
## Numbers of a state: the mask of sent bones, then 18 rotations (the bits of an R26), 0 for a bone that is not sent.
const WIDTH := 1 + BONE_COUNT
## In the last byte of the modes: the mask of sent bones follows.
const SET_FOLLOWS := 16
const ROTATION_BYTES: PackedInt32Array = [0, 2, 3, 4]
## Modes of six bones are looked up in one step.
const SIX := 0xfff

static var _tables := _made_tables()

## By row and slot: WIDTH numbers each.
var numbers := PackedInt32Array()

## By the modes of six bones: their bytes; the changed bones; the bones that are sent whole.
var _lengths := _tables[0]
var _changed_by_mode := _tables[1]
var _whole := _tables[2]


static func _made_tables() -> Array[PackedInt32Array]:
	var tables: Array[PackedInt32Array] = [[], [], []]
	for modes: int in SIX + 1:
		var length := 0
		var changed := 0
		var whole := 0
		for i: int in 6:
			var mode := (modes >> (2 * i)) & 3
			length += ROTATION_BYTES[mode]
			changed |= int(mode != 0) << i
			whole |= int(mode == 3) << i
		tables[0].append(length)
		tables[1].append(changed)
		tables[2].append(whole)
	return tables


## Reads a section at [param at] of [param bytes], which end at [param end] and are followed by 128 more bytes. Returns
## its end; NONE if it is malformed (see [member fault]).
func read(bytes: PackedByteArray, at: int, end: int, tick: int) -> int:
	var count := _begin(bytes, at, end)
	if count == NONE:
		return NONE
	at = _after
	var element := 0
	for i: int in count:
		var gap: int = bytes[at]
		at += 1
		if gap > 127:
			gap = _varint(bytes, at - 1)
			at = _after
		element += gap
		if gap < 1 or element > ELEMENT_MAX:
			return _wrong("record %d names no element after the last" % i)
		var age: int = bytes[at]
		if age > BASELINE_TICKS_MAX:
			return _wrong("the baseline of record %d is %d ticks old; at most %d can be" % [i, age, BASELINE_TICKS_MAX])
		var high: int = bytes[at + 5]
		var modes := bytes.decode_u32(at + 1) | ((high & 15) << 32)
		var is_set := (high & SET_FOLLOWS) != 0
		var bones := bytes.decode_u32(at + 6) & 0xff_ffff if is_set else 0
		at += 9 if is_set else 6
		var next := at + _lengths[modes & SIX] + _lengths[(modes >> 12) & SIX] + _lengths[modes >> 24]
		if next > end:
			return _wrong("record %d of element %d is cut short" % [i, element])
		var row: int = rows.get(element, NONE)
		var base := NONE if row == NONE or age == 0 else _find(row, tick - age)
		if age > 0 and base == NONE:
			missing += 1
			at = next
			continue
		var had := 0 if base == NONE else numbers[base * WIDTH]
		if not is_set:
			bones = had
		if high >= SET_FOLLOWS * 2 or bones > BONE_MASK_ALL or (base == NONE and not is_set) or not _fits(modes, bones, had):
			return _wrong("record %d of element %d is malformed" % [i, element])
		if row == NONE:
			row = row_of(element)
		var slots_before := slots
		var place := _open(element, row, tick)
		if place != NONE:
			if base != NONE and slots != slots_before:
				base = _find(row, tick - age)
			numbers[place * WIDTH] = bones
			_read_bones(bytes, at, modes, base * WIDTH + 1, place * WIDTH + 1)
		at = next
	return at


## A new bone is sent whole. Absent bones have no mode.
func _fits(modes: int, bones: int, had: int) -> bool:
	var low := modes & SIX
	var middle := (modes >> 12) & SIX
	var upper := modes >> 24
	var changed := _changed_by_mode[low] | (_changed_by_mode[middle] << 6) | (_changed_by_mode[upper] << 12)
	var whole := _whole[low] | (_whole[middle] << 6) | (_whole[upper] << 12)
	return (changed & ~bones) == 0 and (bones & ~had & ~whole) == 0


## Reads rotations to [param to]. [param from] is the place of the baseline's; below 0 without one.
func _read_bones(bytes: PackedByteArray, at: int, modes: int, from: int, to: int) -> void:
	var bones := numbers[to - 1]
	for i: int in BONE_COUNT:
		var mode := modes & 3
		modes >>= 2
		if mode == 0:
			numbers[to + i] = numbers[from + i] if (bones & (1 << i)) != 0 else 0
		elif mode == 3:
			numbers[to + i] = ((bytes[at] & 3) << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]
			at += 4
		elif mode == 2:
			numbers[to + i] = (numbers[from + i] & 0x300_0000) | (bytes[at] << 16) | (bytes[at + 1] << 8) | bytes[at + 2]
			at += 3
		else:
			var before := numbers[from + i]
			var bits := bytes.decode_u16(at)
			numbers[to + i] = (before & 0x300_0000) | ((before + ((((bits >> 10) & 31) - 16) << 16)) & 0xff_0000) \
					| ((before + ((((bits >> 5) & 31) - 16) << 8)) & 0xff00) | ((before + (bits & 31) - 16) & 0xff)
			at += 2


func _resize(length: int) -> void:
	super(length)
	numbers.resize(length * WIDTH)


func _copy(from: int, to: int) -> void:
	super(from, to)
	for i: int in WIDTH:
		numbers[to * WIDTH + i] = numbers[from * WIDTH + i]
