extends RefCounted
## The rotations of snapshots, by tables: one look for a component (protocol POS-2, SNP-2). Bits that are no rotation, which
## a server does not send, give one all the same: what is drawn has length 1.

static var _ten := _components(1_023.0, 1_023.0 / 2.0, 1_024)
static var _eight := _components(254.0, 127.0, 256)


static func _components(steps: float, middle: float, count: int) -> PackedFloat64Array:
	var components := PackedFloat64Array()
	for n: int in count:
		components.append((n - middle) * 2.0 / steps * sqrt(0.5))
	return components


## An R32.
static func r32(bits: int) -> Quaternion:
	var a := _ten[(bits >> 20) & 1_023]
	var b := _ten[(bits >> 10) & 1_023]
	var c := _ten[bits & 1_023]
	return _with_largest((bits >> 30) & 3, a, b, c, 1.0 - a * a - b * b - c * c)


## An R26.
static func r26(bits: int) -> Quaternion:
	var a := _eight[(bits >> 16) & 255]
	var b := _eight[(bits >> 8) & 255]
	var c := _eight[bits & 255]
	return _with_largest((bits >> 24) & 3, a, b, c, 1.0 - a * a - b * b - c * c)


static func _with_largest(largest: int, a: float, b: float, c: float, rest: float) -> Quaternion:
	if rest < 0.0:
		return _with_largest(largest, a, b, c, 0.0).normalized()
	var d := sqrt(rest)
	if largest == 3:
		return Quaternion(a, b, c, d)
	if largest == 2:
		return Quaternion(a, b, d, c)
	return Quaternion(a, d, b, c) if largest == 1 else Quaternion(d, a, b, c)
