extends RefCounted
## Starts a headset with OpenXR.
##
## The project setting [code]xr/openxr/enabled[/code] must be on, because Godot looks for a runtime (SteamVR, Monado,
## Quest) only when it starts. [code]xr/shaders/enabled[/code] is needed as well. Turn
## [code]xr/openxr/startup_alert[/code] off, or a machine without a headset shows a dialog at each start.

## Limit of the refresh rate, Hz. A higher rate leaves a standalone headset no time to draw.
const RATE_MAX := 90.0

## Why the last [method start] did not find a headset; "" if it did.
static var problem := ""


## Shows [param viewport] in a headset. Returns [code]false[/code] if there is none; see [member problem].
static func start(viewport: Viewport) -> bool:
	problem = _problem_of(viewport)
	return problem.is_empty()


static func _problem_of(viewport: Viewport) -> String:
	var interface := XRServer.find_interface("OpenXR")
	if interface == null:
		return TranslationServer.translate("This Godot was built without OpenXR.")
	if DisplayServer.get_name() == "headless":
		return "A headset needs a display server. Start Godot without --headless."
	if not interface.is_initialized() and not interface.initialize():
		if not ProjectSettings.get_setting_with_override("xr/openxr/enabled"):
			return TranslationServer.translate("OpenXR is off: turn on xr/openxr/enabled in the project settings.")
		return TranslationServer.translate(
				"No headset was found: start its software (SteamVR, Monado, Quest Link) before the program.")
	XRServer.primary_interface = interface
	_set_up(interface as OpenXRInterface, viewport)
	viewport.use_xr = true
	return ""


## Turns off vertical sync, because the headset sets the frame rate, and turns on foveated rendering if possible.
static func _set_up(interface: OpenXRInterface, viewport: Viewport) -> void:
	DisplayServer.window_set_vsync_mode(DisplayServer.VSYNC_DISABLED)
	if interface == null:
		return
	if interface.is_foveation_supported():
		interface.foveation_level = 3
		interface.foveation_dynamic = true
	elif RenderingServer.get_rendering_device() != null:
		viewport.vrs_mode = Viewport.VRS_XR
	if not interface.session_begun.is_connected(_choose_rate):
		interface.session_begun.connect(_choose_rate.bind(interface))


## Returns the highest refresh rate up to [constant RATE_MAX].
static func _choose_rate(interface: OpenXRInterface) -> void:
	var best := interface.display_refresh_rate
	for rate: float in interface.get_available_display_refresh_rates():
		if rate > best and rate <= RATE_MAX:
			best = rate
	if best > 0.0:
		interface.display_refresh_rate = best
		Engine.physics_ticks_per_second = roundi(best)

