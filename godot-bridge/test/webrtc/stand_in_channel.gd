extends WebRTCDataChannelExtension
## The data channel of a stand-in peer. Scripts cannot implement the virtual methods that move packets, because they
## take pointers, so packets bypass it (stand_in_connection.gd).

var state := WebRTCDataChannel.STATE_OPEN
var _label: String
var _id: int
var _mode := WebRTCDataChannel.WRITE_MODE_BINARY


func _init(label: String, id: int) -> void:
	_label = label
	_id = id


func _get_label() -> String:
	return _label


func _get_id() -> int:
	return _id


func _get_ready_state() -> WebRTCDataChannel.ChannelState:
	return state


func _is_ordered() -> bool:
	return false


func _is_negotiated() -> bool:
	return false


func _get_max_retransmits() -> int:
	return 0


func _get_max_packet_life_time() -> int:
	return 0


func _get_protocol() -> String:
	return ""


## As in webrtc-native: 0 until its own buffer of 1 MiB is full.
func _get_buffered_amount() -> int:
	return 0


func _get_write_mode() -> WebRTCDataChannel.WriteMode:
	return _mode


func _set_write_mode(mode: WebRTCDataChannel.WriteMode) -> void:
	_mode = mode


func _was_string_packet() -> bool:
	return false


func _get_available_packet_count() -> int:
	return 0


func _get_max_packet_size() -> int:
	return 16_384


func _poll() -> Error:
	return OK


func _close() -> void:
	state = WebRTCDataChannel.STATE_CLOSED
