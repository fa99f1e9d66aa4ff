@tool
extends RefCounted
## Which model of a thing is shown at which distance.

const Manifest := preload("manifest.gd")

## A simpler model is kept until the thing has come this much nearer, so that one at the limit does not flicker.
const STICK := 0.9


## Index in [param models], nearest first; [param before]: what is shown now, -1: nothing.
static func choose(models: Array[Manifest.ModelFile], metres: float, scale: float, before: int) -> int:
	var level := 0
	for i: int in range(1, models.size()):
		var limit := models[i].metres_min * scale
		if metres >= (limit * STICK if before >= i else limit):
			level = i
	return level
