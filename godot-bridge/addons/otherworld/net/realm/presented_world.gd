extends RefCounted
## The world as it is drawn: others slightly in the past, your own avatar and held props at the predicted present. It
## outlives connections; [method begin] is called at each Welcome.

const Messages := preload("../../wire/generated/messages.gd")
const LocalAvatar := preload("../../local_player/prediction/local_avatar.gd")
const Playback := preload("../../world/playback.gd")
const ServerClock := preload("../../world/server_clock.gd")
const SnapshotDecoder := preload("../../wire/snapshot_decoder.gd")
const World := preload("../../world/world.gd")

var world := World.new()
## These three are null before the first Welcome.
var clock: ServerClock
var playback: Playback
var local_avatar: LocalAvatar
## Returns the colliders of a package by its hash, or null while they are not known.
var colliders_of := func(_hash: String) -> Variant: return null
var _pose: OtherworldPose


## Starts after a Welcome. If the session was resumed, the clock continues, because the ticks are the same.
func begin(welcome: Messages.Welcome, definition: Dictionary, decoder: SnapshotDecoder) -> void:
	if not welcome.resumed or clock == null:
		clock = ServerClock.new(welcome.tick_rate)
	var least: Dictionary = definition.bounds.min
	world.welcome(decoder, Vector3(least.x, least.y, least.z), welcome.tick_rate, welcome.player)
	playback = Playback.new(welcome.tick_rate)
	local_avatar = LocalAvatar.new(welcome.player, definition)
	local_avatar.colliders_of = colliders_of
	if _pose != null:
		local_avatar.set_pose(_pose)


## Returns the client's timeline in whole ticks; 0 before it starts.
func timeline(now_msec: float) -> int:
	return 0 if clock == null else floori(clock.server_tick(now_msec))


## Records a measured round trip, ms.
func round_trip(rtt_msec: float, now_msec: float) -> void:
	if clock != null:
		clock.round_trip(rtt_msec, now_msec)


## Applies a snapshot that the decoder has received.
func apply_snapshot(part: Messages.Snapshot, now_msec: float) -> void:
	world.apply_snapshot(part.tick)
	playback.record_snapshot(part.tick, now_msec)
	clock.record_snapshot(part.tick, now_msec)
	if part.own != null:
		local_avatar.reconcile(part.own, part.tick, clock.server_tick(now_msec), clock.away_ticks(), now_msec, world.props)


## Sets your own pose. You see it at once, not when the server sends it back.
func set_pose(pose: OtherworldPose) -> void:
	_pose = pose
	if local_avatar != null:
		local_avatar.set_pose(pose)


## Updates the world to the state to draw now. Returns the tick at which the others are shown.
func sample(now_msec: float) -> float:
	var tick := playback.draw_tick(now_msec)
	world.sample(tick)
	var present := clock.server_tick(now_msec)
	if world.local_avatar != null:
		local_avatar.place(world.local_avatar, present, now_msec)
	local_avatar.place_props(world, tick, present, now_msec)
	return tick
