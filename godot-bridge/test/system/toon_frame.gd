extends SceneTree
## Draws models with toon materials for test/e2e/godot/godot-toon.test.ts. OTHERWORLD_SHOTS is a JSON list of shots, each
## with a model file, a picture to write, the camera and the light. Start Godot with [code]--fixed-fps 60[/code].

const Manifest := preload("res://addons/otherworld/packages/download/manifest.gd")
const ModelReader := preload("res://addons/otherworld/packages/model/model_reader.gd")

const SHADOW_METRES := 30.0
const FRAMES := 3
const FRAMES_PER_SECOND := 60.0

var _viewport: SubViewport
## Time of the shaders.
var _seconds := 0.0


func _initialize() -> void:
	# The time of shaders moves only by what a shot asks for.
	Engine.time_scale = 0.0
	_run()


func _run() -> void:
	await process_frame
	var shots: Array = JSON.parse_string(OS.get_environment("OTHERWORLD_SHOTS"))
	for shot: Dictionary in shots:
		await _draw(shot)
	quit()


func _draw(shot: Dictionary) -> void:
	var reader := ModelReader.new()
	var manifest := Manifest.new()
	manifest.is_avatar = true
	manifest.bounds = AABB(Vector3.ONE * -5.0, Vector3.ONE * 10.0)
	var model := reader.read(FileAccess.get_file_as_bytes(shot.model as String), manifest)
	if model == null:
		printerr("ERROR: ", reader.fault)
		return
	_viewport = SubViewport.new()
	_viewport.size = Vector2i(int(shot.width as float), int(shot.height as float))
	_viewport.own_world_3d = true
	_viewport.msaa_3d = Viewport.MSAA_4X
	_viewport.render_target_update_mode = SubViewport.UPDATE_ALWAYS
	root.add_child(_viewport)
	_viewport.add_child(model.scene.instantiate())
	_add_camera(shot)
	_add_light(shot)
	for i: int in FRAMES:
		await process_frame
	await _advance((shot.seconds as float) - _seconds)
	_viewport.get_texture().get_image().save_png(shot.picture as String)
	_viewport.queue_free()
	await process_frame


func _add_camera(shot: Dictionary) -> void:
	var camera := Camera3D.new()
	camera.fov = shot.fov
	camera.near = 0.1
	camera.far = 100.0
	camera.position.z = shot.distance
	camera.environment = Environment.new()
	camera.environment.background_mode = Environment.BG_COLOR
	camera.environment.background_color = Color.WHITE * (shot.background as float)
	camera.environment.ambient_light_source = Environment.AMBIENT_SOURCE_COLOR
	camera.environment.ambient_light_color = Color.WHITE
	camera.environment.ambient_light_energy = shot.ambient
	if shot.get("hasSky", false):
		_add_sky(camera.environment)
	_viewport.add_child(camera)


## White above, black below.
func _add_sky(environment: Environment) -> void:
	var material := ProceduralSkyMaterial.new()
	material.sky_top_color = Color.WHITE
	material.sky_horizon_color = Color.WHITE
	material.ground_horizon_color = Color.BLACK
	material.ground_bottom_color = Color.BLACK
	environment.sky = Sky.new()
	environment.sky.sky_material = material
	environment.ambient_light_source = Environment.AMBIENT_SOURCE_SKY


func _add_light(shot: Dictionary) -> void:
	var sun := DirectionalLight3D.new()
	sun.light_energy = shot.energy
	sun.shadow_enabled = shot.hasShadows
	sun.directional_shadow_mode = DirectionalLight3D.SHADOW_ORTHOGONAL
	sun.directional_shadow_max_distance = SHADOW_METRES
	_viewport.add_child(sun)
	var light: Array = shot.light
	sun.look_at_from_position(Vector3(light[0] as float, light[1] as float, light[2] as float), Vector3.ZERO)


## Moves the time of shaders, which stands still otherwise.
func _advance(seconds: float) -> void:
	if seconds <= 0.0:
		return
	_seconds += seconds
	Engine.time_scale = seconds * FRAMES_PER_SECOND
	await process_frame
	Engine.time_scale = 0.0
	await process_frame
