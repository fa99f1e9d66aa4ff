extends "track.gd"
## Interpolates an avatar's head and hands. They are not extrapolated, because that would bend joints the wrong way.

const JointComponents := preload("../wire/joint_components.gd")
const Rotations := preload("../wire/rotations.gd")
const METRES := 0.002
const JOINTS := 3

var _joints: JointComponents
# For each joint: start of the segment, the way to its end, what was drawn last, and its error.
var _from_positions := PackedVector3Array()
var _moves := PackedVector3Array()
var _from_rotations: Array[Quaternion] = []
var _turns: Array[Quaternion] = []
var _positions := PackedVector3Array()
var _rotations: Array[Quaternion] = []
var _wrong_positions := PackedVector3Array()
var _wrong_rotations: Array[Quaternion] = []


func _init(components: JointComponents, element: int) -> void:
	super(components, element)
	_joints = components
	for places: PackedVector3Array in [_from_positions, _moves, _positions, _wrong_positions]:
		places.resize(JOINTS)
	for turned: Array[Quaternion] in [_from_rotations, _turns, _rotations, _wrong_rotations]:
		turned.resize(JOINTS)


## Sets head and hands of [param state] to [param tick]. Returns [code]false[/code] before the first state.
func sample(tick: float, state: OtherworldAvatarState) -> bool:
	if _is_stale or tick >= _end or tick < _begin:
		_seek(tick)
		if _way == Way.NONE and not is_known():
			return false
	_drawn_tick = NEVER if _way == Way.NONE else tick
	_mix(maxf(0.0, (tick - _leave) * _per_tick))
	if _error_ticks > 0.0:
		var left := _error_share(tick)
		for i: int in JOINTS:
			_positions[i] = _positions[i].lerp(_wrong_positions[i], left)
			_rotations[i] = mixed(_rotations[i], _wrong_rotations[i], left)
	state.head = Transform3D(Basis(_rotations[0]), _positions[0])
	state.left_hand = Transform3D(Basis(_rotations[1]), _positions[1])
	state.right_hand = Transform3D(Basis(_rotations[2]), _positions[2])
	return true


func _mix(share: float) -> void:
	for i: int in JOINTS:
		_positions[i] = _from_positions[i] + _moves[i] * share
		_rotations[i] = (_from_rotations[i] + _turns[i] * share).normalized()


func _leave_from(place: int) -> void:
	var numbers := _joints.numbers
	var at := place * JointComponents.WIDTH
	for i: int in JOINTS:
		_from_positions[i] = Vector3(Vector3i(numbers[at], numbers[at + 1], numbers[at + 2])) * METRES
		_from_rotations[i] = Rotations.unpack(numbers[at + 3])
		_moves[i] = Vector3.ZERO
		_turns[i] = Quaternion(0.0, 0.0, 0.0, 0.0)
		at += 4


func _head_for(_from: int, place: int, _ticks: float) -> Way:
	var numbers := _joints.numbers
	var at := place * JointComponents.WIDTH
	for i: int in JOINTS:
		_moves[i] = Vector3(Vector3i(numbers[at], numbers[at + 1], numbers[at + 2])) * METRES - _from_positions[i]
		_turns[i] = turn(_from_rotations[i], Rotations.unpack(numbers[at + 3]))
		at += 4
	return Way.LINE


func _note_error() -> void:
	for i: int in JOINTS:
		_wrong_positions[i] = _positions[i]
		_wrong_rotations[i] = _rotations[i]
