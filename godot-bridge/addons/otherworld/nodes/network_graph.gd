extends Control
## A small graph of a value over the last seconds, in the colours of its theme.

const HEIGHT := 34.0
const LINE_WIDTH := 1.5
## Opacity of the area below the line, and of the grid.
const FILL_ALPHA := 0.18
const GRID_ALPHA := 0.12

## Least range of the vertical scale, in the value's unit.
var least := 1.0
var color := Color.WHITE

## Values, the newest last; NAN without one.
var _values: PackedFloat32Array = []


func _init(scale_least: float, line: Color, count: int) -> void:
	least = scale_least
	color = line
	_values.resize(count)
	_values.fill(NAN)
	custom_minimum_size = Vector2(0.0, HEIGHT)
	size_flags_horizontal = SIZE_EXPAND_FILL


## Adds the newest value and drops the oldest.
func push(value: float) -> void:
	_values.remove_at(0)
	_values.append(value)
	queue_redraw()


func _draw() -> void:
	var grid := Color(get_theme_color(&"font_color", &"Label"), GRID_ALPHA)
	draw_line(Vector2(0.0, size.y - 0.5), Vector2(size.x, size.y - 0.5), grid)
	draw_line(Vector2(0.0, 0.5), Vector2(size.x, 0.5), grid)
	var most := least
	for value: float in _values:
		most = maxf(most, value) if is_finite(value) else most
	var line: PackedVector2Array = []
	for index: int in _values.size():
		if is_finite(_values[index]):
			line.append(_place(index, _values[index] / most))
		else:
			_stroke(line)
			line.clear()
	_stroke(line)


func _place(index: int, share: float) -> Vector2:
	return Vector2(size.x * index / (_values.size() - 1), lerpf(size.y - 1.0, 2.0, share))


func _stroke(line: PackedVector2Array) -> void:
	if line.size() < 2:
		return
	var fill := Color(color, FILL_ALPHA)
	for index: int in line.size() - 1:
		var from := line[index]
		var to := line[index + 1]
		draw_primitive([from, to, Vector2(to.x, size.y), Vector2(from.x, size.y)], [fill, fill, fill, fill], [])
	draw_polyline(line, color, LINE_WIDTH, true)
