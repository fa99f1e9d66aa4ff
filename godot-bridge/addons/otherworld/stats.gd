class_name OtherworldStats
extends RefCounted
## How a connection does: what [method OtherworldClient.stats] says of this moment.

## "webrtc" or "websocket"; empty without a connection.
var transport := ""
## Round trip to the server, ms, smoothed; -1 before the first answer.
var rtt_msec := -1.0
## Share of the server's packets that did not arrive on this connection, 0 to 1.
var loss := 0.0
## How late nearly all snapshots of the last seconds were at most, against the quickest, ms.
var jitter_msec := 0.0
## How far behind the quickest arrivals the others are drawn, ms.
var delay_msec := 0.0
## Since when nothing was heard of the server, ms; 0 without a connection.
var quiet_msec := 0.0
## Estimate of the server's newest tick; 0 before the first snapshot.
var server_tick := 0
## Ticks of the realm in a second; 0 before the Welcome.
var tick_rate := 0
## How much faster this machine's clock goes than the server's, parts per million.
var drift_ppm := 0.0
## Bytes sent over the last second.
var bytes_up_per_second := 0
## Bytes received over the last second.
var bytes_down_per_second := 0
## Bytes sent since the client was opened.
var bytes_up := 0
## Bytes received since the client was opened.
var bytes_down := 0
## Snapshots received over the last second.
var snapshots_per_second := 0
## Snapshots received since the client was opened.
var snapshots := 0
## Inputs sent, each counted once however often it is repeated.
var inputs_sent := 0
## Commands without an answer yet.
var commands_pending := 0
## Commands that got no answer and will not get one.
var commands_lost := 0
## How often the connection was lost and made again.
var reconnects := 0
## How far the own avatar was from where the server's last answer puts it, metres.
var correction_metres := 0.0
## Root mean square of the last second's [member correction_metres].
var correction_rms_metres := 0.0
