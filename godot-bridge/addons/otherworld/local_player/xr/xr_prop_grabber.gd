extends RefCounted
## Grabs, drags, scales and releases the props in a player's two hands, and notices when one is lost.
##
## In the realm, a hand holds one prop, and one player holds a prop. A grabbed prop keeps the same one of the client's
## three hands until it is released, whichever tracked hands carry it. So there is always a free one.

## Emitted when a hand has grabbed a prop.
signal grabbed(hand: int, element: int)
## Emitted when a hand has released its prop or lost it.
signal released(hand: int, element: int)
## Emitted when a hand could not grab a prop. [param reason] is the server's.
signal action_rejected(hand: int, element: int, reason: String)

const XRDragTarget := preload("xr_drag_target.gd")

## Least time between two scale commands.
const SCALE_INTERVAL_MSEC := 100.0
## Smaller changes of scale are not sent, as a share of the scale.
const SCALE_SHARE_MIN := 0.004
## The server has this long to report us as the holder.
const CONFIRM_MSEC := 3_000.0
## A held prop is kept this far within reach, because the server's avatar may be where ours will be in a moment, metres.
const REACH_MARGIN := 0.5

var _client: OtherworldClient
var _grips: Array[Grip] = []
## Transforms of the hands, left and right.
var _hands: Array[Transform3D] = [Transform3D.IDENTITY, Transform3D.IDENTITY]


class Grip:
	var element := 0
	var hold := XRDragTarget.new()
	## The client's hand that holds the prop.
	var slot := OtherworldClient.Hand.POINTER
	## The tracked hands that carry the prop, the older one first.
	var hands: Array[int] = []
	var since_msec := 0.0
	## The server has reported us as the holder.
	var is_confirmed := false
	var sent_scale := 1.0
	var scaled_at_msec := 0.0


func _init(client: OtherworldClient) -> void:
	_client = client


## Returns the element in a hand; 0 without one.
func element_in(hand: int) -> int:
	var grip := _grip_of(hand)
	return grip.element if grip != null else 0


## Grabs a prop that a hand touches or points at. If the other hand holds it, both hands hold it from then on.
func grab(hand: int, element: int, touched: bool, now_msec: float) -> void:
	var prop: OtherworldPropState = _client.props.get(element)
	if prop == null or _grip_of(hand) != null:
		return
	for grip: Grip in _grips:
		if grip.element == element:
			_join(grip, hand)
			return
	if not _client.can(OtherworldClient.Act.DRAG, prop):
		action_rejected.emit(hand, element, "not-permitted")
		return
	var grip := Grip.new()
	grip.element = element
	grip.hands = [hand]
	grip.slot = _free_slot(hand)
	grip.since_msec = now_msec
	grip.sent_scale = prop.scale
	grip.hold.start(_hands[hand], prop.position, prop.rotation, prop.scale, touched)
	_grips.append(grip)
	_grab(grip, hand)


## Releases a hand. If the other hand holds the same prop, that hand keeps it.
func release(hand: int) -> void:
	var grip := _grip_of(hand)
	if grip == null:
		return
	grip.hands.erase(hand)
	if grip.hands.is_empty():
		_grips.erase(grip)
		_client.release(grip.slot)
	else:
		grip.hold.keep(_hands[grip.hands[0]])
	released.emit(hand, grip.element)


## Releases both hands.
func release_all() -> void:
	for hand: int in 2:
		release(hand)


## Sets the transforms of the hands, before anything is grabbed or carried.
func place(left: Transform3D, right: Transform3D) -> void:
	_hands[0] = left.orthonormalized()
	_hands[1] = right.orthonormalized()


## Call it in each frame. It moves the held props. [param reach] is measured from [param head], metres.
func carry(head: Vector3, reach: float, now_msec: float) -> void:
	for grip: Grip in _grips.duplicate():
		if not _is_ours(grip, now_msec):
			_lose(grip)
			continue
		if grip.hold.has_two:
			grip.hold.carry_two(_hands[grip.hands[0]], _hands[grip.hands[1]], _may_scale(grip))
		else:
			grip.hold.carry(_hands[grip.hands[0]])
		var from_head := (grip.hold.position - head).limit_length(maxf(reach - REACH_MARGIN, reach * 0.5))
		_client.drag(grip.slot, head + from_head, grip.hold.rotation)
		_scale(grip, now_msec)


func _grab(grip: Grip, hand: int) -> void:
	var outcome := await _client.grab(grip.element, grip.slot)
	# The hand may have released it before the outcome arrived.
	if not grip in _grips:
		return
	if outcome.ok:
		grabbed.emit(hand, grip.element)
	else:
		_grips.erase(grip)
		action_rejected.emit(hand, grip.element, outcome.reason)


func _join(grip: Grip, hand: int) -> void:
	grip.hands.append(hand)
	grip.hold.join(_hands[grip.hands[0]], _hands[hand])
	grabbed.emit(hand, grip.element)


func _lose(grip: Grip) -> void:
	_grips.erase(grip)
	for hand: int in grip.hands:
		released.emit(hand, grip.element)


## A scale that was rejected or lost is not sent again until the hands make another one.
func _scale(grip: Grip, now_msec: float) -> void:
	var target_scale := grip.hold.scale
	if now_msec - grip.scaled_at_msec < SCALE_INTERVAL_MSEC \
			or absf(target_scale - grip.sent_scale) <= grip.sent_scale * SCALE_SHARE_MIN:
		return
	grip.sent_scale = target_scale
	grip.scaled_at_msec = now_msec
	_client.scale_prop(grip.element, target_scale)


func _may_scale(grip: Grip) -> bool:
	return _client.can(OtherworldClient.Act.SCALE, _client.props[grip.element])


func _is_ours(grip: Grip, now_msec: float) -> bool:
	var prop: OtherworldPropState = _client.props.get(grip.element)
	if prop == null:
		return false
	if prop.holder == _client.player:
		grip.is_confirmed = true
		return true
	return not grip.is_confirmed and now_msec - grip.since_msec < CONFIRM_MSEC


func _grip_of(hand: int) -> Grip:
	for grip: Grip in _grips:
		if hand in grip.hands:
			return grip
	return null


func _free_slot(hand: int) -> OtherworldClient.Hand:
	var slots: Array[OtherworldClient.Hand] = [OtherworldClient.Hand.LEFT, OtherworldClient.Hand.RIGHT]
	if hand == 1:
		slots.reverse()
	for slot: OtherworldClient.Hand in slots:
		if not _grips.any(func(grip: Grip) -> bool: return grip.slot == slot):
			return slot
	return OtherworldClient.Hand.POINTER
