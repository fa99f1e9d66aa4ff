@icon("../icons/network_panel.svg")
class_name OtherworldNetworkPanel
extends PanelContainer
## Shows the quality of the connection: ping, packet loss, data rates, server tick and interpolation delay.
##
## Add it anywhere in your user interface. A key shows and hides it. It uses the theme of its parent.

const _Graph := preload("network_graph.gd")

# Interval of updates, seconds.
const _INTERVAL_SECONDS := 0.25
# Length of the graphs, seconds.
const _GRAPH_SECONDS := 20.0
const _WIDTH := 250.0
const _SMALL_FONT := 13
const _PING_COLOR := Color(0.37, 0.55, 0.95)
const _RATE_COLOR := Color(0.18, 0.66, 0.45)
const _CORRECTION_COLOR := Color(0.9, 0.55, 0.2)
const _NOTHING := "–"

## Client to show. If empty, uses the first [OtherworldClient] in the scene.
@export var client: OtherworldClient
## Key that shows and hides the panel. KEY_NONE disables it.
@export var toggle_key := KEY_N

var _figures: Dictionary[String, Label] = {}
var _ping: _Graph
var _rate: _Graph
var _correction: _Graph
var _seconds := 0.0


func _ready() -> void:
	custom_minimum_size.x = _WIDTH
	mouse_filter = MOUSE_FILTER_IGNORE
	if client == null:
		client = get_tree().root.find_children("*", "OtherworldClient", true, false).pop_front()
	_build()
	_show()


func _process(delta: float) -> void:
	_seconds += delta
	if _seconds >= _INTERVAL_SECONDS:
		_seconds = fmod(_seconds, _INTERVAL_SECONDS)
		_show()


func _unhandled_key_input(event: InputEvent) -> void:
	var key := event as InputEventKey
	if key != null and key.pressed and not key.echo and toggle_key != KEY_NONE and key.keycode == toggle_key:
		visible = not visible
		get_viewport().set_input_as_handled()


func _build() -> void:
	var margin := MarginContainer.new()
	for side: String in ["left", "right", "top", "bottom"]:
		margin.add_theme_constant_override("margin_" + side, 8)
	add_child(margin)
	var column := VBoxContainer.new()
	column.add_theme_constant_override(&"separation", 3)
	margin.add_child(column)
	_ping = _add_graph(column, "Ping", _PING_COLOR, 50.0)
	_rate = _add_graph(column, "Down", _RATE_COLOR, 4.0)
	_correction = _add_graph(column, "Correction", _CORRECTION_COLOR, 2.0)
	column.add_child(HSeparator.new())
	for title: String in ["Transport", "Loss", "Jitter", "Up", "Snapshots", "Tick", "Drawn behind", "Picture",
			"Reconnects"]:
		_add_figure(column, title)


func _add_graph(column: VBoxContainer, title: String, color: Color, least: float) -> _Graph:
	_add_figure(column, title)
	var graph := _Graph.new(least, color, roundi(_GRAPH_SECONDS / _INTERVAL_SECONDS))
	column.add_child(graph)
	return graph


func _add_figure(column: VBoxContainer, title: String) -> void:
	var row := HBoxContainer.new()
	var name_label := Label.new()
	name_label.text = title
	name_label.size_flags_horizontal = SIZE_EXPAND_FILL
	name_label.modulate.a = 0.7
	var figure := Label.new()
	figure.horizontal_alignment = HORIZONTAL_ALIGNMENT_RIGHT
	for label: Label in [name_label, figure]:
		label.add_theme_font_size_override(&"font_size", _SMALL_FONT)
		row.add_child(label)
	column.add_child(row)
	_figures[title] = figure


func _show() -> void:
	var stats := client.stats() if is_instance_valid(client) else null
	if stats == null:
		for figure: Label in _figures.values():
			figure.text = _NOTHING
		return
	var joined := client.state == OtherworldClient.State.JOINED
	_ping.push(stats.rtt_msec if joined and stats.rtt_msec >= 0.0 else NAN)
	_rate.push(stats.bytes_down_per_second / 1000.0)
	_correction.push(stats.correction_metres * 100.0)
	# A hidden panel continues its graphs.
	if is_visible_in_tree():
		_show_stats(stats)


func _show_stats(stats: OtherworldStats) -> void:
	_figures["Ping"].text = "%d ms" % roundi(stats.rtt_msec) if stats.rtt_msec >= 0.0 else _NOTHING
	_figures["Down"].text = "%.1f kB/s" % (stats.bytes_down_per_second / 1000.0)
	_figures["Correction"].text = "%.1f cm" % (stats.correction_metres * 100.0)
	_figures["Transport"].text = _transport()
	_figures["Loss"].text = "%.1f %%" % (stats.loss * 100.0)
	_figures["Jitter"].text = "%d ms" % roundi(stats.jitter_msec)
	_figures["Up"].text = "%.1f kB/s" % (stats.bytes_up_per_second / 1000.0)
	_figures["Snapshots"].text = "%.0f /s" % stats.snapshots_per_second
	_figures["Tick"].text = str(stats.server_tick)
	_figures["Drawn behind"].text = "%d ms" % roundi(stats.delay_msec)
	_figures["Picture"].text = "%d fps" % Engine.get_frames_per_second()
	_figures["Reconnects"].text = str(stats.reconnects)


func _transport() -> String:
	match client.state:
		OtherworldClient.State.CONNECTING:
			return "connecting …"
		OtherworldClient.State.RECONNECTING:
			return "reconnecting …"
		OtherworldClient.State.JOINED:
			return { "webrtc": "WebRTC", "websocket": "WebSocket" }.get(client.transport_used, client.transport_used)
	return _NOTHING
