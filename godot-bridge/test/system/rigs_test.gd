extends "../test_case.gd"
## Avatars with the skeletons of published conventions follow head and hands. The server (OTHERWORLD_URL) has a sample of
## each (test/e2e/godot/godot-rigs.test.ts), and OTHERWORLD_RIGS names their joints.

const FakeClient := preload("../fake_client.gd")
const Http := preload("res://addons/otherworld/net/http/http.gd")
const Model := preload("res://addons/otherworld/packages/model/model.gd")
const ModelInstance := preload("res://addons/otherworld/packages/model/model_instance.gd")
const PackageCache := preload("res://addons/otherworld/packages/download/package_cache.gd")

## Largest distance of a joint from where the pose has it, metres.
const METRES := 0.005
## Largest angle between a joint's rotation and the pose's, radians.
const RADIANS := 0.01

var _url := OS.get_environment("OTHERWORLD_URL").trim_suffix("/")
var _rigs: Array = JSON.parse_string(OS.get_environment("OTHERWORLD_RIGS"))
var _client: FakeClient
var _view: OtherworldView


func before() -> void:
	var login := await Http.request_json(HTTPClient.METHOD_POST, _url + "/v1/login", {name = "Gerda"})
	check(login.is_ok(), "no login at \"%s\"" % _url)
	_client = FakeClient.new()
	_client.url = _url
	_client.token = str(login.field("token"))
	_client.definition = FakeClient.realm()
	_view = OtherworldView.new()
	_view._library.cache = PackageCache.new("user://test-rigs")
	_client.add_child(_view)
	add_child(_client)


func after() -> void:
	_client.queue_free()
	await get_tree().process_frame


func test_head_and_hands_of_every_convention_are_where_the_wearers_are() -> void:
	for rig: Dictionary in _rigs:
		var state := _client.add_avatar(rig.hash as String)
		var node := _view.avatar_of(state.element)
		await until("%s is shown" % rig.title, func() -> bool: return node.shown_level() == 0 or not node.load_error.is_empty())
		equal(node.load_error, "")
		var metres := node._shown_body().head_metres
		state.has_pose = true
		state.bone_mask = 0
		state.head = Transform3D(Basis(Vector3.UP, 0.5), Vector3(0.0, metres - 0.03, 0.0))
		state.left_hand = Transform3D(Basis(Vector3.BACK, -1.0), Vector3(-0.3, metres + 0.1, -0.2))
		state.right_hand = Transform3D(Basis(Vector3.BACK, 1.0), Vector3(0.3, metres + 0.1, -0.2))
		for _i: int in 3:
			await get_tree().process_frame
		_check_joint(rig, "head", node, state.head)
		_check_joint(rig, "leftHand", node, state.left_hand)
		_check_joint(rig, "rightHand", node, state.right_hand)
		_client.remove_avatar(state)
		await get_tree().process_frame


func _check_joint(rig: Dictionary, bone: String, node: OtherworldAvatar, wanted: Transform3D) -> void:
	var figure: ModelInstance = node._shown_model()
	check(figure.model.is_humanoid(), "%s is not humanoid" % rig.title)
	var joints: Dictionary = rig.joints
	var joint: Dictionary = joints[bone]
	var at := figure.model.rig.joints.find(joint.name as String)
	check(at >= 0, "%s has no joint for %s" % [rig.title, bone])
	if at < 0:
		return
	var place := figure.model.joints[at]
	var holder := figure.node_at(place)
	var pose := holder.global_transform
	if place.bone >= 0:
		pose *= (holder as Skeleton3D).get_bone_global_pose(place.bone)
	var is_at := node.global_transform.affine_inverse() * pose
	near_point(is_at.origin, wanted.origin, METRES, "%s: %s" % [rig.title, bone])
	var rest: Array = joint.rest
	var turned := wanted.basis.get_rotation_quaternion() * Quaternion(rest[0] as float, rest[1] as float, rest[2] as float, rest[3] as float)
	var angle := turned.angle_to(is_at.basis.orthonormalized().get_rotation_quaternion())
	check(angle < RADIANS, "%s: %s is turned %.3f radians from its wearer's" % [rig.title, bone, angle])
