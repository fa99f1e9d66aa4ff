extends RefCounted
## What is drawn of a realm: the world a little ago, the own avatar and what it holds at their predicted present. Outlives
## connections: [method begin] at each Welcome.

const Messages := preload("../../wire/generated/messages.gd")
const LocalAvatar := preload("../../local_player/prediction/local_avatar.gd")
const Playback := preload("../../world/playback.gd")
const ServerClock := preload("../../world/server_clock.gd")
const SnapshotDecoder := preload("../../wire/snapshot_decoder.gd")
const World := preload("../../world/world.gd")

var world := World.new()
## The three are null before the first Welcome.
var clock: ServerClock
var playback: Playback
var local_avatar: LocalAvatar
var _own_pose: OtherworldPose


## A Welcome came. What goes on from an earlier connection of the same session is the clock: the ticks are the same.
func begin(welcome: Messages.Welcome, definition: Dictionary, decoder: SnapshotDecoder) -> void:
	if not welcome.resumed or clock == null:
		clock = ServerClock.new(welcome.tick_rate)
	var least: Dictionary = definition.bounds.min
	world.welcome(decoder, Vector3(least.x, least.y, least.z), welcome.tick_rate, welcome.player)
	playback = Playback.new(welcome.tick_rate)
	local_avatar = LocalAvatar.new(welcome.player, definition)
	if _own_pose != null:
		local_avatar.poses(_own_pose)


## The client's own timeline, in whole ticks; 0 before it begins.
func timeline(now_msec: float) -> int:
	return 0 if clock == null else floori(clock.server_tick(now_msec))


## A round trip was measured, ms.
func round_trip(rtt_msec: float, now_msec: float) -> void:
	if clock != null:
		clock.round_trip(rtt_msec, now_msec)


## A snapshot came, which the decoder has taken.
func show(part: Messages.Snapshot, now_msec: float) -> void:
	world.show(part.tick)
	playback.arrived(part.tick, now_msec)
	clock.arrived(part.tick, now_msec)
	if part.own != null:
		local_avatar.told(part.own, part.tick, clock.server_tick(now_msec), clock.away_ticks(), now_msec, world.props)


## What is sent of oneself is seen at once, not when the server tells it.
func poses(pose: OtherworldPose) -> void:
	_own_pose = pose
	if local_avatar != null:
		local_avatar.poses(pose)


## Brings the world to what is to be drawn now. Returns the moment at which the others are shown, in ticks.
func sample(now_msec: float) -> float:
	var tick := playback.draw_tick(now_msec)
	world.sample(tick)
	var present := clock.server_tick(now_msec)
	if world.local_avatar != null:
		local_avatar.place(world.local_avatar, present, now_msec)
	local_avatar.place_props(world, tick, present, now_msec)
	return tick
