@tool
extends RefCounted
## A package's manifest: the response to GET /v1/packages/HASH. Every used field is checked.

const JsonReader := preload("json_reader.gd")
const Collider := preload("../model/collider.gd")
const AvatarBody := preload("../avatar/avatar_body.gd")
const Manifest := preload("manifest.gd")

const JOINTS_MAX := 1024
const CAPSULES_MAX := 24
const COLLIDERS_MAX := 16
const LEVELS_MAX := 8
const ANIMATIONS_MAX := 256
## Limit of a package's file, bytes.
const FILE_BYTES_MAX := 32 * 1024 * 1024
const METRES_MAX := 1e4


## A model file that can be downloaded: the runtime form, or a simpler one.
class ModelFile:
	extends RefCounted
	## Hash of its content, 64 hex digits.
	var sha256 := ""
	var bytes := 0
	var triangles := 0
	## Used from this distance, metres at scale 1.
	var metres_min := 0.0
	## URL of the file. It is relative to the server if it begins with a slash.
	var url := ""


## A joint of the armature.
class Joint:
	extends RefCounted
	## Name of its node in the model file.
	var node := ""
	## Humanoid bone; "" if it has none.
	var humanoid := ""
	## The manifest has a [member rest].
	var has_rest := false
	## Rotation of its node in the avatar's root space in a T-pose with all bones unrotated.
	var rest := Quaternion.IDENTITY


## A fitted capsule in its joint's space, metres.
class JointCapsule:
	extends RefCounted
	## Humanoid bone, or the joint's name.
	var bone := ""
	## Name of the joint's node in the model file.
	var node := ""
	var from := Vector3.ZERO
	var to := Vector3.ZERO
	var radius := 0.0


var hash := ""
var name := ""
var is_avatar := false
## The runtime form, then simpler ones, nearest first.
var models: Array[ModelFile] = []
var joints: Array[Joint] = []
var capsules: Array[JointCapsule] = []
## Colliders ([code]collider.gd[/code]) of an object.
var colliders: Array = []
## The object never moves.
var is_static := false
## The body of an avatar; null for objects.
var body: AvatarBody
## Bounding box of the model at rest, in the space of its marker, metres.
var bounds := AABB()
## Names of its animations.
var animations: PackedStringArray = []
## Decoded textures of the runtime form, bytes.
var texture_bytes := 0


## Reads a response about the package [param expected_hash]. Returns null and sets the reader's fault if it is invalid.
static func read(answer: Variant, expected_hash: String, r: JsonReader) -> Manifest:
	var it := r.object(answer, "the answer")
	var found := Manifest.new()
	found.hash = r.sha256(it.get("hash"), "hash")
	if found.hash != expected_hash:
		r.fail("hash", expected_hash)
	found._read(r, r.object(it.get("manifest"), "manifest"), r.object(it.get("files"), "files"))
	return found if r.fault.is_empty() else null


## Returns its largest extent at scale 1, metres.
func size() -> float:
	return maxf(bounds.get_longest_axis_size(), 0.01)


## Returns whether its joints follow the realm's bones.
func is_humanoid() -> bool:
	return joints.any(func(joint: Joint) -> bool: return follows_bone(joint.humanoid, joint.has_rest))


## Returns whether a joint follows a bone of the realm: it is that humanoid bone, and its rotation in the T-pose is known.
static func follows_bone(humanoid: String, has_rest: bool) -> bool:
	return has_rest and AvatarBody.BONES.has(humanoid)


