extends OtherworldClient
## A client that connects only over WebRTC, with a stand-in for the extension.

const _Connection := preload("res://addons/otherworld/net/transport/connection.gd")
const _StandIn := preload("stand_in_connection.gd")


func _init() -> void:
	super()
	transport = Transport.WEBSOCKET


func _on_login_flow_ended(over_websocket: _RealmSession) -> void:
	super(null if over_websocket == null else _RealmSession.new([_over_stand_in], 0, _now()))


func _over_stand_in(now_msec: float) -> _Connection:
	return _StandIn.new(url, token, now_msec)
