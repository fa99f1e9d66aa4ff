@tool
extends RefCounted
## Chooses the model of a package for a distance.

const Manifest := preload("manifest.gd")

## A simpler model is kept until the camera is this much nearer, so that it does not flicker at the limit.
const STICK := 0.9


## Returns an index of [param models], nearest first. [param before] is the current one; -1 without one.
static func choose(models: Array[Manifest.ModelFile], metres: float, scale: float, before: int) -> int:
	var level := 0
	for i: int in range(1, models.size()):
		var limit := models[i].metres_min * scale
		if metres >= (limit * STICK if before >= i else limit):
			level = i
	return level
