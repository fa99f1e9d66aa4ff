extends RefCounted
## Decodes snapshots (protocol SNP-1 to SNP-11): keeps the states that may be baselines, and makes states of records.
## Each connection has its own, from its first packet on.
##
## A record whose baseline is missing is skipped, never guessed, and counted in [member missing]. Its packet must not be
## acknowledged, so that the server uses another baseline. Malformed bytes set [member fault] and are never an error of
## the engine.

const MoverComponents := preload("mover_components.gd")
const JointComponents := preload("joint_components.gd")
const BoneComponents := preload("bone_components.gd")
const Components := preload("components.gd")
## Zeros after the bytes, more than the longest record has. Reading stays within them, and too much is noticed
## afterwards.
const MARGIN_BYTES := 128
## Limit of components: 10,000 elements and more. A server that sends more is refused.
const COMPONENTS_MAX := 65_536
## Limits of states: for avatars, 4,096 elements with the most states that a baseline may need, which are 88 MB of
## bones; for props, all that a realm may have (16,384). Without limits, few elements that change often and many that
## are named once would take gigabytes.
const AVATAR_STATES_MAX := 1 << 20
const PROP_STATES_MAX := 1 << 22
## Interval of checks for unknown components, ticks.
const SWEEP_TICKS := 600
## A component that is unknown for this time was of a removed element, ticks. A description arrives within seconds.
const UNKNOWN_TICKS_MAX := 3_600

var roots := MoverComponents.new(true)
var joints := JointComponents.new()
var bones := BoneComponents.new()
var props := MoverComponents.new(false)
## The reason why the last snapshot was refused.
var fault := ""
## Records of the last snapshot whose baseline was missing. If there are any, its packet must not be acknowledged.
var missing := 0
## The newest tick of a record.
var newest_tick := 0

var _swept_tick := 0
var _margin := PackedByteArray()


func _init() -> void:
	_margin.resize(MARGIN_BYTES)


## Receives a snapshot's [param avatars] and [param props_block] (bytes of the message's fields). Returns
## [code]false[/code] if they are malformed (see [member fault]); the connection is then useless.
func receive(tick: int, avatars: PackedByteArray, props_block: PackedByteArray) -> bool:
	missing = 0
	fault = ""
	for kind: Components in [roots, joints, bones, props]:
		kind.changed.clear()
	if not avatars.is_empty():
		var bytes := avatars + _margin
		var end := avatars.size()
		var at := _checked("avatars.roots", roots, roots.read(bytes, 0, end, tick))
		if at >= 0:
			at = _checked("avatars.joints", joints, joints.read(bytes, at, end, tick))
		if at >= 0:
			at = _checked("avatars.bones", bones, bones.read(bytes, at, end, tick))
		if not _ended("avatars", at, end):
			return false
	if not props_block.is_empty():
		var at := _checked("props", props, props.read(props_block + _margin, 0, props_block.size(), tick))
		if not _ended("props", at, props_block.size()):
			return false
	if roots.rows.size() + joints.rows.size() + bones.rows.size() + props.rows.size() > COMPONENTS_MAX:
		fault = "snapshot: more than %d components are shown" % COMPONENTS_MAX
		return false
	if maxi(maxi(roots.ticks.size(), joints.ticks.size()), bones.ticks.size()) > AVATAR_STATES_MAX \
			or props.ticks.size() > PROP_STATES_MAX:
		fault = "snapshot: more states are shown than this client keeps"
		return false
	if tick > newest_tick and not (roots.changed.is_empty() and joints.changed.is_empty() and bones.changed.is_empty()
			and props.changed.is_empty()):
		newest_tick = tick
	return true


## Removes an element.
func forget(element: int) -> void:
	for kind: Components in [roots, joints, bones, props]:
		kind.forget(element)


## Removes, at intervals, components that arrived late for removed elements: all but the keys of [param known_avatars]
## or [param known_props].
func sweep(known_avatars: Dictionary, known_props: Dictionary) -> void:
	if newest_tick - _swept_tick < SWEEP_TICKS:
		return
	_swept_tick = newest_tick
	for kind: Components in [roots, joints, bones, props]:
		for element: int in kind.rows.keys():
			if not known_avatars.has(element) and not known_props.has(element) \
					and kind.newest_tick(element) < newest_tick - UNKNOWN_TICKS_MAX:
				kind.forget(element)


func _checked(where: String, kind: Components, at: int) -> int:
	missing += kind.missing
	if at < 0:
		fault = "%s: %s" % [where, kind.fault]
	return at


func _ended(where: String, at: int, end: int) -> bool:
	if at >= 0 and at != end:
		fault = "%s: %d bytes are left over" % [where, end - at]
	return at == end
