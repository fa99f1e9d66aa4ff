extends SceneTree
## Changes the scene 100 times while a client in it logs in, later each time, and then quits.

const COUNT := 100

var _states: Dictionary[String, int] = {}


func _initialize() -> void:
	_run()


func _run() -> void:
	await process_frame
	var with_client := _packed(true)
	var without := _packed(false)
	for i: int in COUNT:
		change_scene_to_packed(with_client)
		await scene_changed
		for frame: int in i % 50:
			await process_frame
		var state: String = OtherworldClient.State.find_key((current_scene.get_child(0) as OtherworldClient).state)
		_states[state] = _states.get(state, 0) + 1
		change_scene_to_packed(without)
		await scene_changed
	print("changed %d scenes in states %s" % [COUNT, _states])
	quit()


func _packed(has_client: bool) -> PackedScene:
	var top := Node3D.new()
	if has_client:
		var client := OtherworldClient.new()
		client.url = OS.get_environment("OTHERWORLD_URL")
		client.player_name = "Ada"
		top.add_child(client)
		client.owner = top
	var scene := PackedScene.new()
	scene.pack(top)
	top.free()
	return scene
