extends "components.gd"
## Head and hands of avatars in root space (protocol SNP-2 to SNP-10).

## Numbers of a state: for head, left hand, right hand position x y z (steps of 2 mm) and rotation (the bits of an R32).
const WIDTH := 12
const WHOLE := 0xeee
const PLACE_BYTES: PackedInt32Array = [0, 3, 6, 0]
const ROTATION_BYTES: PackedInt32Array = [0, 2, 3, 4]

static var _all_lengths := _made_lengths()

## By row and slot: WIDTH numbers each.
var numbers := PackedInt32Array()

## Bytes after a record's mask of 12 bits.
var _lengths := _all_lengths


static func _made_lengths() -> PackedInt32Array:
	var lengths := PackedInt32Array()
	for mask: int in 4_096:
		var sum := 0
		for i: int in [0, 4, 8]:
			sum += PLACE_BYTES[(mask >> i) & 3] + ROTATION_BYTES[(mask >> (i + 2)) & 3]
		lengths.append(sum)
	return lengths


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
		var mask := bytes.decode_u16(at + 1)
		at += 3
		var row: int = rows.get(element, NONE)
		var base := NONE
		if age > 0:
			if age > BASELINE_TICKS_MAX:
				return _wrong("the baseline of record %d is %d ticks old; at most %d can be" % [i, age, BASELINE_TICKS_MAX])
			base = NONE if row == NONE else _find(row, tick - age)
		var next := at + _lengths[mask & 0xfff]
		if next > end:
			return _wrong("record %d of element %d is cut short" % [i, element])
		if age > 0 and base == NONE:
			missing += 1
			at = next
			continue
		# Mode 3 of a position is invalid: both its bits are set.
		if mask > 0xfff or (mask & (mask >> 1) & 0x111) != 0 or (base == NONE and mask != WHOLE):
			return _wrong("record %d of element %d is malformed" % [i, element])
		if row == NONE:
			row = row_of(element)
		var slots_before := slots
		var place := _open(element, row, tick)
		if place != NONE:
			if base != NONE and slots != slots_before:
				base = _find(row, tick - age)
			_read_record(bytes, at, mask, base * WIDTH, place * WIDTH)
		at = next
	return at


## Reads a state to [param to]. [param from] is the place of its baseline; below 0 without one.
func _read_record(bytes: PackedByteArray, at: int, mask: int, from: int, to: int) -> void:
	for i: int in [0, 4, 8]:
		var place := (mask >> i) & 3
		if place == 2:
			numbers[to + i] = bytes.decode_s16(at)
			numbers[to + i + 1] = bytes.decode_s16(at + 2)
			numbers[to + i + 2] = bytes.decode_s16(at + 4)
			at += 6
		elif place == 1:
			numbers[to + i] = _int16(numbers[from + i] + bytes.decode_s8(at))
			numbers[to + i + 1] = _int16(numbers[from + i + 1] + bytes.decode_s8(at + 1))
			numbers[to + i + 2] = _int16(numbers[from + i + 2] + bytes.decode_s8(at + 2))
			at += 3
		else:
			numbers[to + i] = numbers[from + i]
			numbers[to + i + 1] = numbers[from + i + 1]
			numbers[to + i + 2] = numbers[from + i + 2]
		var turn := (mask >> (i + 2)) & 3
		if turn == 0:
			numbers[to + i + 3] = numbers[from + i + 3]
		else:
			numbers[to + i + 3] = changed_rotation(bytes, at, turn, numbers[from + i + 3] if from >= 0 else 0)
			at += ROTATION_BYTES[turn]


func _int16(number: int) -> int:
	return ((number + 0x8000) & 0xffff) - 0x8000


func _resize(length: int) -> void:
	super(length)
	numbers.resize(length * WIDTH)


func _copy(from: int, to: int) -> void:
	super(from, to)
	for i: int in WIDTH:
		numbers[to * WIDTH + i] = numbers[from * WIDTH + i]
