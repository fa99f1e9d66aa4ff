@tool
extends RefCounted
## Replaces the materials of a VRM's scene by MToon ones if the file has them: VRMC_materials_mtoon (1.0), or
## materialProperties of VRM (0.x).

const GlbCheck := preload("../model/glb_check.gd")
const Mtoon0 := preload("mtoon_0.gd")
const MtoonMaterial := preload("mtoon_material.gd")
const VrmJson := preload("vrm_json.gd")


## Changes the meshes below [param root], which Godot has made from [param state].
static func apply(state: GLTFState, root: Node3D) -> void:
	var made := _materials(state)
	if made.is_empty():
		return
	for mesh: MeshInstance3D in root.find_children("*", "MeshInstance3D", true, false):
		for surface: int in mesh.mesh.get_surface_count() if mesh.mesh != null else 0:
			var material: ShaderMaterial = made.get(mesh.mesh.surface_get_material(surface))
			if material != null:
				mesh.mesh.surface_set_material(surface, material)


## Returns the new materials by those that they replace.
static func _materials(state: GLTFState) -> Dictionary[Material, ShaderMaterial]:
	var made: Dictionary[Material, ShaderMaterial] = {}
	var before := state.get_materials()
	var textures := _textures(state)
	var of_vrm_0 := Mtoon0.migrated(
			VrmJson.objects_of(VrmJson.extension_of(state.json, "VRM").get("materialProperties"), GlbCheck.MATERIALS_MAX))
	var definitions := VrmJson.objects_of(state.json.get("materials"), GlbCheck.MATERIALS_MAX)
	for i: int in mini(definitions.size(), before.size()):
		var definition := definitions[i]
		if i < of_vrm_0.size() and VrmJson.extension_of(definition, "VRMC_materials_mtoon").is_empty():
			definition = definition.merged(of_vrm_0[i], true)
		if not VrmJson.extension_of(definition, "VRMC_materials_mtoon").is_empty():
			made[before[i]] = MtoonMaterial.of(definition, textures, before[i] as BaseMaterial3D)
	return made


## Returns the file's textures by index; null for one without an image.
static func _textures(state: GLTFState) -> Array[Texture2D]:
	var images := state.get_images()
	var textures: Array[Texture2D] = []
	for texture: GLTFTexture in state.get_textures():
		textures.append(images[texture.src_image] if texture.src_image >= 0 and texture.src_image < images.size() else null)
	return textures
