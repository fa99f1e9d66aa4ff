extends RefCounted
## The shapes that keys 1 to 4 spawn: a box, a ball, a capsule, a gem.

## Names for players, in the order of the keys.
const NAMES: PackedStringArray = ["box", "ball", "capsule", "gem"]
const COLORS: PackedColorArray = [Color("f0a35a"), Color("ea6a78"), Color("3fb3a2"), Color("8c7bea")]
## Half the width of a gem at its girdle, metres.
const _GEM := 0.3


## Returns the shape of an index of [constant NAMES].
static func shape(index: int) -> Shape3D:
	match NAMES[index]:
		"box":
			var box := BoxShape3D.new()
			box.size = Vector3.ONE * 0.5
			return box
		"ball":
			var ball := SphereShape3D.new()
			ball.radius = 0.25
			return ball
		"capsule":
			var capsule := CapsuleShape3D.new()
			capsule.radius = 0.17
			capsule.height = 0.78
			return capsule
	var gem := ConvexPolygonShape3D.new()
	gem.points = _gem()
	return gem


# A cut gem: a point below, a girdle of eight, a table of eight.
static func _gem() -> PackedVector3Array:
	var points: PackedVector3Array = [Vector3(0.0, -_GEM, 0.0)]
	for i: int in 8:
		var girdle := Vector3.RIGHT.rotated(Vector3.UP, i * TAU / 8.0) * _GEM
		var table := Vector3.RIGHT.rotated(Vector3.UP, (i + 0.5) * TAU / 8.0) * _GEM * 0.6
		points.append(Vector3(girdle.x, _GEM * 0.18, girdle.z))
		points.append(Vector3(table.x, _GEM * 0.58, table.z))
	return points
