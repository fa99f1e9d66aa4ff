class_name OtherworldOutcome
extends RefCounted
## What became of a command: it was carried out, or not and why.
##
## The methods of [OtherworldClient] that change the realm can be waited for and return one:
## [codeblock]
## var outcome := await client.grab(prop.element, OtherworldClient.Hand.RIGHT)
## if not outcome.ok:
##     print("Not grabbed: ", outcome.reason)
## [/codeblock]

## Whether it was carried out.
var ok := false
## The element that it made or concerned; 0 where it was not carried out.
var element := 0
## The realm's tick at which it was carried out or refused; 0: the server has not said.
var tick := 0
## Why it was not carried out; empty where it was. The server's words are those of docs/protocol.md, INP-10, for instance
## [code]not-permitted[/code], [code]unknown-element[/code], [code]held-by-another[/code], [code]out-of-reach[/code]. This
## client's own are [code]not-joined[/code], [code]too-many[/code] (commands wait already), [code]invalid-value[/code], and
## [code]lost[/code]: the connection ended before there was an answer, and nobody knows.
var reason := ""


## One that says why it was not carried out.
static func rejected(why: String, at_tick := 0) -> OtherworldOutcome:
	var outcome := OtherworldOutcome.new()
	outcome.reason = why
	outcome.tick = at_tick
	return outcome
