@tool
extends RefCounted
## Checks whether this Godot can run the addon. It uses only what older versions of Godot 4 understand.

## Oldest version of Godot, as in plugin.cfg.
const MAJOR := 4
const MINOR := 6


## Returns why a version of Godot cannot run the addon, or "". [param version] is [method Engine.get_version_info].
static func fault_of(version: Dictionary) -> String:
	if version.major > MAJOR or (version.major == MAJOR and version.minor >= MINOR):
		return ""
	return "Otherworld needs Godot %d.%d or later. This is Godot %d.%d. Install a newer Godot, or turn the plugin off." \
			% [MAJOR, MINOR, version.major, version.minor]
