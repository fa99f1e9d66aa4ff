class_name OtherworldOutcome
extends RefCounted
## The outcome of a command: carried out, or rejected with a reason.
##
## Await the methods of [OtherworldClient] that change the realm. They return an outcome:
## [codeblock]
## var outcome := await client.grab(prop.element, OtherworldClient.Hand.RIGHT)
## if not outcome.ok:
##     print("Not grabbed: ", outcome.reason)
## [/codeblock]

## [code]true[/code] if the server carried out the command.
var ok := false
## Element that the command created or changed. 0 if it was rejected.
var element := 0
## Tick at which the server carried out or rejected the command. 0 if the server did not respond.
var tick := 0
## Why the command was rejected; empty if it was carried out. Reasons of the server are listed in docs/protocol.md,
## INP-10, for example [code]not-permitted[/code], [code]unknown-element[/code], [code]held-by-another[/code] or
## [code]out-of-reach[/code]. Reasons of the client are [code]not-joined[/code], [code]too-many[/code] (commands in
## flight), [code]invalid-value[/code], and [code]lost[/code]: the connection ended before the server responded, so the
## command may have been carried out or not.
var reason := ""


## Returns an outcome of a rejected command.
static func rejected(why: String, at_tick := 0) -> OtherworldOutcome:
	var outcome := OtherworldOutcome.new()
	outcome.reason = why
	outcome.tick = at_tick
	return outcome
