extends MeshInstance3D
## Darkens the edge of both eyes' view, which reduces motion sickness while a stick moves you. A child of the camera.

## Time constant of the fade, seconds.
const FADE_SECONDS := 0.12
const SHADER := "
shader_type spatial;
render_mode unshaded, shadows_disabled, depth_test_disabled, fog_disabled, cull_disabled;
uniform float strength = 0.0;
varying vec2 place;
void vertex() {
	place = VERTEX.xy * 2.0;
	POSITION = vec4(place, 1.0, 1.0);
}
void fragment() {
	ALBEDO = vec3(0.0);
	ALPHA = smoothstep(1.15 - 0.75 * strength, 1.45 - 0.75 * strength, length(place)) * min(1.0, strength * 2.0);
}
"

var _strength := 0.0


func _init() -> void:
	var quad := QuadMesh.new()
	var shader := Shader.new()
	shader.code = SHADER
	var material := ShaderMaterial.new()
	material.shader = shader
	material.render_priority = RenderingServer.MATERIAL_RENDER_PRIORITY_MAX
	mesh = quad
	material_override = material
	cast_shadow = GeometryInstance3D.SHADOW_CASTING_SETTING_OFF
	# The shader covers the whole view, so it must never be culled.
	extra_cull_margin = 16384.0
	visible = false


## Fades towards [param target], 0 to 1.
func fade(target: float, delta: float) -> void:
	_strength += (target - _strength) * (1.0 - exp(-delta / FADE_SECONDS))
	visible = _strength > 0.01
	(material_override as ShaderMaterial).set_shader_parameter(&"strength", _strength)
