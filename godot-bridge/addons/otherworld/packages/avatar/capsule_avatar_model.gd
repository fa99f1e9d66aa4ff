@tool
extends RefCounted
## The model of an avatar without a package: one skin over the capsules of its body, with a visor that shows where it
## looks. Its skeleton has the body's own bones.

const AvatarBody := preload("avatar_body.gd")
const Model := preload("../model/model.gd")
const Rig := preload("rig.gd")

## Corners around a capsule, and rings of each of its ends.
const SEGMENTS := 12
const RINGS := 4
## Names of its two meshes: the one in the avatar's colour, and the one in its own. There are two because without a
## screen the engine prints an error for each material that is set on one surface of an instance.
const COLORED := "Colored"
const PLAIN := "Plain"
## Bones of the paler parts, and how much darker the legs are than the rest.
const PALE: PackedStringArray = ["head", "neck", "leftHand", "rightHand", "leftFoot", "rightFoot"]
const LEGS: PackedStringArray = ["hips", "leftUpperLeg", "leftLowerLeg", "rightUpperLeg", "rightLowerLeg"]
const LEG_SHADE := 0.72
const PALE_COLOR := Color(0.93, 0.92, 0.9)
const VISOR_COLOR := Color(0.07, 0.07, 0.12)
## A pose may move limbs this far from their rest position, metres.
const REACH := 1.5


## Vertices of one surface.
class Surface:
	extends RefCounted
	var points := PackedVector3Array()
	var normals := PackedVector3Array()
	var colors := PackedColorArray()
	var bones := PackedInt32Array()
	var weights := PackedFloat32Array()
	var indices := PackedInt32Array()


## Returns the model for a body. All avatars with that body share it.
static func of(body: AvatarBody) -> Model:
	if body.look == null:
		body.look = _made(body)
	return body.look as Model


static func _made(body: AvatarBody) -> Model:
	var model := Model.new()
	model.turn = Quaternion.IDENTITY
	model.rig = Rig.of_body()
	var skeleton := _skeleton(body)
	for bone: int in AvatarBody.BONES.size():
		var place := Model.Place.new()
		place.path = NodePath("Skeleton3D")
		place.bone = bone
		place.rest = skeleton.get_bone_global_rest(bone)
		model.joints.append(place)
	for i: int in body.capsule_bones.size():
		var capsule := Model.Capsule.new()
		capsule.bone = AvatarBody.BONES[body.capsule_bones[i]]
		capsule.place = model.joints[body.capsule_bones[i]]
		capsule.from = body.capsule_from[i]
		capsule.to = body.capsule_to[i]
		capsule.radius = body.capsule_radii[i]
		model.capsules.append(capsule)
	model.bone_count = AvatarBody.BONES.size()
	model.scene = _scene(skeleton, model, body)
	return model


static func _skeleton(body: AvatarBody) -> Skeleton3D:
	var skeleton := Skeleton3D.new()
	skeleton.name = "Skeleton3D"
	for bone: int in AvatarBody.BONES.size():
		skeleton.add_bone(AvatarBody.BONES[bone])
		skeleton.set_bone_parent(bone, AvatarBody.PARENTS[bone])
		skeleton.set_bone_rest(bone, Transform3D(Basis.IDENTITY, body.offsets[bone]))
		skeleton.reset_bone_pose(bone)
	return skeleton


static func _scene(skeleton: Skeleton3D, model: Model, body: AvatarBody) -> PackedScene:
	var root := Node3D.new()
	root.name = "Body"
	root.add_child(skeleton)
	skeleton.owner = root
	var colored := Surface.new()
	var plain := Surface.new()
	_fill(model, colored, plain)
	_add_skin(skeleton, COLORED, colored, body.height)
	_add_skin(skeleton, PLAIN, plain, body.height)
	var packed := PackedScene.new()
	packed.pack(root)
	root.free()
	return packed


