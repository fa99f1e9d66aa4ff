class_name OtherworldStats
extends RefCounted
## Statistics of a connection. See [method OtherworldClient.stats].

## Transport in use: "webrtc" or "websocket". Empty when not connected.
var transport := ""
## Round-trip time, smoothed, ms. -1 before the first measurement.
var rtt_msec := -1.0
## Packet loss from the server on this connection, 0 to 1.
var loss := 0.0
## Delay within which nearly all snapshots of the last seconds arrived, relative to the fastest, ms.
var jitter_msec := 0.0
## Interpolation delay behind the fastest snapshots, ms.
var delay_msec := 0.0
## Time since the last packet of the server, ms. 0 when not connected.
var quiet_msec := 0.0
## Estimate of the server's current tick. 0 before the first snapshot.
var server_tick := 0
## Ticks per second of the realm. 0 before joining.
var tick_rate := 0
## Drift of this machine's clock against the server's, parts per million. Positive if this clock is faster.
var drift_ppm := 0.0
## Bytes sent during the last second.
var bytes_up_per_second := 0
## Bytes received during the last second.
var bytes_down_per_second := 0
## Bytes sent since [method OtherworldClient.open].
var bytes_up := 0
## Bytes received since [method OtherworldClient.open].
var bytes_down := 0
## Snapshots received during the last second.
var snapshots_per_second := 0
## Snapshots received since [method OtherworldClient.open].
var snapshots := 0
## Number of inputs sent, without repetitions.
var inputs_sent := 0
## Number of commands without a response so far.
var commands_pending := 0
## Number of commands that will never get a response.
var commands_lost := 0
## Number of reconnections.
var reconnects := 0
## Last prediction error of your own avatar: distance between prediction and the server's answer, metres.
var correction_metres := 0.0
## Root mean square of [member correction_metres] over the last second.
var correction_rms_metres := 0.0
