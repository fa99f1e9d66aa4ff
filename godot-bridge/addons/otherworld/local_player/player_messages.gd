extends RefCounted
## Messages for players: what is wrong, why, and what to do. They are translated as docs/translation.md describes.

## Messages by reason of a rejected command: the server's reasons (docs/protocol.md, INP-10) and the client's own.
const REJECTIONS: Dictionary[String, String] = {
	"not-permitted": "You are not allowed to do that here.",
	"unknown-element": "It no longer exists.",
	"not-movable": "This can't be moved.",
	"held-by-another": "Someone else is holding it.",
	"hand-full": "You are already holding something. Release it first.",
	"out-of-reach": "That is too far away. Walk closer.",
	"scale-out-of-range": "It can't get any larger or smaller.",
	"element-limit": "The realm has reached its item limit. Delete something first.",
	"degenerate-shape": "This shape has no volume, or is too thin for its length.",
	"size-out-of-range": "Part of it is too small, too thin or too large. Try another size.",
	"mass-out-of-range": "It would be too light or too heavy. Try another size or density.",
	"mesh-too-large": "This mesh has too many triangles for a guest. Simplify it.",
	"share-limit": "You've reached your item limit here. Delete something first.",
	"state-limit": "Your items together are too complex. Delete some, or simplify them.",
	"too-crowded": "This place is too crowded. Choose another one.",
	"hand-empty": "You are not holding anything.",
	"invalid-value": "The realm rejected this: a value is out of range.",
	"trimesh-not-static": "An item with this shape can only be static.",
	"unknown-player": "You are not in the realm. Join again.",
	"already-joined": "You are already in the realm.",
	"realm-full": "The realm is full. Try again later.",
	"server-only": "Only the server can do that.",
	"unknown-body": "The realm has no body with this number.",
	"unknown-package": "This upload does not exist, or you are not allowed to use it.",
	"wrong-kind": "Wrong kind of upload: you can wear avatars and place objects.",
	"archive-away": "The server can't look up your uploads right now. Try again later.",
	"package-limit": "The realm holds too many different uploads. Delete some items first.",
	"lost": "The server did not answer. Try again.",
	"not-joined": "You are not connected. Wait until the client reconnects.",
	"too-many": "Too many commands at once. Wait a moment.",
}


## Returns the translated message for a reason. An unknown reason of a newer server is shown as it is.
static func rejection(reason: String) -> String:
	if REJECTIONS.has(reason):
		return TranslationServer.translate(REJECTIONS[reason])
	return TranslationServer.translate("The server rejected this: %s.") % reason


## Returns why a prop may not be dragged, scaled or deleted, if the client knows it before it asks the server.
static func forbidden(act: OtherworldClient.Act, permissions: int) -> String:
	match act:
		OtherworldClient.Act.DRAG:
			if permissions & OtherworldClient.Permission.GRAB == 0:
				return TranslationServer.translate("You are not allowed to move items here.")
			return TranslationServer.translate("The owner does not allow you to move this.")
		OtherworldClient.Act.SCALE:
			if permissions & OtherworldClient.Permission.SCALE == 0:
				return TranslationServer.translate("You are not allowed to scale items here.")
			return TranslationServer.translate("The owner does not allow you to scale this.")
	return TranslationServer.translate("You can only delete your own items.")
