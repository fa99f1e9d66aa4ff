extends MeshInstance3D
## A screen in the world that shows controls made for a window. A hand's ray points at it, and the trigger presses.

## Pixels of the window.
const PIXELS := Vector2i(1280, 720)
## Width at a world scale of 1, metres.
const WIDTH_METRES := 1.9
## Distance ahead of the eyes, and below them.
const AHEAD_METRES := 1.6
const BELOW_METRES := 0.12

var _viewport := SubViewport.new()
## Last position of the ray, pixels; INF if it was beside the screen.
var _pointer := Vector2.INF
var _is_pressed := false


func _init() -> void:
	_viewport.size = PIXELS
	_viewport.transparent_bg = true
	_viewport.gui_embed_subwindows = true
	_viewport.render_target_update_mode = SubViewport.UPDATE_ALWAYS
	add_child(_viewport)
	var quad := QuadMesh.new()
	quad.size = Vector2(1.0, float(PIXELS.y) / PIXELS.x)
	mesh = quad
	cast_shadow = GeometryInstance3D.SHADOW_CASTING_SETTING_OFF


func _ready() -> void:
	var material := StandardMaterial3D.new()
	material.shading_mode = BaseMaterial3D.SHADING_MODE_UNSHADED
	material.transparency = BaseMaterial3D.TRANSPARENCY_ALPHA
	# A viewport's colours have premultiplied alpha.
	material.blend_mode = BaseMaterial3D.BLEND_MODE_PREMULT_ALPHA
	material.albedo_texture = _viewport.get_texture()
	material_override = material


## Shows a control or a canvas layer.
func put(content: Node) -> void:
	if content.get_parent() == null:
		_viewport.add_child(content)
	else:
		content.reparent(_viewport, false)


## Places it upright in front of these eyes.
func stand_before(eyes: Transform3D) -> void:
	var scale_now := XRServer.world_scale
	var flat := Vector3(-eyes.basis.z.x, 0.0, -eyes.basis.z.z).normalized()
	if flat == Vector3.ZERO:
		flat = Vector3.FORWARD
	var at := eyes.origin + (flat * AHEAD_METRES + Vector3.DOWN * BELOW_METRES) * scale_now
	global_transform = Transform3D(Basis.looking_at(flat), at).scaled_local(Vector3.ONE * WIDTH_METRES * scale_now)


## Points at the screen with a ray along -Z of [param aim]. [param press]: the trigger is pulled. Returns
## [code]true[/code] if the ray hits it.
func point(aim: Transform3D, press: bool) -> bool:
	var at := _pixel_of(aim)
	if at.is_finite() and at != _pointer:
		var motion := InputEventMouseMotion.new()
		motion.position = at
		motion.global_position = at
		motion.relative = at - _pointer if _pointer.is_finite() else Vector2.ZERO
		motion.button_mask = MOUSE_BUTTON_MASK_LEFT if _is_pressed else 0 as MouseButtonMask
		_viewport.push_input(motion, true)
		_pointer = at
	if press != _is_pressed and (at.is_finite() or not press):
		_is_pressed = press
		var button := InputEventMouseButton.new()
		button.button_index = MOUSE_BUTTON_LEFT
		button.pressed = press
		button.position = _pointer
		button.global_position = _pointer
		_viewport.push_input(button, true)
	return at.is_finite()


func _pixel_of(aim: Transform3D) -> Vector2:
	var back := global_transform.affine_inverse()
	var from := back * aim.origin
	var along := back.basis * -aim.basis.z
	if not is_visible_in_tree() or absf(along.z) < 1e-5 or -from.z / along.z <= 0.0:
		return Vector2.INF
	var hit := from + along * (-from.z / along.z)
	var quad: QuadMesh = mesh
	var share := Vector2(hit.x / quad.size.x + 0.5, 0.5 - hit.y / quad.size.y)
	return share * Vector2(PIXELS) if Rect2(0, 0, 1, 1).has_point(share) else Vector2.INF
