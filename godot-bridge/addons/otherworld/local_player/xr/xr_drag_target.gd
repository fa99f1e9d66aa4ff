extends RefCounted
## What one or two hands hold: where it should be, and how large. Pure maths.
##
## One hand carries it at the offset at which it was taken. With two, it goes with the middle between them, turns with the
## line from one to the other and with what both wrists turn about it, and grows as they part. A hand that takes or lets go
## changes nothing at that moment.

## The realm's limits of a prop's scale: docs/protocol.md, INP-9.
const SCALE_MIN := 0.05
const SCALE_MAX := 20.0
## Hands nearer to each other than this do not turn or scale well, metres.
const SPAN_METRES_MIN := 0.02

## Where it should be, in the realm.
var position := Vector3.ZERO
var rotation := Quaternion.IDENTITY
## How large it should be.
var scale := 1.0
## Whether two hands hold it.
var has_two := false

## In one hand: the prop as the hand sees it.
var _offset := Transform3D.IDENTITY
## In two: from the middle to the prop, as the prop sees it at [member scale] 1 (where it was touched), or as it is.
var _from_middle := Vector3.ZERO
var _span_metres := 1.0
var _scale_then := 1.0
## What is far away grows about itself, and what the hands touch about their middle.
var _is_touched := true
var _line := Vector3.RIGHT
var _turns: Array[Quaternion] = [Quaternion.IDENTITY, Quaternion.IDENTITY]


## One hand takes what is there.
func take(hand: Transform3D, at: Vector3, turned: Quaternion, size: float, touched: bool) -> void:
	position = at
	rotation = turned.normalized()
	scale = size
	_is_touched = touched
	keep(hand)


## From now on it is carried by this hand alone.
func keep(hand: Transform3D) -> void:
	has_two = false
	_offset = hand.orthonormalized().affine_inverse() * Transform3D(Basis(rotation), position)


## The hand that carries it is there now.
func carry(hand: Transform3D) -> void:
	var placed := hand.orthonormalized() * _offset
	position = placed.origin
	rotation = placed.basis.get_rotation_quaternion()


## From now on two hands hold it.
func join(first: Transform3D, second: Transform3D) -> void:
	has_two = true
	var line := second.origin - first.origin
	_span_metres = maxf(line.length(), SPAN_METRES_MIN)
	_scale_then = scale
	_line = _direction(line, Vector3.RIGHT)
	_turns = [_turn(first), _turn(second)]
	_from_middle = rotation.inverse() * (position - first.origin.lerp(second.origin, 0.5))


## The two hands are there now. [param may_scale]: without, it keeps its size.
func carry_two(first: Transform3D, second: Transform3D, may_scale: bool) -> void:
	var line := second.origin - first.origin
	if may_scale:
		scale = clampf(_scale_then * maxf(line.length(), SPAN_METRES_MIN) / _span_metres, SCALE_MIN, SCALE_MAX)
	rotation = (_turned(_direction(line, _line), [_turn(first), _turn(second)]) * rotation).normalized()
	var grown := scale / _scale_then if _is_touched else 1.0
	position = first.origin.lerp(second.origin, 0.5) + rotation * (_from_middle * grown)


## The turn since the last frame: from the old line to the new one the short way, then about it by what the wrists did.
func _turned(line: Vector3, turns: Array[Quaternion]) -> Quaternion:
	var swing := Quaternion(_line, line) if _line.dot(line) > -0.999 else Quaternion.IDENTITY
	var twist := 0.0
	for hand: int in 2:
		twist += _twist(swing.inverse() * turns[hand] * _turns[hand].inverse(), _line) * 0.5
	_line = line
	_turns = turns
	return Quaternion(line, twist) * swing


## How far a turn goes about an axis, radians.
static func _twist(turn: Quaternion, axis: Vector3) -> float:
	var about := Vector3(turn.x, turn.y, turn.z).dot(axis)
	return wrapf(2.0 * atan2(about, turn.w), -PI, PI)


static func _turn(hand: Transform3D) -> Quaternion:
	return hand.basis.get_rotation_quaternion()


static func _direction(line: Vector3, otherwise: Vector3) -> Vector3:
	return line.normalized() if line.length() >= SPAN_METRES_MIN else otherwise
