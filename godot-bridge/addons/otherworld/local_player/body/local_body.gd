extends RefCounted
## The body of your avatar: which one it is, and its pose, which is shown and sent.

const AvatarBody := preload("../../packages/avatar/avatar_body.gd")
const Gait := preload("gait.gd")

## Least time between two poses (12 a second). A session sends no more.
const POSE_INTERVAL_MSEC := 83.0

## The pose, updated in each frame for your own view and sent 12 times a second.
var pose := OtherworldPose.new()

var _client: OtherworldClient
var _gait := Gait.new()
var _sent_msec := -INF
var _bodies: Array[AvatarBody] = []
# The definition that the bodies were read from. Another realm has other bodies.
var _read_from: Dictionary = {}
# A realm's body, resized to the height of the avatar.
var _resized: AvatarBody = null
var _resized_from: AvatarBody = null


func _init(client: OtherworldClient) -> void:
	_client = client


## Updates the pose. [param known] is the body that the view shows; null for the realm's body. [param reach_for] is
## where the held prop should be, realm space; [code]Vector3.INF[/code] if nothing is held.
func frame(local_avatar: OtherworldAvatarState, known: AvatarBody, yaw: float, pitch: float, reach_for: Vector3,
		delta: float, now_msec: float) -> void:
	var body := known if known != null else _body_of(local_avatar)
	if body == null:
		return
	var local := local_avatar.velocity.rotated(Vector3.UP, -yaw)
	_gait.advance(local.x, local.z, delta)
	_gait.pitch = pitch
	_gait.is_airborne = not local_avatar.is_grounded or local_avatar.is_flying
	_gait.reaches = reach_for.is_finite()
	if _gait.reaches:
		_gait.reach_for = (reach_for - local_avatar.position).rotated(Vector3.UP, -yaw)
	_gait.pose(body, now_msec / 1000.0, pose)
	if now_msec - _sent_msec >= POSE_INTERVAL_MSEC:
		_sent_msec = now_msec
		_client.pose(pose)


func _body_of(local_avatar: OtherworldAvatarState) -> AvatarBody:
	if not is_same(_read_from, _client.definition):
		_read_from = _client.definition
		_bodies = AvatarBody.read_list(_client.definition.get("bodies"))
	if _bodies.is_empty():
		return null
	var body := _bodies[clampi(local_avatar.body, 0, _bodies.size() - 1)]
	if is_equal_approx(body.head_metres, local_avatar.head_metres):
		return body
	if _resized == null or _resized_from != body or not is_equal_approx(_resized.head_metres, local_avatar.head_metres):
		_resized_from = body
		_resized = body.resized(local_avatar.head_metres)
	return _resized
