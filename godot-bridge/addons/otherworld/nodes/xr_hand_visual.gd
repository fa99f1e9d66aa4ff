extends Node3D
## The visible part of a tracked hand: a small mitten, and a ray that fades out. Made of Godot's own meshes.

## Length and thickness of the ray, metres of the room.
const RAY_METRES_MAX := 1.2
const RAY_RADIUS := 0.0025
const HAND_COLOR := Color(0.93, 0.94, 1.0)
const RAY_COLOR := Color(1.0, 1.0, 1.0, 0.35)
const POINTED_COLOR := Color(0.45, 0.85, 1.0, 0.9)

## Mirrored for the right hand.
var is_left := true

var _hand := Node3D.new()
var _ray := MeshInstance3D.new()
var _ray_material := StandardMaterial3D.new()


func _ready() -> void:
	var skin := StandardMaterial3D.new()
	skin.albedo_color = HAND_COLOR
	skin.roughness = 0.7
	add_child(_hand)
	_add_hand(skin)
	var rod := CylinderMesh.new()
	rod.top_radius = RAY_RADIUS
	rod.bottom_radius = RAY_RADIUS
	rod.height = 1.0
	rod.radial_segments = 6
	rod.rings = 1
	_ray_material.shading_mode = BaseMaterial3D.SHADING_MODE_UNSHADED
	_ray_material.transparency = BaseMaterial3D.TRANSPARENCY_ALPHA
	_ray.mesh = rod
	_ray.material_override = _ray_material
	_ray.cast_shadow = GeometryInstance3D.SHADOW_CASTING_SETTING_OFF
	_ray.top_level = true
	add_child(_ray)


func show_hand(on: bool) -> void:
	_hand.visible = on


## Draws the ray from [param aim] along its -Z to what it hits.
func show_ray(aim: Transform3D, metres: float, is_drawn: bool, points: bool) -> void:
	_ray.visible = is_drawn and is_visible_in_tree()
	if not _ray.visible:
		return
	var scale_now := XRServer.world_scale
	var length := metres if points else minf(metres, RAY_METRES_MAX * scale_now)
	_ray_material.albedo_color = POINTED_COLOR if points else RAY_COLOR
	# The rod's mesh points along Y, which is turned along the ray.
	var along := aim.basis * Basis(Vector3.RIGHT, -PI / 2.0) * Basis.from_scale(Vector3(scale_now, length, scale_now))
	_ray.global_transform = Transform3D(along, aim.origin - aim.basis.z * length * 0.5)


## Fingers point along -Y of the grip pose, the thumb along -Z (see xr_maths.gd).
func _add_hand(skin: Material) -> void:
	var inward := -1.0 if is_left else 1.0
	var centre := inward * 0.018
	_add_part(skin, 0.03, 0.1, Vector3(centre, 0.0, 0.0), Vector3(0.55, 1.0, 1.25))
	_add_part(skin, 0.026, 0.095, Vector3(centre, -0.075, 0.0), Vector3(0.5, 1.0, 1.3))
	_add_part(skin, 0.014, 0.07, Vector3(centre, -0.03, -0.045), Vector3.ONE, 0.6)


func _add_part(skin: Material, radius: float, height: float, at: Vector3, stretch: Vector3, tilt := 0.0) -> void:
	var capsule := CapsuleMesh.new()
	capsule.radius = radius
	capsule.height = height
	capsule.radial_segments = 16
	capsule.rings = 4
	var part := MeshInstance3D.new()
	part.mesh = capsule
	part.material_override = skin
	part.cast_shadow = GeometryInstance3D.SHADOW_CASTING_SETTING_OFF
	part.transform = Transform3D(Basis(Vector3.RIGHT, tilt) * Basis.from_scale(stretch), at)
	_hand.add_child(part)
