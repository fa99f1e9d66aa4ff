extends "../test_case.gd"
## The check of Godot's version at the start.

const SupportedVersion := preload("res://addons/otherworld/supported_version.gd")


func test_an_older_godot_is_refused_with_a_message() -> void:
	for version: Array in [[4, 6], [4, 7], [5, 0]]:
		equal(SupportedVersion.fault_of({"major": version[0], "minor": version[1]}), "")
	for version: Array in [[4, 5], [3, 9]]:
		var fault := SupportedVersion.fault_of({"major": version[0], "minor": version[1]})
		check(fault.begins_with("Otherworld needs Godot 4.6 or later. This is Godot %d.%d." % version), fault)


func test_the_plugin_states_the_oldest_version() -> void:
	var file := ConfigFile.new()
	file.load("res://addons/otherworld/plugin.cfg")
	equal(file.get_value("compatibility", "godot_version_min"), "%d.%d" % [SupportedVersion.MAJOR, SupportedVersion.MINOR])
