extends RefCounted
## Rotations on the wire: "smallest three". The index of the largest component is sent instead of it (the sign is chosen
## so that it is positive); the other three, which are within ±√½, follow in the order x y z w.

const _RANGE := 0.70710678118654752
const _STEPS := 1023
const _BONE_STEPS := 254

# The hot path of snapshots: a table instead of a computation.
static var _ten := _components(_STEPS, 1024)
static var _eight := _components(_BONE_STEPS, 256)


## Encodes a unit quaternion in 32 bits (R32): bits 31-30 for the largest component, then 10 bits each. The error is at
## most 0.2°.
static func pack(rotation: Quaternion) -> int:
	var x := rotation.x
	var y := rotation.y
	var z := rotation.z
	var w := rotation.w
	var largest := 0
	var most := x * x
	if y * y > most:
		largest = 1
		most = y * y
	if z * z > most:
		largest = 2
		most = z * z
	if w * w > most:
		largest = 3
	match largest:
		0:
			return _packed(0, x, y, z, w)
		1:
			return _packed(1, y, x, z, w)
		2:
			return _packed(2, z, x, y, w)
		_:
			return _packed(3, w, x, y, z)


## Returns the rotation of an R32. Invalid bits, which a server does not send, also give a unit quaternion.
static func unpack(bits: int) -> Quaternion:
	var a := _ten[bits >> 20 & 1023]
	var b := _ten[bits >> 10 & 1023]
	var c := _ten[bits & 1023]
	var rest := 1.0 - a * a - b * b - c * c
	var largest := bits >> 30 & 3
	if rest < 0.0:
		return _without_largest(largest, a, b, c)
	if largest == 3:
		return Quaternion(a, b, c, sqrt(rest))
	if largest == 2:
		return Quaternion(a, b, sqrt(rest), c)
	return Quaternion(a, sqrt(rest), b, c) if largest else Quaternion(sqrt(rest), a, b, c)


## Returns the rotation of a bone in a snapshot (R26): bits 25-24 for the largest component, then three numbers of 0 to
## 254.
static func unpack_bone(bits: int) -> Quaternion:
	var a := _eight[bits >> 16 & 255]
	var b := _eight[bits >> 8 & 255]
	var c := _eight[bits & 255]
	var rest := 1.0 - a * a - b * b - c * c
	var largest := bits >> 24 & 3
	if rest < 0.0:
		return _without_largest(largest, a, b, c)
	if largest == 3:
		return Quaternion(a, b, c, sqrt(rest))
	if largest == 2:
		return Quaternion(a, b, sqrt(rest), c)
	return Quaternion(a, sqrt(rest), b, c) if largest else Quaternion(sqrt(rest), a, b, c)


static func _without_largest(largest: int, a: float, b: float, c: float) -> Quaternion:
	if largest == 3:
		return Quaternion(a, b, c, 0.0).normalized()
	if largest == 2:
		return Quaternion(a, b, 0.0, c).normalized()
	return (Quaternion(a, 0.0, b, c) if largest else Quaternion(0.0, a, b, c)).normalized()


## The component of each number.
static func _components(steps: float, count: int) -> PackedFloat64Array:
	var components := PackedFloat64Array()
	for n: int in count:
		components.append((n * 2.0 / steps - 1.0) * _RANGE)
	return components


static func _packed(largest: int, left_out: float, a: float, b: float, c: float) -> int:
	var factor := -1.0 if left_out < 0.0 else 1.0
	return largest << 30 | _steps(a * factor) << 20 | _steps(b * factor) << 10 | _steps(c * factor)


static func _steps(component: float) -> int:
	return clampi(floori((component / _RANGE + 1.0) * 0.5 * _STEPS + 0.5), 0, _STEPS)
