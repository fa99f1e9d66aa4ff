extends RefCounted
## Messages for players: what is wrong, why, and what to do. They are translated as docs/translation.md describes.

const SharedMessages := preload("../translations/shared_messages.gd")


## Returns the translated message for a reason. An unknown reason of a newer server is shown as it is.
static func rejection(reason: String) -> String:
	if SharedMessages.REJECTIONS.has(reason):
		return TranslationServer.translate(SharedMessages.REJECTIONS[reason])
	return TranslationServer.translate(SharedMessages.UNKNOWN_REJECTION) % reason


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
