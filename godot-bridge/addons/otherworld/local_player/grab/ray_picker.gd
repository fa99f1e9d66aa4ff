extends RefCounted
## Finds the first prop on a ray, by the physics bodies of the views. A body's metadata names its element.

## Metadata of a body that belongs to an element.
const META := &"otherworld_element"
## Length of the ray, metres.
const METRES_MAX := 200.0
## Limit of bodies that the ray passes through: avatars, above all your own, and bodies to ignore.
const PASSED_MAX := 32
## Limit of the angle between the view's middle and a prop that a key grabs: cosine of 40 degrees.
const CONE := 0.766
## The prop in the middle of the view counts as this much nearer.
const MIDDLE_BONUS := 0.6

## The prop that was hit; null without one.
var prop: OtherworldPropState = null
var point := Vector3.ZERO
## Distance from the ray's origin, metres.
var distance := 0.0


## Finds the first prop on a ray. [param only_movable] ignores static props.
func cast(space: PhysicsDirectSpaceState3D, from: Vector3, direction: Vector3, layers: int,
		props: Dictionary[int, OtherworldPropState], only_movable := false) -> bool:
	prop = null
	var query := PhysicsRayQueryParameters3D.create(from, from + direction * METRES_MAX, layers)
	var passed: Array[RID] = []
	for i: int in PASSED_MAX:
		query.exclude = passed
		var hit := space.intersect_ray(query)
		if hit.is_empty():
			return false
		var body: Object = hit.collider
		var found: OtherworldPropState = props.get(body.get_meta(META, 0) if body != null else 0)
		if found != null and not (only_movable and found.motion == OtherworldPropState.Motion.STATIC):
			prop = found
			point = hit.position
			distance = from.distance_to(point)
			return true
		passed.append(hit.rid)
	return false


## Finds the prop that a key grabs: of the movable props within [param reach] of [param head], the one nearest to the
## player and to the view's middle. Call [method cast] for movable props first: its prop counts as the middle.
func choose(from: Vector3, direction: Vector3, head: Vector3, reach: float,
		props: Dictionary[int, OtherworldPropState]) -> bool:
	var middle := prop
	var best: OtherworldPropState = null
	var least := INF
	for element: int in props:
		var candidate := props[element]
		if candidate.motion == OtherworldPropState.Motion.STATIC:
			continue
		var away := candidate.position.distance_to(head)
		var seen := candidate.position - from
		var straight := seen.dot(direction) / maxf(1e-6, seen.length())
		if away > reach or straight < CONE:
			continue
		var cost := away * (2.2 - straight) * (MIDDLE_BONUS if candidate == middle else 1.0)
		if cost < least:
			least = cost
			best = candidate
	if best != middle or best == null:
		prop = best
		point = best.position if best != null else Vector3.ZERO
		distance = from.distance_to(point)
	return best != null
