extends RefCounted
## Keeps the names above avatars apart on the screen: a name that would cover a nearer one moves up.

## A name is raised by at most this many heights of a name. Beyond that, names cover each other.
const ROWS_MAX := 6


## Returns by how many pixels each name is raised. [param boxes] are the names on the screen, the nearest first.
static func lifts_of(boxes: Array[Rect2]) -> PackedFloat32Array:
	var lifts := PackedFloat32Array()
	var placed: Array[Rect2] = []
	for box: Rect2 in boxes:
		var lifted := _above(box, placed)
		if box.position.y - lifted.position.y > ROWS_MAX * box.size.y:
			lifted = box
		placed.append(lifted)
		lifts.append(box.position.y - lifted.position.y)
	return lifts


# Each step passes at least one name, so there are at most as many steps as names.
static func _above(box: Rect2, placed: Array[Rect2]) -> Rect2:
	var lifted := box
	var is_free := false
	while not is_free:
		is_free = true
		for other: Rect2 in placed:
			if other.intersects(lifted):
				lifted.position.y = other.position.y - lifted.size.y
				is_free = false
	return lifted
