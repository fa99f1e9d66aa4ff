extends RefCounted
## Reads snapshots (protocol SNP-1 to SNP-11): keeps the states that may be baselines, makes states of records. One for each
## connection, from its first packet on.
##
## A record whose baseline is not there is passed over, never guessed, and [member missing] counts it: the packet must not be
## acknowledged then, so that the server goes on from another baseline. Malformed bytes are told, never an error.

const MoverComponents := preload("mover_components.gd")
const JointComponents := preload("joint_components.gd")
const BoneComponents := preload("bone_components.gd")
const Components := preload("components.gd")
## Zeros after the bytes, more than the longest record has: reading stays within and is found to have gone too far after.
const MARGIN_BYTES := 128
## Components kept: 10,000 elements and more. A server that shows more is refused.
const COMPONENTS_MAX := 65_536
## Room for states: of avatars, 4,096 elements with the most states that a baseline may need, which are 88 MB of bones; of
## props, all that a realm may have (16,384). Few elements that change often and many that are named once would take gigabytes.
const AVATAR_STATES_MAX := 1 << 20
const PROP_STATES_MAX := 1 << 22
## Between two looks for components that nobody knows, ticks.
const SWEEP_TICKS := 600
## What stays unknown for so long was of an element that is gone, ticks: a description comes within seconds.
const UNKNOWN_TICKS_MAX := 3_600

var roots := MoverComponents.new(true)
var joints := JointComponents.new()
var bones := BoneComponents.new()
var props := MoverComponents.new(false)
## What is wrong with the snapshot that was refused, in words.
var fault := ""
## Records of the last snapshot of which the baseline was not there. If there are any, its packet must not be acknowledged.
var missing := 0
## The newest tick that a record came of.
var newest_tick := 0

var _swept_tick := 0
var _margin := PackedByteArray()


func _init() -> void:
	_margin.resize(MARGIN_BYTES)


## Takes a snapshot's [param avatars] and [param props_said] (bytes of the message's fields). False: they are malformed, and
## [member fault] says how; the connection is of no use any more then.
func take(tick: int, avatars: PackedByteArray, props_said: PackedByteArray) -> bool:
	missing = 0
	fault = ""
	for kind: Components in [roots, joints, bones, props]:
		kind.changed.clear()
	if not avatars.is_empty():
		var bytes := avatars + _margin
		var end := avatars.size()
		var at := _told("avatars.roots", roots, roots.read(bytes, 0, end, tick))
		if at >= 0:
			at = _told("avatars.joints", joints, joints.read(bytes, at, end, tick))
		if at >= 0:
			at = _told("avatars.bones", bones, bones.read(bytes, at, end, tick))
		if not _ended("avatars", at, end):
			return false
	if not props_said.is_empty():
		var at := _told("props", props, props.read(props_said + _margin, 0, props_said.size(), tick))
		if not _ended("props", at, props_said.size()):
			return false
	if roots.rows.size() + joints.rows.size() + bones.rows.size() + props.rows.size() > COMPONENTS_MAX:
		fault = "snapshot: more than %d components are shown" % COMPONENTS_MAX
		return false
	if maxi(maxi(roots.ticks.size(), joints.ticks.size()), bones.ticks.size()) > AVATAR_STATES_MAX or props.ticks.size() > PROP_STATES_MAX:
		fault = "snapshot: more states are shown than this client keeps"
		return false
	if tick > newest_tick and not (roots.changed.is_empty() and joints.changed.is_empty() and bones.changed.is_empty()
			and props.changed.is_empty()):
		newest_tick = tick
	return true


## Forgets an element that is gone.
func forget(element: int) -> void:
	for kind: Components in [roots, joints, bones, props]:
		kind.forget(element)


## From time to time forgets what came late of elements that are gone: all but those that are keys of [param avatars] or
## [param things].
func sweep(avatars: Dictionary, things: Dictionary) -> void:
	if newest_tick - _swept_tick < SWEEP_TICKS:
		return
	_swept_tick = newest_tick
	for kind: Components in [roots, joints, bones, props]:
		for element: int in kind.rows.keys():
			if not avatars.has(element) and not things.has(element) and kind.newest_tick(element) < newest_tick - UNKNOWN_TICKS_MAX:
				kind.forget(element)


func _told(where: String, kind: Components, at: int) -> int:
	missing += kind.missing
	if at < 0:
		fault = "%s: %s" % [where, kind.fault]
	return at


func _ended(where: String, at: int, end: int) -> bool:
	if at >= 0 and at != end:
		fault = "%s: %d bytes are left over" % [where, end - at]
	return at == end
