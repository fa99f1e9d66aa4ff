@tool
extends Node
## Draws pictures of packages: a model in a viewport of its own, seen from the front and a little from above.

const Frames := preload("../net/frames.gd")
const PackageLibrary := preload("../packages/download/package_library.gd")
const LoadRequest := preload("../packages/download/load_request.gd")

const FIELD_OF_VIEW := 30.0
## Direction from the model to the camera. The front of a model is +Z.
const VIEW_DIRECTION := Vector3(0.45, 0.3, 1.0)
## Frames until the viewport has drawn the model: it is added in one, and drawn at the end of the next.
const FRAMES := 4

## Why there is no picture.
var problem := ""

var _library := PackageLibrary.new()
var _is_busy := false


func _init() -> void:
	process_mode = PROCESS_MODE_ALWAYS
	add_child(_library)


## Returns the picture of a package; null with a [member problem].
func draw(url: String, token_of: Callable, hash: String, pixels: int) -> Texture2D:
	if DisplayServer.get_name() == "headless":
		problem = tr("A program without a screen cannot draw a package.")
		return null
	while _is_busy:
		if not await Frames.next():
			return null
	_is_busy = true
	_library.api.server = url
	_library.api.token_of = token_of
	var package := _library.request_package(hash)
	await _settle(package)
	problem = package.load_error
	var picture: Texture2D
	if package.manifest != null:
		var model := _library.request_model(package.manifest, 0)
		await _settle(model)
		problem = model.load_error
		if model.model != null:
			picture = await _drawn(model.model.scene, package.manifest.bounds, pixels)
		_library.release(model)
	_library.release(package)
	_is_busy = false
	return picture


func _settle(load_request: LoadRequest) -> void:
	if load_request.state == LoadRequest.State.READY or load_request.state == LoadRequest.State.FAILED:
		return
	await load_request.settled


func _drawn(scene: PackedScene, bounds: AABB, pixels: int) -> Texture2D:
	var viewport := SubViewport.new()
	viewport.size = Vector2i.ONE * clampi(pixels, 16, 2048)
	viewport.own_world_3d = true
	viewport.transparent_bg = true
	viewport.msaa_3d = Viewport.MSAA_4X
	viewport.render_target_update_mode = SubViewport.UPDATE_ALWAYS
	viewport.add_child(scene.instantiate())
	viewport.add_child(_camera(bounds))
	viewport.add_child(_sun())
	add_child(viewport)
	for frame: int in FRAMES:
		if not await Frames.next():
			return null
	var image := viewport.get_texture().get_image()
	viewport.queue_free()
	return ImageTexture.create_from_image(image)


static func _camera(bounds: AABB) -> Camera3D:
	var camera := Camera3D.new()
	var radius := maxf(bounds.size.length() / 2.0, 0.01)
	var metres := radius / sin(deg_to_rad(FIELD_OF_VIEW) / 2.0)
	camera.fov = FIELD_OF_VIEW
	camera.near = metres * 0.01
	camera.far = metres + radius * 2.0
	camera.look_at_from_position(bounds.get_center() + VIEW_DIRECTION.normalized() * metres, bounds.get_center())
	camera.environment = Environment.new()
	camera.environment.ambient_light_source = Environment.AMBIENT_SOURCE_COLOR
	camera.environment.ambient_light_color = Color(0.75, 0.78, 0.85)
	camera.environment.background_mode = Environment.BG_CLEAR_COLOR
	return camera


static func _sun() -> DirectionalLight3D:
	var sun := DirectionalLight3D.new()
	sun.rotation = Vector3(-0.8, 0.5, 0.0)
	return sun
