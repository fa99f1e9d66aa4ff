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
	var rest := 1.0 - a * a - b * b - c * c
	var largest := (bits >> 30) & 3
	if rest < 0.0:
		return _without_largest(largest, a, b, c)
	if largest == 3:
		return Quaternion(a, b, c, sqrt(rest))
	if largest == 2:
		return Quaternion(a, b, sqrt(rest), c)
	return Quaternion(a, sqrt(rest), b, c) if largest == 1 else Quaternion(sqrt(rest), a, b, c)


## An R26.
static func r26(bits: int) -> Quaternion:
	var a := _eight[(bits >> 16) & 255]
	var b := _eight[(bits >> 8) & 255]
	var c := _eight[bits & 255]
	var rest := 1.0 - a * a - b * b - c * c
	var largest := (bits >> 24) & 3
	if rest < 0.0:
		return _without_largest(largest, a, b, c)
	if largest == 3:
		return Quaternion(a, b, c, sqrt(rest))
	if largest == 2:
		return Quaternion(a, b, sqrt(rest), c)
	return Quaternion(a, sqrt(rest), b, c) if largest == 1 else Quaternion(sqrt(rest), a, b, c)


static func _without_largest(largest: int, a: float, b: float, c: float) -> Quaternion:
	if largest == 3:
		return Quaternion(a, b, c, 0.0).normalized()
	if largest == 2:
		return Quaternion(a, b, 0.0, c).normalized()
	return (Quaternion(a, 0.0, b, c) if largest == 1 else Quaternion(0.0, a, b, c)).normalized()
