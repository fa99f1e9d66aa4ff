extends SceneTree
## Quits the program OTHERWORLD_FRAMES frames after a client has begun to log in.

var _frames := 0
var _frames_max := OS.get_environment("OTHERWORLD_FRAMES").to_int()


func _initialize() -> void:
	var client := OtherworldClient.new()
	client.url = OS.get_environment("OTHERWORLD_URL")
	client.player_name = "Ada"
	root.add_child(client)


func _process(_delta: float) -> bool:
	_frames += 1
	if _frames > _frames_max:
		print("quits in state ", (root.get_child(-1) as OtherworldClient).state)
		quit()
	return false
