extends "../../test_case.gd"
## Which avatars of a view move beyond their pose.

const FakeClient := preload("../../fake_client.gd")
const VrmRobot := preload("../../vrm_robot.gd")

var _client: FakeClient
var _view: OtherworldView
var _robot := VrmRobot.new()


func before() -> void:
	_client = FakeClient.new()
	_client.definition = FakeClient.realm()
	_view = OtherworldView.new()
	_client.add_child(_view)
	add_child(_client)
	(_robot.json.extensions as Dictionary).VRMC_springBone = {springs = [_robot.spring()]}


func after() -> void:
	_client.queue_free()


func test_the_springs_of_the_nearest_avatars_move() -> void:
	var model := _robot.model()
	for i: int in 14:
		_client.add_avatar().position = Vector3(0.0, 0.0, 3.0 + i)
	for node: OtherworldAvatar in _view._avatar_nodes:
		node._show(model)
	await _frames(30)
	var moving := _view._avatar_nodes.filter(
			func(node: OtherworldAvatar) -> bool: return node._shown_model().motion.springs != null)
	equal(moving.size(), OtherworldView._LIVELY_MAX)
	check(moving.all(func(node: OtherworldAvatar) -> bool: return node.position.z < 15.0), "a farther avatar moves")


func test_the_avatar_whose_eyes_the_camera_is_in_does_not_count() -> void:
	var model := _robot.model()
	for i: int in OtherworldView._LIVELY_MAX + 1:
		_client.add_avatar().position = Vector3(0.0, 0.0, 1.0 + i)
	for node: OtherworldAvatar in _view._avatar_nodes:
		node._show(model)
	var own := _view._avatar_nodes[0]
	_view.set_first_person(own.state.element)
	await _frames(30)
	check(own._shown_model().motion.springs == null, "its springs move")
	check(_view._avatar_nodes[-1]._shown_model().motion.springs != null, "the twelfth of the others rests")
	_view.set_first_person(0)
	await _frames(30)
	check(own._shown_model().motion.springs != null, "its springs rest in third person")


func test_springs_rest_when_an_avatar_is_far_or_small() -> void:
	var state := _client.add_avatar()
	var node := _view.avatar_of(state.element)
	node._show(_robot.model())
	await _frames(30)
	check(_simulator(node) != null, "near")
	state.position = Vector3(0.0, 0.0, 20.0)
	await _frames(30)
	check(_simulator(node) == null, "far")
	state.position = Vector3(0.0, 0.0, 5.0)
	await _frames(30)
	check(_simulator(node) != null, "near again")
	node._body = node._body.resized(0.2)
	await _frames(30)
	check(_simulator(node) == null, "small")


func test_springs_move_in_a_model_that_replaces_another() -> void:
	var state := _client.add_avatar()
	var node := _view.avatar_of(state.element)
	for i: int in 2:
		node._show(_robot.model())
		await _frames(30)
		check(_simulator(node) != null, "model %d" % i)


func _simulator(node: OtherworldAvatar) -> SpringBoneSimulator3D:
	return node._shown_model().find_child("Springs", true, false) as SpringBoneSimulator3D


func _frames(count: int) -> void:
	for i: int in count:
		await get_tree().process_frame
