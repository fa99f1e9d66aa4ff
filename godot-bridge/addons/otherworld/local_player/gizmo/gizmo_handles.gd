extends Node3D
## The visible handles of a gizmo: three arrows, three rings and a cube, unshaded and drawn over everything. One unit is
## the length of an arrow.

## The handles.
enum Handle { NONE, MOVE_X, MOVE_Y, MOVE_Z, TURN_X, TURN_Y, TURN_Z, SCALE }

const AXES: PackedVector3Array = [Vector3.RIGHT, Vector3.UP, Vector3.BACK]
const COLORS: PackedColorArray = [Color(0.96, 0.26, 0.33), Color(0.45, 0.82, 0.12), Color(0.2, 0.52, 0.98)]
const CUBE_COLOR := Color(0.95, 0.95, 0.95)
const HIGHLIGHT_COLOR := Color(1.0, 0.86, 0.2)
## Start of an arrow and radius of a ring. They do not overlap.
const ARROW_FROM := 0.2
const RING := 0.8
const CUBE := 0.14
## Handles are drawn after everything else.
const RENDER_PRIORITY := 100
const RING_POINTS := 48

var _materials: Dictionary[int, StandardMaterial3D] = {}
var _highlighted := Handle.NONE


func _init() -> void:
	for i: int in 3:
		_add_arrow(i)
		_add_ring(i)
	_add_cube()


## Highlights one handle.
func highlight(handle: Handle) -> void:
	if handle == _highlighted:
		return
	_color(_highlighted, _color_of(_highlighted))
	_highlighted = handle
	_color(_highlighted, HIGHLIGHT_COLOR)


## Returns the line of a handle in units of the gizmo, to measure the pointer's distance to it.
static func line_of(handle: Handle) -> PackedVector3Array:
	if handle == Handle.SCALE:
		return [Vector3.ZERO, Vector3.ZERO]
	if handle <= Handle.MOVE_Z:
		var axis := AXES[handle - Handle.MOVE_X]
		return [axis * ARROW_FROM, axis]
	var about := AXES[handle - Handle.TURN_X]
	var from := Vector3(about.y, about.z, about.x) * RING
	var points: PackedVector3Array = []
	for i: int in RING_POINTS + 1:
		points.append(from.rotated(about, i * TAU / RING_POINTS))
	return points


## Returns the axis of a handle in the gizmo's space.
static func axis_of(handle: Handle) -> Vector3:
	return AXES[(handle - Handle.MOVE_X) % 3]


func _add_arrow(i: int) -> void:
	var shaft := CylinderMesh.new()
	shaft.top_radius = 0.018
	shaft.bottom_radius = 0.018
	shaft.height = 0.8 - ARROW_FROM
	var tip := CylinderMesh.new()
	tip.top_radius = 0.0
	tip.bottom_radius = 0.06
	tip.height = 0.2
	var handle := (Handle.MOVE_X + i) as Handle
	_add(shaft, handle, COLORS[i], Transform3D(_upright(i), AXES[i] * (ARROW_FROM + shaft.height / 2.0)))
	_add(tip, handle, COLORS[i], Transform3D(_upright(i), AXES[i] * 0.9))


func _add_ring(i: int) -> void:
	var ring := TorusMesh.new()
	ring.inner_radius = RING - 0.015
	ring.outer_radius = RING + 0.015
	ring.rings = 64
	ring.ring_segments = 6
	_add(ring, (Handle.TURN_X + i) as Handle, COLORS[i].lerp(Color.WHITE, 0.15), Transform3D(_upright(i), Vector3.ZERO))


func _add_cube() -> void:
	var cube := BoxMesh.new()
	cube.size = Vector3.ONE * CUBE
	_add(cube, Handle.SCALE, CUBE_COLOR, Transform3D.IDENTITY)


func _add(mesh: Mesh, handle: Handle, color: Color, place: Transform3D) -> void:
	if not _materials.has(handle):
		var material := StandardMaterial3D.new()
		material.shading_mode = BaseMaterial3D.SHADING_MODE_UNSHADED
		material.transparency = BaseMaterial3D.TRANSPARENCY_ALPHA
		material.no_depth_test = true
		material.disable_fog = true
		material.render_priority = RENDER_PRIORITY
		material.set_meta(&"color", color)
		material.albedo_color = color
		_materials[handle] = material
	var instance := MeshInstance3D.new()
	instance.mesh = mesh
	instance.material_override = _materials[handle]
	instance.transform = place
	instance.cast_shadow = GeometryInstance3D.SHADOW_CASTING_SETTING_OFF
	instance.gi_mode = GeometryInstance3D.GI_MODE_DISABLED
	add_child(instance)


# Meshes point along Y.
func _upright(i: int) -> Basis:
	return Basis(Quaternion(Vector3.UP, AXES[i])) if i != 1 else Basis.IDENTITY


func _color_of(handle: Handle) -> Color:
	return _materials[handle].get_meta(&"color") if _materials.has(handle) else Color.WHITE


func _color(handle: Handle, color: Color) -> void:
	if _materials.has(handle):
		_materials[handle].albedo_color = color
