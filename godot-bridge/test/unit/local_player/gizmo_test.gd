extends "../../test_case.gd"
## The pointer's ray and the handles of a gizmo.

const Handles := preload("res://addons/otherworld/local_player/gizmo/gizmo_handles.gd")
const Maths := preload("res://addons/otherworld/local_player/gizmo/gizmo_maths.gd")


func test_a_ray_gives_its_nearest_point_of_an_axis() -> void:
	var random := RandomNumberGenerator.new()
	random.seed = 4
	for i: int in 200:
		var origin := _vector(random) * 3.0
		var axis := _vector(random).normalized()
		var metres := random.randf_range(-4.0, 4.0)
		# A ray, slanted or not, through a point beside that position. The nearest point is where a perpendicular meets
		# both.
		var aside := Maths.across(axis)
		var direction := (axis.cross(aside) + axis * random.randf_range(-2.0, 2.0)).normalized()
		var from := origin + axis * metres + aside * random.randf_range(0.0, 2.0) - direction * 5.0
		near(Maths.along_axis(origin, axis, from, direction), metres, 1e-3)


func test_a_ray_along_the_axis_gives_no_value() -> void:
	check(is_nan(Maths.along_axis(Vector3.ZERO, Vector3.UP, Vector3(1, 5, 0), Vector3.DOWN)), "it said something")


func test_an_arrow_follows_the_pointer() -> void:
	# The eye looks down from above; the pointer goes a metre along X.
	var before := Maths.along_axis(Vector3.ZERO, Vector3.RIGHT, Vector3(0.5, 10, 2), Vector3.DOWN)
	var after := Maths.along_axis(Vector3.ZERO, Vector3.RIGHT, Vector3(1.5, 10, 2), Vector3.DOWN)
	near(after - before, 1.0, 1e-5)


func test_a_ring_follows_the_pointer_round_its_axis() -> void:
	for axis: Vector3 in [Vector3.RIGHT, Vector3.UP, Vector3.BACK, Vector3(1, 2, 3).normalized()]:
		var arm := Maths.across(axis)
		var at_first := Maths.angle_about(Vector3.ZERO, axis, arm + axis * 4.0, -axis)
		near(at_first, 0.0, 1e-5)
		for angle: float in [0.3, 1.5, -2.0, 3.0]:
			var from := arm.rotated(axis, angle) + axis * 4.0
			near(Maths.angle_about(Vector3.ZERO, axis, from, -axis), angle, 1e-4)


func test_a_ring_seen_from_its_edge_or_from_behind_gives_no_value() -> void:
	check(is_nan(Maths.angle_about(Vector3.ZERO, Vector3.UP, Vector3(0, 0.1, 5), Vector3.FORWARD)), "from the edge")
	check(is_nan(Maths.angle_about(Vector3.ZERO, Vector3.UP, Vector3(0, 5, 0), Vector3.UP)), "from beyond")


func test_distance_to_a_line_is_in_pixels() -> void:
	var line: PackedVector2Array = [Vector2(0, 0), Vector2(10, 0), Vector2(10, 10)]
	near(Maths.pixels_to_line(Vector2(5, 3), line), 3.0, 1e-5)
	near(Maths.pixels_to_line(Vector2(14, 13), line), 5.0, 1e-5)


func test_dragging_the_cube_doubles_and_halves() -> void:
	near(Maths.factor_of(Vector2(100, 0), 100.0), 2.0, 1e-6)
	near(Maths.factor_of(Vector2(0, -100), 100.0), 2.0, 1e-6)
	near(Maths.factor_of(Vector2(-50, 50), 100.0), 0.5, 1e-6)


func test_the_size_of_a_pixel_matches_the_screen() -> void:
	var view := SubViewport.new()
	view.size = Vector2i(640, 480)
	add_child(view)
	for projection: Camera3D.ProjectionType in [Camera3D.PROJECTION_PERSPECTIVE, Camera3D.PROJECTION_ORTHOGONAL]:
		var camera := Camera3D.new()
		camera.projection = projection
		camera.size = 3.0
		view.add_child(camera)
		camera.position = Vector3(1, 2, 3)
		await get_tree().process_frame
		var place := Vector3(1.5, 2.2, -4)
		var metres := Maths.metres_per_pixel(camera, place)
		var apart := camera.unproject_position(place).distance_to(camera.unproject_position(place + Vector3(0, metres * 100.0, 0)))
		near(apart, 100.0, 0.5)


func test_lines_of_handles_match_their_meshes() -> void:
	for i: int in 3:
		near_point(Handles.line_of((Handles.Handle.MOVE_X + i) as Handles.Handle)[1], Handles.AXES[i], 1e-6)
		for point: Vector3 in Handles.line_of((Handles.Handle.TURN_X + i) as Handles.Handle):
			near(point.length(), Handles.RING, 1e-5)
			near(point.dot(Handles.AXES[i]), 0.0, 1e-5)


func _vector(random: RandomNumberGenerator) -> Vector3:
	return Vector3(random.randf_range(-1.0, 1.0), random.randf_range(-1.0, 1.0), random.randf_range(-1.0, 1.0))
