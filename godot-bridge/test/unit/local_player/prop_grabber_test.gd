extends "../../test_case.gd"
## Hands and gizmo when the server answers late or takes a held prop away.

const XRPropGrabber := preload("res://addons/otherworld/local_player/xr/xr_prop_grabber.gd")

var _client: SlowClient
var _prop: OtherworldPropState
var _said: PackedStringArray = []


## A client without a realm. The test gives its outcomes.
class SlowClient:
	extends OtherworldClient
	signal answered
	var opened: Array[OtherworldClient.Hand] = []

	func release(hand: OtherworldClient.Hand) -> OtherworldOutcome:
		opened.append(hand)
		return OtherworldOutcome.new()

	func grab(element: int, _hand: OtherworldClient.Hand) -> OtherworldOutcome:
		await answered
		var outcome := OtherworldOutcome.new()
		outcome.ok = true
		outcome.element = element
		return outcome

	func can(_act: OtherworldClient.Act, _prop: OtherworldPropState) -> bool:
		return true


func before() -> void:
	_said.clear()
	_client = SlowClient.new()
	_client.auto_connect = false
	_client.add_view = false
	_client.player_kind = OtherworldClient.PlayerKind.NONE
	add_child(_client)
	_prop = OtherworldPropState.new()
	_prop.element = 5
	_prop.scale = 1.0
	_prop.motion = OtherworldPropState.Motion.DYNAMIC
	_prop.rotation = Quaternion.IDENTITY
	_client.props[5] = _prop


func after() -> void:
	_client.answered.emit()
	_client.queue_free()


func test_a_hand_that_opens_before_the_outcome_has_grabbed_nothing() -> void:
	var grabber := XRPropGrabber.new(_client)
	grabber.grabbed.connect(func(_hand: int, _element: int) -> void: _said.append("grabbed"))
	grabber.released.connect(func(_hand: int, _element: int) -> void: _said.append("released"))
	grabber.grab(0, 5, true, 0.0)
	grabber.release(0)
	_client.answered.emit()
	equal(_said, PackedStringArray(["released"]))
	grabber.grab(0, 5, true, 0.0)
	_client.answered.emit()
	grabber.release(0)
	equal(_said, PackedStringArray(["released", "grabbed", "released"]))


func test_a_vr_player_that_leaves_the_tree_releases_everything() -> void:
	var player := OtherworldXRPlayer.new()
	_client.add_child(player)
	var grabber: XRPropGrabber = player.get(&"_grabber")
	grabber.grab(1, 5, true, 0.0)
	_client.remove_child(player)
	equal(_client.opened, [OtherworldClient.Hand.RIGHT] as Array[OtherworldClient.Hand])
	player.free()


func test_players_and_panels_outlive_their_client() -> void:
	var nodes: Array[Node] = [OtherworldPlayer.new(), OtherworldXRPlayer.new(), OtherworldNetworkPanel.new()]
	for node: Node in nodes:
		node.set(&"client", _client)
		add_child(node)
	await get_tree().process_frame
	_client.free()
	_client = SlowClient.new()
	for i: int in 30:
		await get_tree().process_frame
	for node: Node in nodes:
		node.free()


func test_a_gizmo_whose_prop_is_removed_ends_the_drag() -> void:
	var camera := Camera3D.new()
	add_child(camera)
	camera.make_current()
	camera.look_at_from_position(Vector3(0.5, 0.7, 3), Vector3.ZERO)
	var gizmo := OtherworldGizmo.new()
	_client.add_child(gizmo)
	gizmo.drag_began.connect(func(_element: int) -> void: _said.append("began"))
	gizmo.drag_ended.connect(func(_element: int) -> void: _said.append("ended"))
	gizmo.action_rejected.connect(func(reason: String) -> void: _said.append(reason))
	gizmo.element = 5
	_client.frame_updated.emit(0.0)
	var tip := camera.unproject_position(gizmo.global_transform * Vector3(0.8, 0.0, 0.0))
	check(gizmo.press(camera, tip), "there is no handle")
	_client.props.erase(5)
	_client.frame_updated.emit(0.0)
	equal(_said, PackedStringArray(["began", "ended", "It no longer exists."]))
	check(not gizmo.visible, "it is seen")
	camera.free()