func _read(r: JsonReader, m: Dictionary, links: Dictionary) -> void:
	is_avatar = r.one_of(m.get("kind"), ["object", "avatar"], "manifest/kind") == "avatar"
	name = r.text(m.get("name"), "manifest/name")
	var box := r.object(m.get("bounds"), "manifest/bounds")
	var least := r.vector(box.get("min"), "manifest/bounds/min", METRES_MAX)
	bounds = AABB(least, (r.vector(box.get("max"), "manifest/bounds/max", METRES_MAX) - least).max(Vector3.ZERO))
	var counts := r.object(m.get("counts"), "manifest/counts")
	texture_bytes = r.integer(counts.get("textureBytes"), "manifest/counts/textureBytes", 0, 1 << 31)
	_read_models(r, r.object(m.get("files"), "manifest/files"), links,
			r.integer(counts.get("triangles"), "manifest/counts/triangles", 0, 1 << 31))
	for item: Variant in r.list(m.get("skeleton"), "manifest/skeleton", JOINTS_MAX):
		joints.append(_read_joint(r, item, "manifest/skeleton/%d" % joints.size()))
	for item: Variant in r.list(m.get("capsules"), "manifest/capsules", CAPSULES_MAX):
		capsules.append(_read_capsule(r, item, "manifest/capsules/%d" % capsules.size()))
	_read_attachments(r, r.object(m.get("attachments"), "manifest/attachments"))
	_read_physics(r, r.object(m.get("physics"), "manifest/physics"))


func _read_attachments(r: JsonReader, it: Dictionary) -> void:
	colliders = Collider.read_list(r, it.get("colliders"), "manifest/attachments/colliders", COLLIDERS_MAX)
	var avatar := r.object(it.get("avatar"), "manifest/attachments/avatar")
	for item: Variant in r.list(avatar.get("animations"), "manifest/attachments/avatar/animations", ANIMATIONS_MAX):
		var where := "manifest/attachments/avatar/animations/%d" % animations.size()
		animations.append(r.text(r.object(item, where).get("id"), where + "/id"))


func _read_physics(r: JsonReader, it: Dictionary) -> void:
	if is_avatar:
		body = AvatarBody.read(r, it.get("body"), "manifest/physics/body")
		return
	var prop := r.object(it.get("prop"), "manifest/physics/prop")
	is_static = r.one_of(prop.get("motion"), ["static", "dynamic", "kinematic"],
			"manifest/physics/prop/motion") == "static"


func _read_models(r: JsonReader, files: Dictionary, links: Dictionary, triangles: int) -> void:
	models.append(_read_model(r, files.get("runtime"), links.get("runtime"), "manifest/files/runtime", triangles))
	var levels := r.list(files.get("levels"), "manifest/files/levels", LEVELS_MAX)
	var level_links := r.list(links.get("levels"), "files/levels", LEVELS_MAX)
	for i: int in mini(levels.size(), level_links.size()):
		models.append(_read_model(r, levels[i], level_links[i], "manifest/files/levels/%d" % i, triangles))


func _read_model(r: JsonReader, value: Variant, link: Variant, where: String, triangles: int) -> ModelFile:
	var it := r.object(value, where)
	var file := ModelFile.new()
	file.sha256 = r.sha256(it.get("sha256"), where + "/sha256")
	file.bytes = r.integer(it.get("bytes"), where + "/bytes", 1, FILE_BYTES_MAX)
	file.triangles = r.integer(it.get("triangles", triangles), where + "/triangles", 0, 1 << 31)
	file.metres_min = r.number(it.get("metresMin", 0.0), where + "/metresMin", 0.0, METRES_MAX)
	file.url = r.text(r.object(link, "the link of " + where).get("url"), "the link of " + where, 4096)
	return file


func _read_joint(r: JsonReader, value: Variant, where: String) -> Joint:
	var it := r.object(value, where)
	var joint := Joint.new()
	joint.node = r.text(it.get("joint"), where + "/joint")
	if it.get("humanoid") != null:
		joint.humanoid = r.text(it.get("humanoid"), where + "/humanoid")
	if it.get("rest") != null:
		joint.has_rest = true
		joint.rest = r.quaternion(it.get("rest"), where + "/rest")
	return joint


func _read_capsule(r: JsonReader, value: Variant, where: String) -> JointCapsule:
	var it := r.object(value, where)
	var capsule := JointCapsule.new()
	capsule.bone = r.text(it.get("bone"), where + "/bone")
	capsule.node = r.text(it.get("joint"), where + "/joint")
	capsule.from = r.vector(it.get("a"), where + "/a", METRES_MAX)
	capsule.to = r.vector(it.get("b"), where + "/b", METRES_MAX)
	capsule.radius = r.number(it.get("r"), where + "/r", 1e-4, METRES_MAX)
	return capsule
