extends "../../test_case.gd"
## A server's response about a package: every used field is checked.

const LevelOfDetail := preload("res://addons/otherworld/packages/download/level_of_detail.gd")
const Manifest := preload("res://addons/otherworld/packages/download/manifest.gd")
const JsonReader := preload("res://addons/otherworld/packages/download/json_reader.gd")

const HASH := "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"


func test_an_object_is_read() -> void:
	var manifest := _read(_answer())
	equal(manifest.name, "cup")
	check(not manifest.is_avatar and not manifest.is_static and manifest.body == null, "it is no object that moves")
	equal(manifest.colliders.size(), 1)
	near_point(manifest.bounds.size, Vector3(1, 2, 3), 1e-6)
	equal(manifest.models.map(func(file: Manifest.ModelFile) -> Array: return [file.metres_min, file.triangles, file.url]), [[0.0, 12, "/v1/assets/sha256/x?expires=1"], [5.5, 3, "http://store/level"]])


func test_an_error_is_reported_with_its_place() -> void:
	var wrong: Dictionary[String, Variant] = {
		"hash": "00".repeat(32), "manifest/kind": "house", "manifest/name": 7, "manifest/bounds/min/x": "left", "manifest/bounds/max": null,
		"manifest/counts/textureBytes": -1, "manifest/files/runtime/sha256": "../../etc", "manifest/files/runtime/bytes": 1e12,
		"manifest/files/levels/0/metresMin": INF, "files/runtime/url": null, "manifest/skeleton": {}, "manifest/capsules": [{}],
		"manifest/attachments/colliders": [{shape = {type = "box"}}], "manifest/physics/prop/motion": "flying", "manifest": "text", "files": [],
	}
	for place: String in wrong:
		var reading := JsonReader.new()
		var answer := _answer()
		_set_at(answer, place, wrong[place])
		check(Manifest.read(answer, HASH, reading) == null and reading.fault.length() > 8, "%s is not found: %s" % [place, reading.fault])
		check(reading.fault.contains(place.get_file()) or reading.fault.contains(place.get_base_dir()), "%s: %s" % [place, reading.fault])


func test_a_manifest_that_is_not_an_object_is_refused() -> void:
	for answer: Variant in [null, 3, "x", [], {}]:
		check(Manifest.read(answer, HASH, JsonReader.new()) == null, "%s was taken" % var_to_str(answer))


func test_a_simpler_model_is_shown_from_its_distance_on_and_kept_a_little() -> void:
	var models := _read(_answer()).models
	equal(LevelOfDetail.choose(models, 5.4, 1.0, 0), 0)
	equal(LevelOfDetail.choose(models, 5.6, 1.0, 0), 1)
	equal(LevelOfDetail.choose(models, 5.4, 1.0, 1), 1)
	equal(LevelOfDetail.choose(models, 4.9, 1.0, 1), 0)
	equal(LevelOfDetail.choose(models, 9.0, 2.0, 0), 0)
	equal(LevelOfDetail.choose(models, 12.0, 2.0, 0), 1)
	equal(LevelOfDetail.choose(models, 100.0, 1.0, -1), 1)


func _read(answer: Dictionary) -> Manifest:
	var reading := JsonReader.new()
	var manifest := Manifest.read(answer, HASH, reading)
	equal(reading.fault, "")
	return manifest


func _set_at(into: Dictionary, place: String, value: Variant) -> void:
	var parts := place.split("/")
	var at: Variant = into
	for part: String in parts.slice(0, -1):
		at = (at as Array)[part.to_int()] if at is Array else (at as Dictionary)[part]
	(at as Dictionary)[parts[-1]] = value


func _answer() -> Dictionary:
	var still := {position = {x = 0.0, y = 0.0, z = 0.0}, rotation = {x = 0.0, y = 0.0, z = 0.0, w = 1.0}}
	return {
		hash = HASH,
		manifest = {
			kind = "object", name = "cup", skeleton = null, capsules = [],
			attachments = {avatar = {animations = []}, colliders = [still.merged({shape = {type = "sphere", radius = 0.1}})]},
			bounds = {min = {x = 0.0, y = 0.0, z = 0.0}, max = {x = 1.0, y = 2.0, z = 3.0}},
			counts = {triangles = 12.0, textureBytes = 1024.0}, physics = {kind = "object", prop = {motion = "dynamic"}},
			files = {
				runtime = {sha256 = "ab".repeat(32), bytes = 100.0, mediaType = "model/gltf-binary"},
				levels = [{sha256 = "cd".repeat(32), bytes = 50.0, triangles = 3.0, metresMin = 5.5}],
			},
		},
		files = {runtime = {url = "/v1/assets/sha256/x?expires=1", expiresAtMs = 1.0}, levels = [{url = "http://store/level", expiresAtMs = 1.0}]},
	}
