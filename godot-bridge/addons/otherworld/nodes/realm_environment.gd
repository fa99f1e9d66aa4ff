@tool
extends Node3D
## Shows the parts of a realm's definition that are not elements: the ground and the spawn point. Adds light and a sky
## to scenes without them.

const JsonReader := preload("../packages/download/json_reader.gd")

const GROUND_COLOR := Color(0.72, 0.72, 0.75)
const LINE_COLOR := Color(0.58, 0.57, 0.66)
## Depth of the ground's body, metres, so that nothing falls through it in one step.
const GROUND_DEPTH := 2.0
## Pixels per metre of the ground.
const METRE_PIXELS := 64
const SKY_COLOR := Color(0.45, 0.62, 0.93)
const HORIZON_COLOR := Color(0.96, 0.93, 0.9)
const AMBIENT_COLOR := Color(0.78, 0.83, 0.95)
## Maximum distance of the sun's shadows, metres.
const SHADOW_METRES := 40.0

## The spawn point; null before the realm is known.
var spawn: Marker3D

var _ground: StaticBody3D


## Shows the ground and marks the spawn point, and removes those of another realm.
func show_realm(definition: Dictionary, layer: int) -> void:
	var r := JsonReader.new()
	var half := r.object(definition.get("ground"), "ground")
	var size := Vector2(r.number(half.get("x"), "ground/x", 0.0, 1e5), r.number(half.get("z"), "ground/z", 0.0, 1e5)) * 2.0
	var start := r.object(definition.get("spawn"), "spawn")
	var place := r.vector(start.get("position"), "spawn/position")
	var yaw := r.number(start.get("yaw"), "spawn/yaw", -TAU, TAU)
	if r.fault:
		push_warning("Otherworld: the realm's ground is not shown: %s." % r.fault)
		return
	for old: Node in [_ground, spawn]:
		if old != null:
			remove_child(old)
			old.queue_free()
	_ground = _new_ground(size, layer)
	add_child(_ground)
	spawn = Marker3D.new()
	spawn.name = "Spawn"
	spawn.transform = Transform3D(Basis(Vector3.UP, yaw), place)
	add_child(spawn)


## Adds a sun and a sky, unless the scene has a light or an environment.
func add_environment_if_none(tree: SceneTree) -> void:
	if tree.root.find_children("*", "DirectionalLight3D", true, false).is_empty():
		var sun := DirectionalLight3D.new()
		sun.name = "Sun"
		sun.light_color = Color(1.0, 0.95, 0.87)
		sun.light_energy = 0.45 if _adds_in_srgb() else 1.0
		sun.rotation = Vector3(-0.9, 0.6, 0.0)
		sun.shadow_enabled = true
		sun.directional_shadow_max_distance = SHADOW_METRES
		sun.directional_shadow_mode = DirectionalLight3D.SHADOW_PARALLEL_2_SPLITS
		sun.shadow_blur = 1.5
		add_child(sun)
	if tree.root.find_children("*", "WorldEnvironment", true, false).is_empty():
		var world := WorldEnvironment.new()
		world.name = "Sky"
		world.environment = _new_environment()
		add_child(world)


## The compatibility renderer adds lights with shadows after tone mapping, so the same lights are brighter there.
static func _adds_in_srgb() -> bool:
	return RenderingServer.get_current_rendering_method() == "gl_compatibility"


static func _new_environment() -> Environment:
	var sky := ProceduralSkyMaterial.new()
	sky.sky_top_color = SKY_COLOR
	sky.sky_horizon_color = HORIZON_COLOR
	sky.ground_horizon_color = HORIZON_COLOR
	sky.ground_bottom_color = HORIZON_COLOR
	sky.sun_angle_max = 4.0
	var environment := Environment.new()
	environment.background_mode = Environment.BG_SKY
	environment.sky = Sky.new()
	environment.sky.sky_material = sky
	# The sky's own light would wash out pale colours.
	environment.ambient_light_source = Environment.AMBIENT_SOURCE_COLOR
	environment.ambient_light_color = AMBIENT_COLOR
	environment.ambient_light_energy = 0.3 if _adds_in_srgb() else 0.6
	return environment


static func _new_ground(size: Vector2, layer: int) -> StaticBody3D:
	var body := StaticBody3D.new()
	body.name = "Ground"
	body.collision_layer = 1 | layer
	body.collision_mask = 0
	body.set_meta(&"otherworld_element", 0)
	var shape := CollisionShape3D.new()
	var box := BoxShape3D.new()
	box.size = Vector3(size.x, GROUND_DEPTH, size.y)
	shape.shape = box
	shape.position.y = -GROUND_DEPTH / 2.0
	body.add_child(shape)
	var look := MeshInstance3D.new()
	look.name = "Quad"
	var plane := PlaneMesh.new()
	plane.size = size
	look.mesh = plane
	look.material_override = _ground_material(size)
	look.cast_shadow = GeometryInstance3D.SHADOW_CASTING_SETTING_OFF
	body.add_child(look)
	return body


## A grid line per metre, which shows speed and size.
static func _ground_material(size: Vector2) -> StandardMaterial3D:
	var image := Image.create(METRE_PIXELS, METRE_PIXELS, false, Image.FORMAT_RGB8)
	image.fill(GROUND_COLOR)
	image.fill_rect(Rect2i(0, 0, METRE_PIXELS, 1), LINE_COLOR)
	image.fill_rect(Rect2i(0, 0, 1, METRE_PIXELS), LINE_COLOR)
	image.generate_mipmaps()
	var material := StandardMaterial3D.new()
	material.albedo_texture = ImageTexture.create_from_image(image)
	material.uv1_scale = Vector3(size.x, size.y, 1.0)
	material.texture_filter = BaseMaterial3D.TEXTURE_FILTER_LINEAR_WITH_MIPMAPS_ANISOTROPIC
	material.roughness = 0.95
	return material
