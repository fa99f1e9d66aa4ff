extends RefCounted
## Walks a capsule around solids by the rules of the simulation's character controller (Rapier's
## KinematicCharacterController, with the numbers of sim/avatar/walker.ts): it slides along walls and slopes, walks up
## steps and follows the ground down. The TypeScript client has the same in
## netcode/client/prediction/obstacles/walk-around.ts.

const Solid := preload("solid.gd")

## Radius of the capsule, and the gap that it keeps to obstacles, metres.
const CAPSULE_RADIUS := 0.3
const OFFSET := 0.02
## The capsule's middle line stays this far from obstacles, metres.
const KEPT_METRES := CAPSULE_RADIUS + OFFSET
## A walker follows ground that is at most this much lower, metres.
const SNAP_METRES := 0.2
## A step on the ground goes down by this much, so that it finds the ground, metres.
const DOWN_METRES := 0.02
## Largest height of a step, and least free width on top of it, metres.
const STEP_HEIGHT := 0.3
const STEP_WIDTH := 0.1
## Slopes that are steeper are not walked up; on slopes that are at most this steep a walker does not slip, radians.
const CLIMB_ANGLE := 0.9
const SLIDE_ANGLE := 1.0
## Gap up to which ground below counts as touched, beyond the offset, metres.
const TOUCHED_METRES := 0.05
## Cosine of the steepest angle to the vertical at which something below is ground.
const GROUND_COS := 1e-3
## Shorter ways are not made, metres.
const LEAST_METRES := 1e-5
## Slides in one step.
const SLIDES_MAX := 20
## Push away from what was hit, so that the next slide does not hit it again, metres.
const NUDGE_METRES := 1e-4
## A cast ends this near to the kept gap, metres: 32-bit floats resolve no less at 500 m.
const CAST_METRES := 5e-5
const CAST_ROUNDS_MAX := 16
## A cast along a surface does not hit it.
const PARALLEL := 1e-5
## A slide that climbs or falls by less is level, metres.
const LEVEL_METRES := 1e-6

## Where the last walk ended: the root, whose capsule begins the offset above it.
var to: Vector3
## Everything that may be in the way.
var solids: Array[Solid] = []
# Those that this walk can reach.
var _near: Array[Solid] = []
# Height of the capsule's middle line, metres.
var _line: float
# The rest of the way.
var _rest: Vector3
# The last hit.
var _hit_metres: float
var _hit_normal: Vector3


## Returns the half height of the capsule without its caps, for a body whose head is at this height at rest, metres.
static func half_height_of(head_metres: float) -> float:
	return maxf(0.05, (head_metres + 0.15) / 2.0 - CAPSULE_RADIUS)


## Moves a walker's root from [param from] along [param wish], and sets [member to]. Returns whether it is on the ground.
func walk(from: Vector3, wish: Vector3, half_height: float) -> bool:
	_line = 2.0 * half_height
	_choose_near(from, wish)
	var was_grounded := _is_grounded(from)
	to = from
	_rest = wish
	for i: int in SLIDES_MAX:
		var metres := _rest.length()
		if metres <= LEAST_METRES:
			break
		if not _cast(to, _rest / metres, metres):
			to += _rest
			break
		var made := _rest * (_hit_metres / metres)
		to += made
		_rest -= made
		var normal := _hit_normal
		if not _step_up(normal):
			_rest = _slide(normal, wish)
	if was_grounded and wish.y <= 0.0 and to.y - from.y < -LEAST_METRES and _cast(to, Vector3.DOWN, SNAP_METRES):
		to.y -= _hit_metres
		return true
	return _is_grounded(to)


func _choose_near(from: Vector3, wish: Vector3) -> void:
	var bottom := from + Vector3(0.0, KEPT_METRES, 0.0)
	var top := bottom + Vector3(0.0, _line, 0.0)
	_near.clear()
	for solid: Solid in solids:
		if _is_in_reach(solid, bottom, top, wish, KEPT_METRES + STEP_HEIGHT + OFFSET + wish.length()):
			_near.append(solid)


func _is_grounded(at: Vector3) -> bool:
	var reach := KEPT_METRES + TOUCHED_METRES
	var bottom := at + Vector3(0.0, KEPT_METRES, 0.0)
	var top := bottom + Vector3(0.0, _line, 0.0)
	for solid: Solid in _near:
		if _is_in_reach(solid, bottom, top, Vector3.ZERO, reach):
			var gap := solid.gap_to(bottom, top, reach)
			if gap.w < INF and gap.y >= GROUND_COS:
				return true
	return false


