extends "components.gd"
## Roots of avatars, or props: their positions and velocities (protocol SNP-2 to SNP-10).
##
## Whole numbers are kept in vectors of 32-bit floats, which hold them exactly. The engine computes three coordinates in
## the time of one.

const VELOCITY_TICKS := 3.0
const POSITION_MAX := Vector3(16_777_215.0, 16_777_215.0, 16_777_215.0)
const VELOCITY_MIN := Vector3(-32_768.0, -32_768.0, -32_768.0)
const VELOCITY_MAX := Vector3(32_767.0, 32_767.0, 32_767.0)
const YAW_MASK := 4_095
const WHOLE_ROOT := 0xef
const WHOLE_PROP := 0xff
## Bytes by mode: of a coordinate, a yaw, a rotation, a velocity.
const NUMBER_BYTES: PackedInt32Array = [0, 1, 2, 3]
const YAW_BYTES: PackedInt32Array = [0, 1, 2, 0]
const ROTATION_BYTES: PackedInt32Array = [0, 2, 3, 4]
const SPEED_BYTES: PackedInt32Array = [0, 2, 3, 7]

static var _root_lengths := _lengths_of(YAW_BYTES)
static var _prop_lengths := _lengths_of(ROTATION_BYTES)

## By row and slot: millimetres above the realm's least corner less 64 m.
var positions := PackedVector3Array()
## Steps of 20 mm/s.
var velocities := PackedVector3Array()
## A root's yaw (4096 a turn), or a prop's rotation (the bits of an R32).
var headings := PackedInt32Array()
## Flags of a root: 1 grounded, 2 flying. Of a prop: 1 asleep.
var flags := PackedInt32Array()

var _is_root: bool
var _whole: int
## Bytes after a record's mask.
var _lengths := PackedInt32Array()
## Values of the current record.
var _position: Vector3
var _velocity: Vector3
var _heading: int
var _flags: int


func _init(is_root: bool) -> void:
	super()
	_is_root = is_root
	_whole = WHOLE_ROOT if is_root else WHOLE_PROP
	_lengths = _root_lengths if is_root else _prop_lengths


static func _lengths_of(turn_bytes: PackedInt32Array) -> PackedInt32Array:
	var lengths := PackedInt32Array()
	for mask: int in 256:
		lengths.append(2 * NUMBER_BYTES[mask & 3] + NUMBER_BYTES[(mask >> 2) & 3] + turn_bytes[(mask >> 4) & 3]
				+ SPEED_BYTES[mask >> 6])
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
		var mask: int = bytes[at + 1]
		at += 2
		var row: int = rows.get(element, NONE)
		var base := NONE
		if age > 0:
			if age > BASELINE_TICKS_MAX:
				return _wrong("the baseline of record %d is %d ticks old; at most %d can be" % [i, age, BASELINE_TICKS_MAX])
			base = NONE if row == NONE else _find(row, tick - age)
			if base == NONE:
				missing += 1
				at += _lengths[mask]
				if at > end:
					return _wrong("record %d of element %d is cut short" % [i, element])
				continue
		if mask == _whole:
			_read_whole(bytes, at)
		elif base == NONE or not _read_change(bytes, at, mask, base, age):
			return _wrong("record %d of element %d is malformed" % [i, element])
		at += _lengths[mask]
		if at > end:
			return _wrong("record %d of element %d is malformed" % [i, element])
		var place := _open(element, row_of(element) if row == NONE else row, tick)
		if place != NONE:
			positions[place] = _position
			velocities[place] = _velocity
			headings[place] = _heading
			flags[place] = _flags
	return at


func _read_whole(bytes: PackedByteArray, at: int) -> void:
	_position = Vector3(Vector3i(bytes.decode_u32(at) & 0xff_ffff, bytes.decode_u32(at + 6) & 0xff_ffff,
			bytes.decode_u32(at + 3) & 0xff_ffff))
	if _is_root:
		_heading = bytes.decode_u16(at + 9) & YAW_MASK
		at += 11
	else:
		_heading = bytes.decode_s32(at + 9)
		at += 13
	_velocity = Vector3(Vector3i(bytes.decode_s16(at), bytes.decode_s16(at + 2), bytes.decode_s16(at + 4)))
	_flags = bytes[at + 6]


## Reads values that are changes. Returns [code]false[/code] if malformed.
func _read_change(bytes: PackedByteArray, at: int, mask: int, base: int, age: int) -> bool:
	_velocity = velocities[base]
	# Changes first, because a sum beyond 24 bits would be rounded.
	_position = (_velocity * age / VELOCITY_TICKS).floor()
	var across := mask & 3
	if across == 1:
		_position += Vector3(Vector3i(bytes.decode_s8(at), 0, bytes.decode_s8(at + 1)))
	elif across == 2:
		_position += Vector3(Vector3i(bytes.decode_s16(at), 0, bytes.decode_s16(at + 2)))
	at += 2 * across
	var up := (mask >> 2) & 3
	if up == 1:
		_position.y += bytes.decode_s8(at)
	elif up == 2:
		_position.y += bytes.decode_s16(at)
	_position += positions[base]
	if across == 3:
		_position.x = float(bytes.decode_u32(at - 6) & 0xff_ffff)
		_position.z = float(bytes.decode_u32(at - 3) & 0xff_ffff)
	if up == 3:
		_position.y = float(bytes.decode_u32(at) & 0xff_ffff)
	if _position != _position.clamp(Vector3.ZERO, POSITION_MAX):
		return false
	at += up
	var turn := (mask >> 4) & 3
	_heading = headings[base]
	if _is_root:
		if turn == 3:
			return false
		if turn != 0:
			_heading = (_heading + bytes.decode_s8(at) if turn == 1 else bytes.decode_u16(at)) & YAW_MASK
			at += turn
	elif turn != 0:
		_heading = changed_rotation(bytes, at, turn, _heading)
		at += turn + 1
	_flags = flags[base]
	var speed := mask >> 6
	if speed == 3:
		_velocity = Vector3(Vector3i(bytes.decode_s16(at), bytes.decode_s16(at + 2), bytes.decode_s16(at + 4)))
		_flags = bytes[at + 6]
	elif speed != 0:
		_velocity += Vector3(Vector3i(bytes.decode_s8(at), bytes.decode_s8(at + 2) if speed == 2 else 0,
				bytes.decode_s8(at + 1)))
		if _velocity != _velocity.clamp(VELOCITY_MIN, VELOCITY_MAX):
			_velocity = (_velocity - VELOCITY_MIN).posmod(65_536.0) + VELOCITY_MIN
	return true


func _resize(length: int) -> void:
	super(length)
	positions.resize(length)
	velocities.resize(length)
	headings.resize(length)
	flags.resize(length)


func _copy(from: int, to: int) -> void:
	super(from, to)
	positions[to] = positions[from]
	velocities[to] = velocities[from]
	headings[to] = headings[from]
	flags[to] = flags[from]
