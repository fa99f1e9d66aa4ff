extends "res://addons/otherworld/net/transport/webrtc_connection.gd"
## The addon's WebRTC connection with a stand-in for the extension's peer. Only the creation of the peer and the
## transport of packets through the open channel differ.

const StandInPeer := preload("stand_in_peer.gd")

## Port of the Node process.
static var line_port := OS.get_environment("OTHERWORLD_WEBRTC_LINE").to_int()


func _new_peer() -> WebRTCPeerConnection:
	return StandInPeer.new(line_port)


func receive() -> PackedByteArray:
	var peer: StandInPeer = _peer
	if status != Status.OPEN or peer.packets.is_empty():
		return PackedByteArray()
	_received_at_msec = Time.get_ticks_usec() / 1000.0
	return peer.packets.pop_front()


func send(packet: PackedByteArray) -> void:
	var peer: StandInPeer = _peer
	if status == Status.OPEN and _channel.get_ready_state() == WebRTCDataChannel.STATE_OPEN:
		peer.put(packet)
