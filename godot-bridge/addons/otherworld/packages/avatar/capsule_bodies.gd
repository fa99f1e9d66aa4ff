@tool
extends RefCounted
## An avatar's fitted capsules as physics bodies on its joints, for picking and for collisions; and as visible shapes
## for debugging.

const Collider := preload("../model/collider.gd")
const ModelInstance := preload("../model/model_instance.gd")
const Model := preload("../model/model.gd")

const COLOR := Color(0.1, 0.9, 0.5, 0.35)

var _figure: ModelInstance
## The attachments that carry bodies, and the bodies.
var _holders: Array[Node3D] = []
var _bodies: Array[AnimatableBody3D] = []
var _is_visible := false


## [param element] becomes the metadata "otherworld_element" of each body.
func _init(figure: ModelInstance, layer: int, element: int) -> void:
	_figure = figure
	var attachments: Dictionary[String, BoneAttachment3D] = {}
	for capsule: Model.Capsule in figure.model.capsules:
		var body := _body(capsule, layer, element)
		_holder(capsule.place, attachments).add_child(body)
		_bodies.append(body)


## Shows or hides the capsules.
func set_visible(visible: bool) -> void:
	if visible == _is_visible:
		return
	_is_visible = visible
	for body: AnimatableBody3D in _bodies:
		var look := body.get_node_or_null("Look") as MeshInstance3D
		if look == null:
			look = _look((body.get_child(0) as CollisionShape3D).shape)
			body.add_child(look)
		look.visible = visible


## Adds the bodies, one for each capsule of the model.
func bodies() -> Array[AnimatableBody3D]:
	return _bodies


## Removes the bodies.
func free_all() -> void:
	for node: Node3D in _holders:
		node.queue_free()
	for body: AnimatableBody3D in _bodies:
		if is_instance_valid(body):
			body.queue_free()
	_holders.clear()
	_bodies.clear()


func _holder(place: Model.Place, attachments: Dictionary[String, BoneAttachment3D]) -> Node3D:
	var node := _figure.node_at(place)
	if place.bone < 0:
		return node
	var key := "%s:%d" % [place.path, place.bone]
	if not attachments.has(key):
		var attachment := BoneAttachment3D.new()
		attachment.name = "Capsules_%d" % place.bone
		node.add_child(attachment)
		attachment.bone_idx = place.bone
		attachments[key] = attachment
		_holders.append(attachment)
	return attachments[key]


## The ends are in the joint's space without its scale. Physics bodies have no scale, so the joint's scale is undone.
func _body(capsule: Model.Capsule, layer: int, element: int) -> AnimatableBody3D:
	var axis := capsule.to - capsule.from
	var half := axis.length() / 2.0
	# The figure's size is a scale too.
	var undo := Vector3.ONE / capsule.place.rest.basis.get_scale()
	var size := _figure.size
	var turn := Basis(_from_up(axis / (half * 2.0))) if half > 1e-5 else Basis.IDENTITY
	var body := AnimatableBody3D.new()
	body.name = "Capsule_%s" % capsule.bone
	body.sync_to_physics = false
	body.collision_layer = layer
	body.collision_mask = 0
	body.set_meta(&"otherworld_element", element)
	body.transform = Transform3D(Basis.from_scale(undo / size) * turn, undo * (capsule.from + capsule.to) / 2.0)
	var shape := CollisionShape3D.new()
	shape.shape = Collider.capsule_shape(half * size, capsule.radius * size)
	body.add_child(shape)
	return body


static func _look(shape: Shape3D) -> MeshInstance3D:
	var look := MeshInstance3D.new()
	look.name = "Look"
	var capsule := CapsuleMesh.new()
	capsule.radius = (shape as CapsuleShape3D).radius
	capsule.height = (shape as CapsuleShape3D).height
	capsule.radial_segments = 16
	capsule.rings = 4
	look.mesh = capsule
	look.material_override = debug_material()
	look.cast_shadow = GeometryInstance3D.SHADOW_CASTING_SETTING_OFF
	return look


## The material of shown colliders: transparent, and drawn over their model.
static func debug_material() -> StandardMaterial3D:
	var material := StandardMaterial3D.new()
	material.albedo_color = COLOR
	material.transparency = BaseMaterial3D.TRANSPARENCY_ALPHA
	material.shading_mode = BaseMaterial3D.SHADING_MODE_UNSHADED
	material.no_depth_test = true
	return material


static func _from_up(direction: Vector3) -> Quaternion:
	if direction.y < -0.99999:
		return Quaternion(1.0, 0.0, 0.0, 0.0)
	return Quaternion(Vector3.UP, direction)
