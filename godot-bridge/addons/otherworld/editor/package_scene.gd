@tool
extends RefCounted
## Makes a scene file from a package, so that you can place it in other scenes: its model, and its colliders as a
## StaticBody3D.

const PackageCache := preload("../packages/download/package_cache.gd")
const Collider := preload("../packages/model/collider.gd")
const FlatNormals := preload("../packages/model/flat_normals.gd")
const GlbCheck := preload("../packages/model/glb_check.gd")
const Manifest := preload("../packages/download/manifest.gd")
const JsonReader := preload("../packages/download/json_reader.gd")

## Folder of the scene files.
const FOLDER := "res://otherworld_packages"
## Metadata of the scene's root: the package's hash, with which the same package can be spawned in a realm.
const HASH_META := &"otherworld_package"

## Why there is no scene file.
var problem := ""


## Returns the path of the package's scene file, and makes it if it is missing; "" with a [member problem].
func make(server: OtherworldServer, hash: String) -> String:
	var package := await server.package(hash)
	if package == null:
		problem = server.error
		return ""
	var reading := JsonReader.new()
	var manifest := Manifest.read(package._answer, hash, reading)
	if manifest == null:
		problem = "The server's answer is not valid: %s." % reading.fault
		return ""
	var path := path_of(manifest)
	if not ResourceLoader.exists(path):
		var file := manifest.models[0]
		var got := await server._api.file(file.url, file.bytes)
		if not got.is_ok():
			problem = "The model cannot be downloaded. " + got.fault.full_message()
		elif PackageCache.sha256_of(got.body) != file.sha256:
			problem = "The model that the store of files sent is damaged: its hash is not what the package says. Try again."
		else:
			_save(manifest, got.body, path)
	return path if problem.is_empty() else ""


## Returns a readable file name that differs for packages of the same name.
static func path_of(manifest: Manifest) -> String:
	return FOLDER.path_join("%s-%s.scn"
			% [manifest.name.validate_filename().to_lower().replace(" ", "_"), manifest.hash.left(8)])


func _save(manifest: Manifest, glb: PackedByteArray, path: String) -> void:
	var fault := GlbCheck.fault_of(glb)
	if fault:
		problem = "The model of \"%s\" is not valid: %s." % [manifest.name, fault]
		return
	var scene_root := scene_of(manifest, glb)
	if scene_root == null:
		problem = "Godot cannot read the model of \"%s\". Its output says more." % manifest.name
		return
	var scene := PackedScene.new()
	scene.pack(scene_root)
	scene_root.free()
	DirAccess.make_dir_recursive_absolute(FOLDER)
	var error := ResourceSaver.save(scene, path, ResourceSaver.FLAG_COMPRESS)
	if error != OK:
		problem = "%s cannot be written (%s)." % [path, error_string(error)]
		return
	EditorInterface.get_resource_filesystem().update_file(path)


## Returns the model's nodes; null if Godot cannot read it.
static func scene_of(manifest: Manifest, glb: PackedByteArray) -> Node3D:
	var state := GLTFState.new()
	# Textures stay in the scene file. The editor would put them into the project's folder otherwise.
	state.handle_binary_image_mode = GLTFState.HANDLE_BINARY_IMAGE_MODE_EMBED_AS_UNCOMPRESSED
	var document := GLTFDocument.new()
	if document.append_from_buffer(glb, "", state) != OK:
		return null
	FlatNormals.add_to(state)
	var model := document.generate_scene(state)
	if model == null:
		return null
	model.name = "Model"
	var top := Node3D.new()
	top.name = manifest.name.validate_node_name()
	top.set_meta(HASH_META, manifest.hash)
	top.add_child(model)
	_use_meshes(model)
	# The model file repeats the colliders for other programs, a body for each. The manifest's are used.
	for mirrored: Node in model.find_children("*", "CollisionObject3D", true, false):
		mirrored.free()
	if not manifest.colliders.is_empty():
		top.add_child(_body_of(manifest))
	_own(top, top)
	return top


## Converts meshes for scenes. The editor's reader leaves them in the form for importers.
static func _use_meshes(node: Node) -> void:
	for child: Node in node.get_children():
		_use_meshes(child)
	var importer := node as ImporterMeshInstance3D
	if importer == null:
		return
	var mesh := MeshInstance3D.new()
	mesh.transform = importer.transform
	mesh.mesh = importer.mesh.get_mesh()
	mesh.skin = importer.skin
	mesh.skeleton = importer.skeleton_path
	importer.replace_by(mesh)
	mesh.name = importer.name
	importer.free()


static func _body_of(manifest: Manifest) -> StaticBody3D:
	var body := StaticBody3D.new()
	body.name = "Colliders"
	for collider: Collider in manifest.colliders:
		var shape := CollisionShape3D.new()
		shape.name = Collider.KINDS[collider.kind].to_pascal_case()
		shape.shape = collider.shape(1.0)
		shape.transform = collider.place
		body.add_child(shape, true)
	return body


static func _own(node: Node, scene_root: Node) -> void:
	for child: Node in node.get_children():
		child.owner = scene_root
		_own(child, scene_root)
