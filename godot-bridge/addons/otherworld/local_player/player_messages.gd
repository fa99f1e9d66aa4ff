extends RefCounted
## What a player is told, in whole sentences: what is, why, and what to do.

## Why the server did not carry out a command: the simulation's reasons and the client's own.
const REFUSALS: Dictionary[String, String] = {
	"not-permitted": "You may not do that here.",
	"unknown-element": "It is gone already.",
	"not-movable": "That stands fast: it cannot be moved.",
	"held-by-another": "Somebody else is holding it.",
	"hand-full": "You are holding something already: let it go first.",
	"out-of-reach": "That is too far away: walk closer.",
	"scale-out-of-range": "It cannot get any larger or smaller.",
	"element-limit": "The realm is full of things: delete one first.",
	"degenerate-shape": "That shape has no volume, or is far too thin for its length.",
	"size-out-of-range": "Part of it is too small, too thin or too large: try another size.",
	"mass-out-of-range": "It would be too light or too heavy: try another size or density.",
	"mesh-too-large": "That surface has too many triangles for a guest: make it simpler.",
	"share-limit": "You have placed as many things here as you may: delete some first.",
	"state-limit": "Your things are too detailed together: delete some, or make them simpler.",
	"too-crowded": "Too much stands there already: choose another place.",
	"hand-empty": "You are not holding anything.",
	"invalid-value": "The realm does not take that: its numbers are out of range.",
	"trimesh-not-static": "A thing of that shape can only stand fast.",
	"unknown-player": "You are not in the realm: join again.",
	"already-joined": "You are in the realm already.",
	"realm-full": "The realm is full of people: try again later.",
	"server-only": "Only the server may do that.",
	"unknown-body": "The realm has no such body.",
	"unknown-package": "The realm does not have that upload, or you may not use it.",
	"wrong-kind": "That upload is for something else: an avatar is worn, an object is placed.",
	"archive-away": "The server cannot look your uploads up just now: try again in a while.",
	"package-limit": "The realm is full of different uploads: delete some things first.",
	"lost": "The server never answered: try again.",
	"not-joined": "You are not connected: wait until you are back.",
	"too-many": "Too much at once: wait a moment.",
}


## A refusal's reason in words for a person.
static func refusal(reason: String) -> String:
	return REFUSALS[reason] if REFUSALS.has(reason) else "The server refused: %s." % reason


## Why a thing may not be dragged, scaled or deleted (an [enum OtherworldClient.Act]), known before the server is asked.
static func forbidden(act: OtherworldClient.Act, permissions: int) -> String:
	match act:
		OtherworldClient.Act.DRAG:
			if permissions & OtherworldClient.Permission.GRAB == 0:
				return "You may not carry things here."
			return "Its owner does not let you carry it."
		OtherworldClient.Act.SCALE:
			if permissions & OtherworldClient.Permission.SCALE == 0:
				return "You may not scale things here."
			return "Its owner does not let you scale it."
	return "You may delete only what you made."
