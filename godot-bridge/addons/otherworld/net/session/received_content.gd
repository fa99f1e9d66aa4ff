extends RefCounted
## What a packet brought that is new.

const Messages := preload("../../wire/generated/messages.gd")

## Why the connection has to end, in words; "": it need not.
var fault := ""
## Number of the packet; 0: there was nothing new in it.
var packet := 0
## Reliable messages, each exactly once, in their order.
var messages: Array[Messages.ServerMessage] = []
## Null: none.
var snapshot: Messages.Snapshot
## The round trip that the packet measures, ms; -1: none.
var rtt_msec := -1.0
## The server's reason for ending the connection, null: none. Answer with one more packet, then close.
var goodbye: Messages.Goodbye
