extends "test_case.gd"
## The base of tests of the whole client: makes clients of the server in the environment.

## Address of a real server.
var url := OS.get_environment("OTHERWORLD_URL")
var _clients: Array[OtherworldClient] = []


func before() -> void:
	check(not url.is_empty(), "set OTHERWORLD_URL to the address of a server")


func after() -> void:
	for client: OtherworldClient in _clients:
		if is_instance_valid(client):
			await client.close()
			client.queue_free()
	_clients.clear()


## Returns a client that is joining, without a view and a player.
func enter(named: String, at := url) -> OtherworldClient:
	var client := quiet_client(named, at)
	add_child(client)
	return client


## Tests override it.
func new_client() -> OtherworldClient:
	return OtherworldClient.new()


## The same, but not in the tree.
func quiet_client(named: String, at := url) -> OtherworldClient:
	var client := new_client()
	client.url = at
	client.player_name = named
	client.remember_identity = false
	client.add_view = false
	client.player_kind = OtherworldClient.PlayerKind.NONE
	_clients.append(client)
	return client


## The same, after it has joined and knows its own avatar.
func join(named: String) -> OtherworldClient:
	var client := enter(named)
	await until("%s has joined" % named, func() -> bool: return client.local_avatar != null)
	return client


## Returns why a client of that address fails; "" if it joined.
func reason_of(client: OtherworldClient) -> String:
	var reasons: Array[String] = []
	client.closed.connect(func(reason: String) -> void: reasons.append(reason))
	add_child(client)
	await until("it is refused", func() -> bool: return not reasons.is_empty() or client.state == OtherworldClient.State.JOINED)
	return reasons[0] if reasons else ""


func seconds(count: float) -> void:
	await get_tree().create_timer(count).timeout
