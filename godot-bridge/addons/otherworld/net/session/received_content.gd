extends RefCounted
## The new content of a received packet.

const Messages := preload("../../wire/generated/messages.gd")

## Why the connection has to end; "" if it need not.
var fault := ""
## Number of the packet; 0 if nothing in it is new.
var packet := 0
## Reliable messages, each once and in order.
var messages: Array[Messages.ServerMessage] = []
## Null without a snapshot.
var snapshot: Messages.Snapshot
## Round-trip time that the packet measured, ms; -1 without one.
var rtt_msec := -1.0
## The server's goodbye; null without one. Answer with one more packet, then close.
var goodbye: Messages.Goodbye
