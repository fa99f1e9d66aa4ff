extends "../../test_case.gd"
## The disk cache of packages: it returns the requested file, or nothing.

const PackageCache := preload("res://addons/otherworld/packages/download/package_cache.gd")

const FOLDER := "user://test-cache"


func before() -> void:
	_empty()


func after() -> void:
	_empty()


func test_a_written_file_is_read_back_also_by_another_run() -> void:
	var bytes := _bytes(3, 5000)
	var name := PackageCache.sha256_of(bytes)
	equal(PackageCache.new(FOLDER).write(name, bytes), OK)
	equal(PackageCache.new(FOLDER).read(name), bytes)
	equal(PackageCache.new(FOLDER).read("00".repeat(32)), PackedByteArray())


func test_hashes_are_sha256() -> void:
	equal(PackageCache.sha256_of("abc".to_utf8_buffer()), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
	var long := _bytes(7, PackageCache.CHUNK_BYTES * 2 + 17)
	var context := HashingContext.new()
	context.start(HashingContext.HASH_SHA256)
	context.update(long)
	equal(PackageCache.sha256_of(long), context.finish().hex_encode())


func test_a_damaged_file_is_removed_and_can_be_fetched_again() -> void:
	var bytes := _bytes(1, 1000)
	var name := PackageCache.sha256_of(bytes)
	var cache := PackageCache.new(FOLDER)
	cache.write(name, bytes)
	var spoiled := bytes.duplicate()
	spoiled[500] ^= 1
	_put(name, spoiled)
	equal(cache.read(name), PackedByteArray())
	check(not FileAccess.file_exists(FOLDER.path_join(name)), "the spoiled file is still there")
	equal(cache.bytes_used(), 0)
	cache.write(name, bytes)
	equal(cache.read(name), bytes)


func test_a_file_that_was_cut_off_reads_as_absent() -> void:
	var bytes := _bytes(1, 1000)
	var name := PackageCache.sha256_of(bytes)
	DirAccess.make_dir_recursive_absolute(FOLDER)
	_put(name, bytes.slice(0, 400))
	equal(PackageCache.new(FOLDER).read(name), PackedByteArray())


func test_an_unfinished_file_never_has_its_final_name() -> void:
	var bytes := _bytes(9, 3_000_000)
	var name := PackageCache.sha256_of(bytes)
	var writer := PackageCache.new(FOLDER)
	var thread := Thread.new()
	thread.start(func() -> void:
		for i: int in 20:
			writer.write(name, bytes))
	var seen := 0
	while thread.is_alive():
		if FileAccess.file_exists(FOLDER.path_join(name)):
			seen += 1
			equal(FileAccess.get_file_as_bytes(FOLDER.path_join(name)).size(), bytes.size())
	thread.wait_to_finish()
	check(seen > 0, "the file was never seen")
	equal(Array(DirAccess.get_files_at(FOLDER)), [name])


func test_beyond_the_limit_the_longest_unused_go() -> void:
	var cache := PackageCache.new(FOLDER)
	cache.bytes_max = 3500
	var names: Array[String] = []
	for seed: int in 3:
		var bytes := _bytes(seed, 1000)
		names.append(PackageCache.sha256_of(bytes))
		cache.write(names[-1], bytes)
	check(not cache.read(names[0]).is_empty(), "the first is gone")
	var fourth := _bytes(4, 1000)
	cache.write(PackageCache.sha256_of(fourth), fourth)
	equal(cache.read(names[1]), PackedByteArray())
	for kept: String in [names[0], names[2], PackageCache.sha256_of(fourth)]:
		check(not cache.read(kept).is_empty(), "%s is gone" % kept.left(8))
	equal(cache.bytes_used(), 3000)
	var large := _bytes(5, 4000)
	equal(cache.write(PackageCache.sha256_of(large), large), ERR_OUT_OF_MEMORY)


func test_names_lead_nowhere_else() -> void:
	var cache := PackageCache.new(FOLDER)
	for name: String in ["../secret", "", "AB".repeat(32), "a".repeat(63), "g".repeat(64), "/etc/passwd"]:
		equal(cache.write(name, _bytes(1, 10)), ERR_INVALID_PARAMETER, name)
		equal(cache.read(name), PackedByteArray(), name)


func test_unfinished_files_of_another_run_are_removed() -> void:
	DirAccess.make_dir_recursive_absolute(FOLDER)
	_put("%s.1-1.part" % "ab".repeat(32), _bytes(1, 100))
	equal(PackageCache.new(FOLDER).bytes_used(), 0)


func _put(name: String, bytes: PackedByteArray) -> void:
	var file := FileAccess.open(FOLDER.path_join(name), FileAccess.WRITE)
	file.store_buffer(bytes)


func _bytes(seed: int, count: int) -> PackedByteArray:
	var random := RandomNumberGenerator.new()
	random.seed = seed + 1
	var bytes := PackedByteArray()
	bytes.resize(count)
	for i: int in range(0, count, 97):
		bytes[i] = random.randi() & 255
	return bytes


func _empty() -> void:
	if DirAccess.dir_exists_absolute(FOLDER):
		for name: String in DirAccess.get_files_at(FOLDER):
			DirAccess.remove_absolute(FOLDER.path_join(name))