# Whether the segment, swept along a way, comes within a margin of the solid's box.
static func _is_in_reach(solid: Solid, bottom: Vector3, top: Vector3, way: Vector3, margin: float) -> bool:
	return minf(bottom.x, bottom.x + way.x) - margin <= solid.high.x \
			and maxf(bottom.x, bottom.x + way.x) + margin >= solid.low.x \
			and minf(bottom.z, bottom.z + way.z) - margin <= solid.high.z \
			and maxf(bottom.z, bottom.z + way.z) + margin >= solid.low.z \
			and minf(bottom.y, bottom.y + way.y) - margin <= solid.high.y \
			and maxf(top.y, top.y + way.y) + margin >= solid.low.y


# Sets the first hit on the way; returns false if there is none.
func _cast(from: Vector3, along: Vector3, metres_max: float) -> bool:
	var bottom := from + Vector3(0.0, KEPT_METRES, 0.0)
	var top := bottom + Vector3(0.0, _line, 0.0)
	_hit_metres = metres_max
	var has_hit := false
	for solid: Solid in _near:
		if _is_in_reach(solid, bottom, top, along * _hit_metres, KEPT_METRES):
			has_hit = _cast_at(solid, bottom, top, along) or has_hit
	return has_hit


# The way to one solid by conservative advancement: the gap cannot close faster than its speed along the normal.
func _cast_at(solid: Solid, bottom: Vector3, top: Vector3, along: Vector3) -> bool:
	var metres := 0.0
	for i: int in CAST_ROUNDS_MAX:
		var way := along * metres
		var gap := solid.gap_to(bottom + way, top + way, KEPT_METRES + _hit_metres - metres)
		if gap.w == INF:
			return false
		var normal := Vector3(gap.x, gap.y, gap.z)
		var speed := -along.dot(normal)
		if speed <= PARALLEL:
			return false
		var excess := gap.w - KEPT_METRES
		if excess <= CAST_METRES:
			_hit_metres = metres
			_hit_normal = normal
			return true
		metres += excess / speed
		if metres > _hit_metres:
			return false
	return false


# Returns the rest of the way after a hit: along the surface, and a little away from it.
func _slide(normal: Vector3, wish: Vector3) -> Vector3:
	var outward := normal * maxf(0.0, _rest.dot(normal))
	var across := normal.cross(Vector3.UP)
	across = across.normalized() if across.length() > LEAST_METRES else Vector3.ZERO
	var tangent := _rest - normal * _rest.dot(normal)
	var angle := acos(clampf(normal.y, -1.0, 1.0))
	var climb := _climb_of(_rest, normal, across)
	var is_wall := angle >= CLIMB_ANGLE and normal.y >= 0.0
	var is_held := (is_wall and climb > LEVEL_METRES and wish.y <= 0.0) or (angle <= SLIDE_ANGLE and climb < -LEVEL_METRES \
			and _climb_of(Vector3(wish.x, 0.0, wish.z), normal, across) >= -LEVEL_METRES)
	var kept := across * tangent.dot(across) if is_held else tangent
	return kept + outward + normal * NUDGE_METRES


# Returns how much a way climbs on a surface, without its part across the slope.
static func _climb_of(way: Vector3, normal: Vector3, across: Vector3) -> float:
	var tangent := way - normal * way.dot(normal)
	return (tangent - across * tangent.dot(across)).y


# Walks up a step that was hit. Returns false if there is none.
func _step_up(normal: Vector3) -> bool:
	if acos(clampf(normal.y, -1.0, 1.0)) < CLIMB_ANGLE or normal.y < 0.0:
		return false
	var along := Vector3(_rest.x, 0.0, _rest.z)
	if along.length() <= LEAST_METRES:
		return false
	along = along.normalized()
	var height := STEP_HEIGHT + OFFSET
	var width := STEP_WIDTH + OFFSET
	if _cast(to, Vector3.UP, height):
		return false
	var raised := to + Vector3(0.0, height, 0.0)
	if _cast(raised, along, width):
		return false
	var lands := _cast(raised + along * width, Vector3.DOWN, height)
	if lands and acos(clampf(_hit_normal.y, -1.0, 1.0)) > CLIMB_ANGLE and _climbs(_hit_normal):
		return false
	var lift := Vector3(0.0, height - _hit_metres, 0.0)
	_rest -= lift
	var forward := along * minf(along.dot(_rest), width)
	_rest -= forward
	to += lift + forward
	return true


# Whether the rest of the way leads upwards on a surface.
func _climbs(normal: Vector3) -> bool:
	var up := Vector3(0.0, _rest.y, 0.0)
	var flat := Vector3(_rest.x, 0.0, _rest.z)
	up -= normal * minf(0.0, up.dot(normal))
	flat -= normal * minf(0.0, flat.dot(normal))
	return up.y + flat.y >= 0.0
