extends "../../test_case.gd"
## The identities at each server, in a file that several games share.

const Address := preload("res://addons/otherworld/net/http/address.gd")
const Login := preload("res://addons/otherworld/net/realm/login.gd")
const FixedResponseServer := preload("../../fixed_response_server.gd")

const KEEPS := "http://keeps.example"
const CHANGES := "http://changes.example"

var _before := PackedByteArray()


func before() -> void:
	_before = FileAccess.get_file_as_bytes(Login.IDENTITIES_PATH) if FileAccess.file_exists(Login.IDENTITIES_PATH) else PackedByteArray()


func after() -> void:
	var file := FileAccess.open(Login.IDENTITIES_PATH, FileAccess.WRITE)
	file.store_buffer(_before)


func _at(url: String) -> Address:
	return Address.parse(url)


func test_each_server_address_has_its_own_identity() -> void:
	var urls: Array[String] = ["http://[::1]:7350", "http://a.example/x=y;z\"q", "https://a.example/[ä]", "http://a.example:81"]
	for url: String in urls:
		Login.remember_identity(_at(url), "\"%s\"\nand more" % url)
	for url: String in urls:
		equal(Login.identity_at(_at(url)), "\"%s\"\nand more" % url)
		Login.remember_identity(_at(url), "")
		equal(Login.identity_at(_at(url)), "")


func test_a_reader_finds_a_complete_file_while_another_writes() -> void:
	# Long enough that writing the file takes several steps.
	Login.remember_identity(_at(KEEPS), "k".repeat(200_000))
	Login.remember_identity(_at(CHANGES), "0")
	var least := FileAccess.get_file_as_bytes(Login.IDENTITIES_PATH).size()
	var is_over := [false]
	var reader := Thread.new()
	reader.start(func() -> int:
		var halves := 0
		while not is_over[0]:
			halves += int(FileAccess.get_file_as_bytes(Login.IDENTITIES_PATH).size() < least)
		return halves)
	for i: int in 100:
		Login.remember_identity(_at(CHANGES), str(i))
	is_over[0] = true
	equal(reader.wait_to_finish() as int, 0, "halves were read")
	equal([Login.identity_at(_at(CHANGES)), Login.identity_at(_at(KEEPS)).length()], ["99", 200_000])
	var files := DirAccess.get_files_at(Login.IDENTITIES_PATH.get_base_dir())
	check(Array(files).filter(func(file: String) -> bool: return file.begins_with("identities.cfg.")).is_empty(), "it leaves files behind: %s" % files)


func test_an_identity_that_is_too_long_is_not_kept() -> void:
	var server := FixedResponseServer.new()
	add_child(server)
	for length: int in [1024, 1025]:
		server.answer("200 OK", {"token": "t", "session": "s", "realm": "r", "identity": "i".repeat(length), "user": {"uid": "u", "number": 1}})
		Login.remember_identity(_at(server.url()), "")
		var login: Login = await Login.request(server.url(), "Ada")
		check(login.fault == null, "no login")
		equal(Login.identity_at(_at(server.url())).length(), length if length <= 1024 else 0)
