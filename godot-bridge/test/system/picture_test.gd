extends "../test_case.gd"
## Pictures of packages, drawn on a screen, with the server at OTHERWORLD_URL.

const PIXELS := 128

var _assets: String = get_script().resource_path.get_base_dir().path_join("../../../fixtures/assets").simplify_path()


func test_a_package_is_drawn_on_a_transparent_background() -> void:
	var server := OtherworldServer.new(OS.get_environment("OTHERWORLD_URL"))
	check(await server.log_in("Gudrun", false), server.error)
	var upload := OtherworldUpload.from_file(_assets.path_join("objects/teacup.glb"))
	check(await upload.run_at(server.url, server.token), upload.message)
	var picture := await server.picture(await server.package(upload.package), PIXELS)
	check(picture != null, server.error)
	if picture == null:
		return
	var image := picture.get_image()
	equal(image.get_size(), Vector2i(PIXELS, PIXELS))
	var opaque := 0
	for y: int in PIXELS:
		for x: int in PIXELS:
			opaque += int(image.get_pixel(x, y).a > 0.5)
	near(image.get_pixel(0, 0).a, 0.0, 0.01, "a corner")
	check(opaque > PIXELS * PIXELS / 20, "only %d pixels are drawn" % opaque)
	equal(server.error, "")


func test_a_package_that_nobody_has_is_reported() -> void:
	var server := OtherworldServer.new(OS.get_environment("OTHERWORLD_URL"))
	check(await server.log_in("Gudrun", false), server.error)
	var unknown := OtherworldPackageInfo.new()
	unknown.hash = "0".repeat(64)
	equal(await server.picture(unknown, PIXELS), null)
	check(not server.error.is_empty(), "it has no message")
