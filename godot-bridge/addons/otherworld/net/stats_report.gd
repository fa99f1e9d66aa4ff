extends RefCounted
## Figures of a visit, as people read them.

const RealmSession := preload("realm_session.gd")


## Of this moment.
static func of(visit: RealmSession, now_msec: float) -> OtherworldStats:
	var stats := OtherworldStats.new()
	stats.transport = visit.transport
	stats.rtt_msec = visit.session.rtt_msec
	stats.loss = visit.session.loss()
	stats.quiet_msec = visit.quiet_msec(now_msec)
	stats.bytes_up_per_second = visit.up.per_second(now_msec)
	stats.bytes_down_per_second = visit.down.per_second(now_msec)
	stats.bytes_up = visit.up.total
	stats.bytes_down = visit.down.total
	stats.snapshots_per_second = visit.snapshots.per_second(now_msec)
	stats.snapshots = visit.snapshots.total
	stats.inputs_sent = visit.session.inputs_sent
	stats.commands_pending = visit.commands.pending()
	stats.commands_lost = visit.commands.lost
	stats.reconnects = visit.reconnects
	if visit.welcome == null:
		return stats
	stats.tick_rate = visit.welcome.tick_rate
	stats.jitter_msec = visit.picture.playback.jitter_msec
	stats.delay_msec = visit.picture.playback.delay_msec()
	stats.server_tick = 0 if visit.picture.playback.newest == 0 else floori(visit.picture.clock.server_tick(now_msec))
	stats.drift_ppm = visit.picture.clock.drift_ppm
	stats.correction_metres = visit.picture.own.correction_metres
	stats.correction_rms_metres = visit.picture.own.correction_rms_metres
	return stats
