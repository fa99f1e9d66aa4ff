extends RefCounted
## Where a prop in one or two hands should be, and its size. Pure maths.
##
## One hand carries the prop at the offset at which it was grabbed. With two hands, the prop follows the middle between
## them, turns with the line from one to the other and with the wrists' turn about that line, and grows as the hands
## part. Grabbing and releasing change nothing at that moment.

## Limits of a prop's scale: docs/protocol.md, INP-9.
const SCALE_MIN := 0.05
const SCALE_MAX := 20.0
## Hands closer together do not turn or scale, metres.
const SPAN_METRES_MIN := 0.02

## Where the prop should be, realm space.
var position := Vector3.ZERO
var rotation := Quaternion.IDENTITY
## The scale that the prop should have.
var scale := 1.0
## Two hands hold the prop.
var has_two := false

## With one hand: the prop in the hand's space.
var _offset := Transform3D.IDENTITY
## With two hands: from the middle to the prop, in the prop's space at the scale of the grab.
var _from_middle := Vector3.ZERO
var _span_metres := 1.0
var _scale_then := 1.0
## A distant prop grows about its own origin, a touched one about the middle of the hands.
var _is_touched := true
var _line := Vector3.RIGHT
var _turns: Array[Quaternion] = [Quaternion.IDENTITY, Quaternion.IDENTITY]


## Starts to hold a prop with one hand.
func start(hand: Transform3D, at: Vector3, turned: Quaternion, size: float, touched: bool) -> void:
	position = at
	rotation = turned.normalized()
	scale = size
	_is_touched = touched
	keep(hand)


## Continues with one hand.
func keep(hand: Transform3D) -> void:
	has_two = false
	_offset = hand.orthonormalized().affine_inverse() * Transform3D(Basis(rotation), position)


## Moves the prop with the hand.
func carry(hand: Transform3D) -> void:
	var placed := hand.orthonormalized() * _offset
	position = placed.origin
	rotation = placed.basis.get_rotation_quaternion()


## Continues with two hands.
func join(first: Transform3D, second: Transform3D) -> void:
	has_two = true
	var line := second.origin - first.origin
	_span_metres = maxf(line.length(), SPAN_METRES_MIN)
	_scale_then = scale
	_line = _direction(line, Vector3.RIGHT)
	_turns = [_turn(first), _turn(second)]
	_from_middle = rotation.inverse() * (position - first.origin.lerp(second.origin, 0.5))


## Moves the prop with two hands. It keeps its size unless [param may_scale].
func carry_two(first: Transform3D, second: Transform3D, may_scale: bool) -> void:
	var line := second.origin - first.origin
	if may_scale:
		scale = clampf(_scale_then * maxf(line.length(), SPAN_METRES_MIN) / _span_metres, SCALE_MIN, SCALE_MAX)
	rotation = (_turned(_direction(line, _line), [_turn(first), _turn(second)]) * rotation).normalized()
	var grown := scale / _scale_then if _is_touched else 1.0
	position = first.origin.lerp(second.origin, 0.5) + rotation * (_from_middle * grown)


## Returns the turn since the last frame: from the old line to the new one, then about it by the mean twist of the
## wrists.
func _turned(line: Vector3, turns: Array[Quaternion]) -> Quaternion:
	var swing := Quaternion(_line, line) if _line.dot(line) > -0.999 else Quaternion.IDENTITY
	var twist := 0.0
	for hand: int in 2:
		twist += _twist(swing.inverse() * turns[hand] * _turns[hand].inverse(), _line) * 0.5
	_line = line
	_turns = turns
	return Quaternion(line, twist) * swing


## Returns the angle of a rotation about an axis, radians.
static func _twist(turn: Quaternion, axis: Vector3) -> float:
	var about := Vector3(turn.x, turn.y, turn.z).dot(axis)
	return wrapf(2.0 * atan2(about, turn.w), -PI, PI)


static func _turn(hand: Transform3D) -> Quaternion:
	return hand.basis.get_rotation_quaternion()


static func _direction(line: Vector3, otherwise: Vector3) -> Vector3:
	return line.normalized() if line.length() >= SPAN_METRES_MIN else otherwise
