extends RefCounted
## Whether this Godot supports WebRTC. Web exports do; other platforms need the webrtc-native extension.

const _EXTENSION_BASE := &"WebRTCPeerConnectionExtension"

## The message if it does not.
const INSTALL := "WebRTC is not installed, so the connection uses WebSocket, which stalls when packets are lost. " \
	+ "Install the webrtc-native extension for Godot 4 (github.com/godotengine/webrtc-native, releases): unzip it into " \
	+ "the project's folder and restart the editor. Or set OtherworldClient's transport to WebSocket."


## Returns [code]true[/code] if WebRTC is available. Prints nothing: without an extension, Godot prints a warning for
## each new peer and an error for each use.
static func is_there() -> bool:
	if OS.has_feature("web"):
		return true
	if not ClassDB.class_exists(&"WebRTCPeerConnection") or ClassDB.get_inheriters_from_class(_EXTENSION_BASE).is_empty():
		return false
	# An extension is loaded. Only a connection shows whether it works.
	var peer := WebRTCPeerConnection.new()
	if peer.get_class() == _EXTENSION_BASE or peer.initialize() != OK:
		return false
	var channel := peer.create_data_channel("otherworld")
	peer.close()
	return channel != null


## Returns what is wrong with servers for [method WebRTCPeerConnection.initialize], or "". There, a wrong value is an
## error of the engine, and an address that webrtc-native cannot read (stuns: and bracketed IPv6 addresses, for example)
## ends the process.
static func fault_of(ice_servers: Array[Dictionary]) -> String:
	for i: int in ice_servers.size():
		var urls: Variant = ice_servers[i].get("urls")
		var list: Array = urls if urls is Array else [urls]
		for url: Variant in list if list else [null]:
			if not (url is String and _is_ice_url(url as String)):
				return ("ICE server %d is not valid (%s). It must look like {\"urls\": [\"stun:stun.example.org:3478\"]}, "
						+ "or turn: or turns: with \"username\" and \"credential\".") % [i + 1, str(url).left(100)]
		for field: String in ["username", "credential"]:
			if not ice_servers[i].get(field, "") is String:
				return "The %s of ICE server %d must be a text." % [field, i + 1]
	return ""


static func _is_ice_url(url: String) -> bool:
	var pattern := RegEx.create_from_string(
			"^(?:stun|turns?):[A-Za-z0-9._-]+(?::(\\d{1,5}))?(?:\\?transport=(?:udp|tcp))?$")
	var found := pattern.search(url)
	return found != null and found.get_string(1).to_int() <= 65535
