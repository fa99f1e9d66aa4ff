extends RefCounted
## Collects a session's statistics for [OtherworldStats].

const RealmSession := preload("../net/realm/realm_session.gd")


## Returns the current statistics.
static func of(realm_session: RealmSession, now_msec: float) -> OtherworldStats:
	var stats := OtherworldStats.new()
	stats.transport = realm_session.transport
	stats.rtt_msec = realm_session.session.rtt_msec
	stats.loss = realm_session.session.loss()
	stats.quiet_msec = realm_session.quiet_msec(now_msec)
	stats.bytes_up_per_second = realm_session.up.per_second(now_msec)
	stats.bytes_down_per_second = realm_session.down.per_second(now_msec)
	stats.bytes_up = realm_session.up.total
	stats.bytes_down = realm_session.down.total
	stats.snapshots_per_second = realm_session.snapshots.per_second(now_msec)
	stats.snapshots = realm_session.snapshots.total
	stats.inputs_sent = realm_session.session.inputs_sent
	stats.commands_pending = realm_session.commands.pending()
	stats.commands_lost = realm_session.commands.lost
	stats.reconnects = realm_session.reconnects
	if realm_session.welcome == null:
		return stats
	stats.tick_rate = realm_session.welcome.tick_rate
	stats.jitter_msec = realm_session.presented.playback.jitter_msec
	stats.delay_msec = realm_session.presented.playback.delay_msec()
	stats.server_tick = 0 if realm_session.presented.playback.newest == 0 \
			else floori(realm_session.presented.clock.server_tick(now_msec))
	stats.drift_ppm = realm_session.presented.clock.drift_ppm
	stats.correction_metres = realm_session.presented.local_avatar.correction_metres
	stats.correction_rms_metres = realm_session.presented.local_avatar.correction_rms_metres
	return stats
