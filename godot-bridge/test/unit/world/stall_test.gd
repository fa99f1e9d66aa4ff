extends "../../test_case.gd"
## A stalled main thread: others move on, and the delay remains that of the connection.

const Decoder := preload("res://addons/otherworld/wire/snapshot_decoder.gd")
const Messages := preload("res://addons/otherworld/wire/generated/messages.gd")
const Playback := preload("res://addons/otherworld/world/playback.gd")
const ServerClock := preload("res://addons/otherworld/world/server_clock.gd")
const World := preload("res://addons/otherworld/world/world.gd")
const TICK_MSEC := 1_000.0 / 60.0
const SEND_TICKS := 3
## Speed of the avatar, which walks along x, m/s.
const SPEED := 3.0
const WAY_MSEC := 40.0
const JITTER_MSEC := 20.0

## One drawn frame.
class Seen:
	var at_msec: float
	var behind_msec: float
	var delay_msec: float
	## Distances of the drawn position from the true one at that tick, and from the frame before, metres.
	var off: float
	var step: float
	var clock_ticks_off: float


func test_a_stall_of_200_msec_changes_neither_delay_nor_position() -> void:
	_check_stall(200.0)


func test_a_stall_of_two_seconds_changes_neither_delay_nor_position() -> void:
	_check_stall(2_000.0)


func test_stalls_and_hitches_every_second_do_not_add_up() -> void:
	for msec: float in [120.0, 200.0, 300.0]:
		var stalls: Array[Vector2] = []
		for i: int in 15:
			stalls.append(Vector2(5_000.0 + i * 1_000.0, 5_000.0 + i * 1_000.0 + msec))
		var seen := _watch(20_000.0, stalls)
		var before := _worst_delay(seen, 4_000.0, 5_000.0)
		var after := _worst_delay(seen, 5_000.0, 20_000.0)
		check(after < before + 10.0, "stalls of %s msec: the delay grew from %s to %s" % [msec, before, after])
		_check_places(seen, 5_000.0)


func test_ten_frames_a_second_are_drawn_evenly() -> void:
	var seen := _watch(12_000.0, [], 100.0)
	_check_places(seen, 4_000.0)
	for one: Seen in seen:
		if one.at_msec > 4_000.0:
			near(one.step, SPEED * 0.1, SPEED * 0.1 * 0.11, "%s msec: a step" % one.at_msec)


func _check_stall(msec: float) -> void:
	var seen := _watch(12_000.0, [Vector2(6_000.0, 6_000.0 + msec)])
	var before := _worst_delay(seen, 5_000.0, 6_000.0)
	var after := _worst_delay(seen, 6_000.0, 12_000.0)
	check(after < before + 10.0, "the delay grew from %s to %s msec" % [before, after])
	_check_places(seen, 5_000.0)
	var usually_behind := 0.0
	for one: Seen in seen:
		if one.at_msec < 6_000.0:
			usually_behind = one.behind_msec
		else:
			# The true position moves on with the same delay: a few centimetres at three metres a second.
			near((one.behind_msec - usually_behind) * SPEED / 1_000.0, 0.0, 0.05, "%s msec: against the truth" % one.at_msec)
			near(one.clock_ticks_off, 0.0, 1.5, "%s msec: the clock" % one.at_msec)


## Checks that an even motion is drawn evenly, within millimetres and the deviation of the playback speed.
func _check_places(seen: Array[Seen], from_msec: float) -> void:
	for one: Seen in seen:
		if one.at_msec >= from_msec:
			near(one.off, 0.0, 0.02, "%s msec: the place" % one.at_msec)


func _worst_delay(seen: Array[Seen], from_msec: float, to_msec: float) -> float:
	var worst := 0.0
	for one: Seen in seen:
		if one.at_msec >= from_msec and one.at_msec < to_msec:
			worst = maxf(worst, one.delay_msec)
	return worst


## Runs the snapshots of an avatar that walks evenly, on a main thread that draws each [param frame_msec] and stalls in
## [param stalls]. The packets of a stall arrive in the frame after it.
func _watch(length_msec: float, stalls: Array[Vector2], frame_msec := TICK_MSEC) -> Array[Seen]:
	var playback := Playback.new(60)
	var clock := ServerClock.new(60)
	var decoder := Decoder.new()
	var world := _world_with_one(decoder)
	var arrivals := _arrivals(length_msec)
	var seen: Array[Seen] = []
	var last := 0.0
	var next := 0
	var at := 0.0
	while at < length_msec:
		for stall: Vector2 in stalls:
			if at >= stall.x and at < stall.y:
				at = stall.y
		while next < arrivals.size() and arrivals[next].x <= at:
			var tick := int(arrivals[next].y)
			check(decoder.receive(tick, _root_at(tick), []), decoder.fault)
			world.apply_snapshot(tick)
			playback.record_snapshot(tick, at)
			clock.round_trip(2.0 * WAY_MSEC + at - arrivals[next].x, at)
			clock.record_snapshot(tick, at)
			next += 1
		var drawn := playback.draw_tick(at)
		world.sample(drawn)
		if world.avatars.has(7):
			var one := Seen.new()
			var x := world.avatars[7].position.x
			one.at_msec = at
			one.behind_msec = at - drawn * TICK_MSEC
			one.delay_msec = playback.delay_msec()
			one.off = x - SPEED * drawn / 60.0
			one.step = x - last
			one.clock_ticks_off = clock.server_tick(at) - at / TICK_MSEC
			last = x
			seen.append(one)
		at += frame_msec
	check(seen.size() > length_msec / frame_msec / 2.0, "only %d frames show it" % seen.size())
	return seen


## Returns when each snapshot arrives, and its tick.
func _arrivals(length_msec: float) -> PackedVector2Array:
	var dice := RandomNumberGenerator.new()
	dice.seed = 11
	var arrivals := PackedVector2Array()
	for tick: int in range(SEND_TICKS, int(length_msec / TICK_MSEC), SEND_TICKS):
		arrivals.append(Vector2(tick * TICK_MSEC + WAY_MSEC + dice.randf_range(0.0, JITTER_MSEC), tick))
	return arrivals


## Returns a whole record of element 7's root.
func _root_at(tick: int) -> PackedByteArray:
	var bytes := "010700ef0000000000000000000000000000000000000000000000".left(48).hex_decode()
	var x := roundi((SPEED * tick / 60.0 + 64.0) * 1_000.0)
	bytes.encode_u16(4, x & 0xffff)
	bytes[6] = x >> 16
	bytes.encode_u16(7, 64_000)
	bytes.encode_u16(10, 64_000)
	bytes.encode_s16(15, roundi(SPEED * 50.0))
	bytes[21] = 1
	return bytes


func _world_with_one(decoder: Decoder) -> World:
	var world := World.new()
	world.welcome(decoder, Vector3.ZERO, 60, 1)
	var message := Messages.ServerMessage.new()
	message.avatar_added = Messages.AvatarAdded.new()
	message.avatar_added.element = 7
	world.receive(message)
	return world
