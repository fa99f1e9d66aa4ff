extends RefCounted
## Whether this Godot can do WebRTC: web exports can, others need the webrtc-native extension.

const _EXTENSION_BASE := &"WebRTCPeerConnectionExtension"

## What to do where it cannot.
const INSTALL := "WebRTC is not installed, so the connection goes over WebSocket, which stutters on bad networks. " \
	+ "Install the webrtc-native extension for Godot 4 (github.com/godotengine/webrtc-native, releases): unpack it into the " \
	+ "project's folder and restart the editor; or set OtherworldClient's transport to WebSocket."


## True where connections can be made. Says nothing aloud: without an extension, a peer made is a warning and one used an error.
static func is_there() -> bool:
	if OS.has_feature("web"):
		return true
	if not ClassDB.class_exists(&"WebRTCPeerConnection") or ClassDB.get_inheriters_from_class(_EXTENSION_BASE).is_empty():
		return false
	# An extension is loaded; whether it serves, only a connection tells.
	var peer := WebRTCPeerConnection.new()
	if peer.get_class() == _EXTENSION_BASE or peer.initialize() != OK:
		return false
	var channel := peer.create_data_channel("otherworld")
	peer.close()
	return channel != null
