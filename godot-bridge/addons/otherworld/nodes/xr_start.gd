extends RefCounted
## Starts a headset by OpenXR, where there is one.
##
## The project setting [code]xr/openxr/enabled[/code] has to be on: Godot looks for a runtime (SteamVR, Monado, Quest) when it
## starts, and only then. [code]xr/shaders/enabled[/code] is needed as well, and [code]xr/openxr/startup_alert[/code] is best
## off: else a machine without a headset asks for a click at each start.

## Hertz; a higher rate leaves a standalone headset no time to draw.
const RATE_MAX := 90.0

## Why the last [method start] did not find a headset; empty where it did.
static var problem := ""


## Shows [param viewport] in a headset. [code]false[/code]: there is none, and [member problem] says why.
static func start(viewport: Viewport) -> bool:
	problem = _problem_of(viewport)
	return problem.is_empty()


static func _problem_of(viewport: Viewport) -> String:
	var interface := XRServer.find_interface("OpenXR")
	if interface == null:
		return TranslationServer.translate("This Godot was built without OpenXR.")
	if DisplayServer.get_name() == "headless":
		return "Without a display there is no picture for a headset."
	if not interface.is_initialized() and not interface.initialize():
		if not ProjectSettings.get_setting_with_override("xr/openxr/enabled"):
			return TranslationServer.translate("OpenXR is off: turn on xr/openxr/enabled in the project settings.")
		return TranslationServer.translate("No headset was found: start its software (SteamVR, Monado, Quest Link) before the program.")
	XRServer.primary_interface = interface
	_set_up(interface as OpenXRInterface, viewport)
	viewport.use_xr = true
	return ""


## The headset gives the beat, not the monitor; and the edges of the picture are drawn coarsely where that is possible.
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


## The highest refresh rate up to [constant RATE_MAX].
static func _choose_rate(interface: OpenXRInterface) -> void:
	var best := interface.display_refresh_rate
	for rate: float in interface.get_available_display_refresh_rates():
		if rate > best and rate <= RATE_MAX:
			best = rate
	if best > 0.0:
		interface.display_refresh_rate = best
		Engine.physics_ticks_per_second = roundi(best)