static func _add_skin(skeleton: Skeleton3D, name: String, surface: Surface, height: float) -> void:
	if surface.points.is_empty():
		return
	var mesh := MeshInstance3D.new()
	mesh.name = name
	mesh.mesh = _mesh(surface)
	mesh.material_override = material(Color.WHITE)
	mesh.skin = skeleton.create_skin_from_rest_transforms()
	mesh.custom_aabb = AABB(Vector3.ZERO, Vector3(0.0, height, 0.0)).grow(REACH)
	skeleton.add_child(mesh)
	mesh.skeleton = NodePath("..")
	mesh.owner = skeleton.owner


static func _fill(model: Model, colored: Surface, plain: Surface) -> void:
	for capsule: Model.Capsule in model.capsules:
		if PALE.has(capsule.bone):
			_add_capsule(plain, capsule, PALE_COLOR)
		else:
			_add_capsule(colored, capsule, Color.WHITE * (LEG_SHADE if LEGS.has(capsule.bone) else 1.0))
		if capsule.bone == "head":
			_add_visor(plain, capsule)


static func _mesh(surface: Surface) -> ArrayMesh:
	var arrays: Array = []
	arrays.resize(Mesh.ARRAY_MAX)
	arrays[Mesh.ARRAY_VERTEX] = surface.points
	arrays[Mesh.ARRAY_NORMAL] = surface.normals
	arrays[Mesh.ARRAY_COLOR] = surface.colors
	arrays[Mesh.ARRAY_BONES] = surface.bones
	arrays[Mesh.ARRAY_WEIGHTS] = surface.weights
	arrays[Mesh.ARRAY_INDEX] = surface.indices
	var mesh := ArrayMesh.new()
	mesh.add_surface_from_arrays(Mesh.PRIMITIVE_TRIANGLES, arrays)
	return mesh


## The material of a surface. Vertex colours shade it.
static func material(color: Color) -> StandardMaterial3D:
	var made := StandardMaterial3D.new()
	made.albedo_color = color
	made.vertex_color_use_as_albedo = true
	made.vertex_color_is_srgb = true
	made.roughness = 0.75
	return made


static func _add_capsule(to: Surface, capsule: Model.Capsule, color: Color) -> void:
	var axis := capsule.to - capsule.from
	var half := axis.length() / 2.0
	var turn := Quaternion(Vector3.UP, axis.normalized()) if half > 1e-5 else Quaternion.IDENTITY
	var frame := capsule.place.rest * Transform3D(Basis(turn), (capsule.from + capsule.to) / 2.0)
	_add_round(to, frame, Vector3.ONE * capsule.radius, half, capsule.place.bone, color)


## The visor on the front of the head, which shows from afar where a player looks.
static func _add_visor(to: Surface, head: Model.Capsule) -> void:
	var middle := (head.from + head.to) / 2.0 + Vector3(0.0, 0.1, -0.55) * head.radius
	var frame := head.place.rest * Transform3D(Basis.IDENTITY, middle)
	_add_round(to, frame, Vector3(0.82, 0.45, 0.56) * head.radius, 0.0, head.place.bone, VISOR_COLOR)


## Adds an ellipsoid that is stretched along Y by [param half] to either side.
static func _add_round(to: Surface, frame: Transform3D, radii: Vector3, half: float, bone: int, color: Color) -> void:
	var first := to.points.size()
	var rows := RINGS * 2 + 2
	for row: int in rows:
		# Two rows at the middle, where the halves are pulled apart.
		var angle := (floorf(row - (1.0 if row > RINGS else 0.0)) / (RINGS * 2) - 0.5) * PI
		var lift := half if row > RINGS else -half
		for k: int in SEGMENTS + 1:
			var around := TAU * k / SEGMENTS
			var normal := Vector3(cos(angle) * sin(around), sin(angle), cos(angle) * cos(around))
			to.points.append(frame * (normal * radii + Vector3(0.0, lift, 0.0)))
			to.normals.append((frame.basis * (normal / radii)).normalized())
			to.colors.append(color)
			to.bones.append_array([bone, 0, 0, 0])
			to.weights.append_array([1.0, 0.0, 0.0, 0.0])
	for row: int in rows - 1:
		for k: int in SEGMENTS:
			var at := first + row * (SEGMENTS + 1) + k
			var above := at + SEGMENTS + 1
			to.indices.append_array([at, above, above + 1, at, above + 1, at + 1])
