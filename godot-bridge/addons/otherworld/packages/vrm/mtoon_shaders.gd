@tool
extends RefCounted
## The shaders of MToon materials. Materials with the same features share one, so that an avatar whose features were shown
## before compiles nothing.

const INCLUDE: ShaderInclude = preload("mtoon.gdshaderinc")

static var _shaders: Dictionary[String, Shader] = {}
static var _lock := Mutex.new()


## What needs another shader, and not only other parameters.
class Features:
	var is_outline := false
	var is_unlit := false
	var is_double_sided := false
	## OPAQUE, MASK or BLEND, as in glTF.
	var alpha_mode := "OPAQUE"
	## Only for BLEND.
	var writes_depth := false
	var repeats := true
	var is_pixelated := false


static func of(features: Features) -> Shader:
	var code := _code(features)
	# Models are read on several threads.
	_lock.lock()
	if not _shaders.has(code):
		var shader := Shader.new()
		shader.code = code
		_shaders[code] = shader
	var found := _shaders[code]
	_lock.unlock()
	return found


static func _code(features: Features) -> String:
	var modes: PackedStringArray = ["specular_disabled"]
	var defines: PackedStringArray = [
		"MTOON_FILTER filter_nearest_mipmap" if features.is_pixelated else "MTOON_FILTER filter_linear_mipmap",
		"MTOON_REPEAT repeat_enable" if features.repeats else "MTOON_REPEAT repeat_disable",
	]
	if features.is_unlit:
		defines.append("MTOON_UNLIT")
		modes.append("unshaded")
	if features.is_outline:
		defines.append("MTOON_OUTLINE")
		modes.append("cull_front")
	else:
		modes.append("cull_disabled" if features.is_double_sided else "cull_back")
	if features.alpha_mode == "MASK":
		defines.append("MTOON_MASK")
	elif features.alpha_mode == "BLEND":
		defines.append("MTOON_BLEND")
		modes.append("depth_draw_always" if features.writes_depth else "depth_draw_never")
	var code := "shader_type spatial;\nrender_mode %s;\n" % ", ".join(modes)
	for define: String in defines:
		code += "#define %s\n" % define
	return code + INCLUDE.code
