extends "track.gd"
## Interpolates an avatar's bones. Like head and hands, they are not extrapolated.

const BoneComponents := preload("../wire/bone_components.gd")
const Rotations := preload("../wire/rotations.gd")
const BONE_COUNT := BoneComponents.BONE_COUNT
const STILL := Quaternion(0.0, 0.0, 0.0, 0.0)

var _components_of_bones: BoneComponents
## The rotations that were drawn last, and the mask of sent bones.
var _bones: Array[Quaternion] = []
var _mask := 0
# For each bone: start of the segment, the rotation to its end, and the error of what was drawn.
var _from_bones: Array[Quaternion] = []
var _turns: Array[Quaternion] = []
var _to_bones: Array[Quaternion] = []
var _wrong_bones: Array[Quaternion] = []
var _wrong_mask := 0
## The bones that rotate in this segment.
var _turning := PackedInt32Array()
## The encoded bits at both ends of the segment; NONE without one.
var _from_bits := PackedInt32Array()
var _to_bits := PackedInt32Array()
var _mask_a := 0
var _mask_b := 0


func _init(components: BoneComponents, element: int) -> void:
	super(components, element)
	_components_of_bones = components
	for bones: Array[Quaternion] in [_bones, _from_bones, _to_bones, _turns, _wrong_bones]:
		bones.resize(BONE_COUNT)
		bones.fill(Quaternion.IDENTITY)
	for bits: PackedInt32Array in [_from_bits, _to_bits]:
		bits.resize(BONE_COUNT)
		bits.fill(Components.NONE)


## Sets the bones of [param state] to [param tick]. No bones are set before the first state.
func sample(tick: float, state: OtherworldAvatarState) -> void:
	if _is_stale or tick >= _end or tick < _begin:
		_seek(tick)
	_drawn_tick = NEVER if _way == Way.NONE else tick
	var share := (tick - _leave) * _per_tick
	_mask = _mask_b if share > 0.0 else _mask_a
	if _error_ticks > 0.0:
		_mix_wrong(maxf(0.0, share), _error_share(tick))
	elif share > 0.0:
		for i: int in _turning:
			_bones[i] = (_from_bones[i] + _turns[i] * share).normalized()
	state.bones = _bones
	state.bone_mask = _mask


## Adds the rest of an error, [param left] of it.
func _mix_wrong(share: float, left: float) -> void:
	var wrong := _wrong_mask if left > 0.0 else 0
	for i: int in BONE_COUNT:
		var bone := (_from_bones[i] + _turns[i] * share).normalized()
		if (wrong & (1 << i)) != 0:
			var drawn := _wrong_bones[i]
			bone = (bone * (1.0 - left) + drawn * (left if bone.dot(drawn) >= 0.0 else -left)).normalized()
		_bones[i] = bone


func _leave_from(place: int) -> void:
	var numbers := _components_of_bones.numbers
	var at := place * BoneComponents.WIDTH
	_mask_a = numbers[at]
	_turning.clear()
	_turns.fill(STILL)
	for i: int in BONE_COUNT:
		var bits := numbers[at + 1 + i]
		# Usually the bone has just reached the end, or does not rotate.
		if bits != _from_bits[i]:
			_from_bits[i] = bits
			_from_bones[i] = _to_bones[i] if bits == _to_bits[i] \
					else Rotations.unpack_bone(bits) if bits != 0 \
					else Quaternion.IDENTITY
		_bones[i] = _from_bones[i]


func _head_for(_from: int, place: int, _ticks: float) -> Way:
	var numbers := _components_of_bones.numbers
	var at := place * BoneComponents.WIDTH + 1
	_mask_b = numbers[at - 1]
	for i: int in BONE_COUNT:
		var bits := numbers[at + i]
		if bits == _from_bits[i] or (_mask_b & (1 << i)) == 0:
			continue
		var bone := Rotations.unpack_bone(bits)
		_to_bits[i] = bits
		_to_bones[i] = bone
		var from := _from_bones[i]
		if (_mask_a & (1 << i)) == 0:
			# A bone that was not sent before starts at its target.
			_from_bits[i] = bits
			_from_bones[i] = bone
			_bones[i] = bone
			continue
		_turns[i] = bone - from if from.dot(bone) >= 0.0 else -bone - from
		_turning.append(i)
	return Way.LINE


func _note_error() -> void:
	_wrong_mask = _mask
	for i: int in BONE_COUNT:
		_wrong_bones[i] = _bones[i]
