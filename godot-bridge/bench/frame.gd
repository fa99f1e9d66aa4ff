extends SceneTree
## Measures what remote avatars cost per frame: decodes, applies and draws captured snapshots, and writes the times in
## ms by name. bench/godot-frame.ts captures and reports: [code]npm run bench -- godot-frame[/code]. [code]--
## CAPTURED.json MEASURED.json[/code]

const Messages := preload("res://addons/otherworld/wire/generated/messages.gd")
const Decoder := preload("res://addons/otherworld/wire/snapshot_decoder.gd")
const World := preload("res://addons/otherworld/world/world.gd")
const TICK_RATE := 60
## Delay behind the newest snapshot, ticks: that of playback on a good connection with a little jitter.
const DELAY_TICKS := 6.0
## Frames per second of a screen, and frames per snapshot.
const FRAMES_PER_SNAPSHOT := 3

## Each time is the least of this many runs, so that other programs do not count.
const RUNS := 5

## Times by name, msec.
var _measured: Dictionary[String, PackedFloat64Array] = {}
## Number of times in this run, by name.
var _noted: Dictionary[String, int] = {}


func _initialize() -> void:
	var arguments := OS.get_cmdline_user_args()
	var captured: Dictionary = JSON.parse_string(FileAccess.get_file_as_string(arguments[0]))
	for run: int in RUNS:
		_noted.clear()
		_play("packets of 1,100 bytes", captured, captured.packets as Array)
		for room: Dictionary in captured.rooms:
			_play(room.name as String, captured, room.snapshots as Array)
		_first(captured, (captured.rooms as Array)[0].snapshots[0] as Dictionary)
	var file := FileAccess.open(arguments[1], FileAccess.WRITE)
	file.store_string(JSON.stringify(_measured))
	file.close()
	quit()


## Frames at 60 a second; a snapshot arrives in every third.
func _play(name: String, captured: Dictionary, snapshots: Array) -> void:
	var decoder := Decoder.new()
	var world := _world(decoder, captured)
	for snapshot: Dictionary in snapshots:
		var tick := int(snapshot.tick)
		var avatars := (snapshot.avatars as String).hex_decode()
		var props := (snapshot.props as String).hex_decode()
		var begin := Time.get_ticks_usec()
		if not decoder.receive(tick, avatars, props) or decoder.missing > 0:
			printerr("ERROR: %s: %s, %d missing" % [name, decoder.fault, decoder.missing])
			quit(1)
			return
		var decoded := Time.get_ticks_usec()
		world.apply_snapshot(tick)
		var applied := Time.get_ticks_usec()
		_note(name + ": decoded", decoded - begin)
		_note(name + ": applied", applied - decoded)
		_note(name + ": both", applied - begin)
		for i: int in FRAMES_PER_SNAPSHOT:
			var frame := Time.get_ticks_usec()
			world.sample(tick - DELAY_TICKS + i)
			_note(name + ": a frame drawn between", Time.get_ticks_usec() - frame)


## A new decoder: what joining costs, once.
func _first(captured: Dictionary, snapshot: Dictionary) -> void:
	var avatars := (snapshot.avatars as String).hex_decode()
	var props := (snapshot.props as String).hex_decode()
	for i: int in 20:
		var decoder := Decoder.new()
		var world := _world(decoder, captured)
		var begin := Time.get_ticks_usec()
		decoder.receive(int(snapshot.tick), avatars, props)
		world.apply_snapshot(int(snapshot.tick))
		_note("the first of all: both", Time.get_ticks_usec() - begin)


func _world(decoder: Decoder, captured: Dictionary) -> World:
	var world := World.new()
	var least: Dictionary = captured.boundsMin
	world.welcome(decoder, Vector3(least.x as float, least.y as float, least.z as float), TICK_RATE, 1)
	for element: float in captured.avatars:
		var message := Messages.ServerMessage.new()
		message.avatar_added = Messages.AvatarAdded.new()
		message.avatar_added.element = int(element)
		message.avatar_added.player = int(element)
		world.receive(message)
	for element: float in captured.props:
		var message := Messages.ServerMessage.new()
		message.prop_added = Messages.PropAdded.new()
		message.prop_added.element = int(element)
		message.prop_added.prop = Messages.PropSpec.new()
		message.prop_added.rotation = Quaternion.IDENTITY
		world.receive(message)
	return world


func _note(what: String, usec: int) -> void:
	var msec := usec / 1_000.0
	if not _measured.has(what):
		_measured[what] = PackedFloat64Array()
	var at: int = _noted.get(what, 0)
	_noted[what] = at + 1
	if at == _measured[what].size():
		_measured[what].append(msec)
	else:
		_measured[what][at] = minf(_measured[what][at], msec)
