extends Label3D
## The name above an avatar. It has the same size on the screen at any distance, so that you can read it, and it moves up
## if it would cover a nearer name.

# Height above the head, metres.
const _ABOVE_METRES := 0.22
# Share of the way to its place that it covers in a second: exponent.
const _EASE := 12.0

# Size of the text, pixels of its font. And how far it is raised above other names, in the same pixels.
var _text_size := Vector2.ZERO
var _lift := 0.0


func _init() -> void:
	name = "Name"
	billboard = BaseMaterial3D.BILLBOARD_ENABLED
	fixed_size = true
	pixel_size = 0.0007
	font_size = 48
	outline_size = 12
	modulate = Color(1.0, 1.0, 1.0, 0.95)
	visibility_range_end = 28.0
	visibility_range_end_margin = 4.0


## Shows another name.
func show_text(shown: String) -> void:
	text = shown
	_text_size = ThemeDB.fallback_font.get_string_size(shown, HORIZONTAL_ALIGNMENT_CENTER, -1, font_size)


## Puts it above a head whose top is [param top] metres above the feet.
func place_above(top: float) -> void:
	position.y = top + _ABOVE_METRES


## Moves it by a frame towards its place.
func move(seconds: float) -> void:
	offset.y += (_lift - offset.y) * (1.0 - exp(-seconds * _EASE))


## Returns its box on the screen before it is raised, pixels. [param factor] is the number of screen pixels for one metre
## at a distance of 1 m, [param metres] its distance from the camera. The box is empty if the camera does not show it.
func box_on_screen(camera: Camera3D, factor: float, metres: float) -> Rect2:
	var at := global_position
	if not is_visible_in_tree() or metres > visibility_range_end or camera.is_position_behind(at):
		return Rect2()
	var size := _text_size * factor * pixel_size
	return Rect2(camera.unproject_position(at) - size / 2.0, size)


## Raises it by pixels of the screen.
func lift(pixels: float, factor: float) -> void:
	_lift = pixels / (factor * pixel_size)
