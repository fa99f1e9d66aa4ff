extends RefCounted
## Rotations as the wire has them: "smallest three". Which component is largest is told and left out (it is made positive),
## the other three, which lie within ±√½, in the order x y z w.

const _RANGE := 0.70710678118654752
const _STEPS := 1023
const _BONE_HALF_STEPS := 127.0


## A unit quaternion in 32 bits (R32): bits 31-30 which is largest, then 10 bits each. It is off by 0.2° at most.
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


## The rotation of an R32.
static func unpack(bits: int) -> Quaternion:
	var a := ((bits >> 20 & _STEPS) * 2.0 / _STEPS - 1.0) * _RANGE
	var b := ((bits >> 10 & _STEPS) * 2.0 / _STEPS - 1.0) * _RANGE
	var c := ((bits & _STEPS) * 2.0 / _STEPS - 1.0) * _RANGE
	var d := sqrt(maxf(0.0, 1.0 - a * a - b * b - c * c))
	var largest := bits >> 30 & 3
	if largest == 3:
		return Quaternion(a, b, c, d)
	if largest == 2:
		return Quaternion(a, b, d, c)
	return Quaternion(a, d, b, c) if largest else Quaternion(d, a, b, c)


## The rotation of a bone in a snapshot (R26): bits 25-24 which is largest, then three numbers of 0 to 254.
static func unpack_bone(bits: int) -> Quaternion:
	var a := ((bits >> 16 & 255) - _BONE_HALF_STEPS) / _BONE_HALF_STEPS * _RANGE
	var b := ((bits >> 8 & 255) - _BONE_HALF_STEPS) / _BONE_HALF_STEPS * _RANGE
	var c := ((bits & 255) - _BONE_HALF_STEPS) / _BONE_HALF_STEPS * _RANGE
	var d := sqrt(maxf(0.0, 1.0 - a * a - b * b - c * c))
	var largest := bits >> 24 & 3
	if largest == 3:
		return Quaternion(a, b, c, d)
	if largest == 2:
		return Quaternion(a, b, d, c)
	return Quaternion(a, d, b, c) if largest else Quaternion(d, a, b, c)


static func _packed(largest: int, left_out: float, a: float, b: float, c: float) -> int:
	var factor := -1.0 if left_out < 0.0 else 1.0
	return largest << 30 | _steps(a * factor) << 20 | _steps(b * factor) << 10 | _steps(c * factor)


static func _steps(component: float) -> int:
	return clampi(floori((component / _RANGE + 1.0) * 0.5 * _STEPS + 0.5), 0, _STEPS)
