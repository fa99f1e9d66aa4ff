extends "../../test_case.gd"
## Small parts of a session: the realm's definition, access, outcomes, WebRTC candidates.

const Act := OtherworldClient.Act
const PendingCommands := preload("res://addons/otherworld/net/commands/pending_commands.gd")
const RealmDefinition := preload("res://addons/otherworld/net/realm/realm_definition.gd")
const InputMessages := preload("res://addons/otherworld/net/commands/input_messages.gd")
const Messages := preload("res://addons/otherworld/wire/generated/messages.gd")
const PropAccess := preload("res://addons/otherworld/net/commands/prop_access.gd")
const WebrtcConnection := preload("res://addons/otherworld/net/transport/webrtc_connection.gd")


func _definition() -> Dictionary:
	var point := {"x": 0.0, "y": 0.0, "z": 0.0}
	var offsets: Array = []
	offsets.resize(18)
	offsets.fill(point)
	return {
		"tickRate": 60.0, "gravity": {"x": 0.0, "y": -9.81, "z": 0.0}, "reach": 3.0, "ground": {"x": 20.0, "z": 20.0},
		"bounds": {"min": {"x": -20.0, "y": -5.0, "z": -20.0}, "max": {"x": 20.0, "y": 20.0, "z": 20.0}},
		"spawn": {"position": point, "yaw": 0.0, "radius": 1.0},
		"bodies": [{"name": "adult", "offsets": offsets, "capsules": [{"bone": 0.0, "a": point, "b": point, "radius": 0.1}]}],
	}


func _fault_of(definition: Variant, tick_rate := 60) -> String:
	var read: RealmDefinition = RealmDefinition.parse(JSON.stringify(definition), tick_rate)
	check(read.fault.is_empty() or read.fields.is_empty(), "a faulty one is handed out")
	return read.fault


func test_a_definition_is_checked_before_it_is_used() -> void:
	equal(_fault_of(_definition()), "")
	equal(_fault_of([]), "is not JSON")
	equal(_fault_of(_definition(), 30), "tickRate: differs from the Welcome")
	for field: String in ["tickRate", "gravity", "reach", "ground", "bounds", "spawn", "bodies"]:
		for wrong: Variant in [null, "text", -1e9, []]:
			if field == "bodies" and wrong is Array:
				continue
			var definition := _definition()
			definition[field] = wrong
			check(not _fault_of(definition).is_empty(), "%s = %s was taken" % [field, wrong])
	var upside_down := _definition()
	upside_down.bounds.max.y = -6.0
	equal(_fault_of(upside_down), "bounds: min is not below max")
	var boneless := _definition()
	boneless.bodies[0].offsets = []
	check("18 offsets" in _fault_of(boneless), _fault_of(boneless))


func test_access_owner_and_permissions_decide_who_may_act() -> void:
	var prop := OtherworldPropState.new()
	prop.owner = 7
	var all := 1 | 2 | 4
	# access, act, whether the owner may, another user may, a manager may
	var cases: Array[Array] = [
		[0, Act.DRAG, true, true, true], [0, Act.DESPAWN, true, false, true],
		[0b000011, Act.DRAG, true, false, false], [0b000010, Act.DRAG, true, false, true],
		[0b001100, Act.SCALE, true, false, false], [0b010000, Act.DESPAWN, true, true, true],
	]
	for case: Array in cases:
		prop.access = OtherworldAccess.from_bits(case[0] as int)
		var act: OtherworldClient.Act = case[1]
		equal([PropAccess.can(act, prop, 7, all), PropAccess.can(act, prop, 8, all), PropAccess.can(act, prop, 8, all | 8)], case.slice(2), str(case))
	prop.access = OtherworldAccess.new()
	check(not PropAccess.can(Act.DRAG, prop, 7, 4) and not PropAccess.can(Act.SCALE, prop, 7, 2), "an owner needs the permission, too")
	prop.owner = 0
	check(not PropAccess.can(Act.DESPAWN, prop, 0, all), "nobody owns what is the realm's")


func test_outcomes_reach_their_commands_and_the_rest_is_lost_at_the_end() -> void:
	var commands := PendingCommands.new()
	var outcomes: Dictionary[int, OtherworldOutcome] = {}
	var wait := func(sequence: int) -> void: outcomes[sequence] = await commands.wait(sequence)
	for sequence: int in [1, 2, 3, 4]:
		wait.call(sequence)
	var message := Messages.ServerMessage.new()
	message.command_rejected = Messages.CommandRejected.new()
	message.command_rejected.sequence = 2
	message.command_rejected.reason = "out-of-reach"
	message.command_rejected.tick = 9
	commands.receive(message)
	commands.receive(message)
	equal([outcomes.keys(), outcomes[2].ok, outcomes[2].reason, outcomes[2].tick], [[2], false, "out-of-reach", 9])
	commands.mark_lost(0, 3)
	equal([outcomes.keys(), outcomes[1].reason, commands.pending(), commands.lost], [[2, 1], "lost", 2, 1])
	commands.mark_lost()
	equal([commands.pending(), commands.lost], [0, 3])


func test_equal_moves_are_not_sent_and_only_changes_of_direction_are_urgent() -> void:
	var ahead := InputMessages.move(Vector3(0, 0, -1), 0.5, false, false, false).move
	check(InputMessages.is_same_move(ahead, InputMessages.move(Vector3(0, 0, -1), 0.5, false, false, false).move), "the same is another")
	check(not InputMessages.is_same_move(ahead, InputMessages.move(Vector3(0, 0, -1), 0.6, false, false, false).move), "a turn is lost")
	var jump := InputMessages.move(Vector3(0, 0, -1), 0.5, true, false, false).move
	check(not InputMessages.is_same_move(jump, jump), "a second jump is lost")
	check(not InputMessages.changes_course(ahead, InputMessages.move(Vector3(0, 0, -0.5), 2.0, false, false, false).move), "a turn is urgent")
	check(InputMessages.changes_course(ahead, InputMessages.move(Vector3(0, 0, 1), 0.5, false, false, false).move), "turning back is not urgent")
	near(InputMessages.move(Vector3.ZERO, 40_000.0, false, false, false).move.yaw, wrapf(40_000.0, -PI, PI), 1e-9)


func test_an_invalid_input_is_found_before_it_is_sent() -> void:
	equal(InputMessages.fault_of(InputMessages.grab(3, 1)), "")
	check(not InputMessages.fault_of(InputMessages.grab(3, 4)).is_empty(), "a fourth hand")
	check(not InputMessages.fault_of(InputMessages.drag(0, Vector3(NAN, 0, 0), Quaternion.IDENTITY)).is_empty(), "nowhere")
	check(not InputMessages.fault_of(InputMessages.move(Vector3(NAN, 0, 0), 0.0, false, false, false)).is_empty(), "no direction")
	check(not InputMessages.fault_of(InputMessages.access(3, 64)).is_empty(), "access of seven bits")
	check(InputMessages.is_hash("0aF".repeat(21) + "9"), "a hash is none")
	for hash: String in ["", "a".repeat(63), "g".repeat(64), "-" + "a".repeat(63), "+" + "a".repeat(63), "0x" + "a".repeat(62)]:
		check(not InputMessages.is_hash(hash), hash + " is a hash")


func test_each_candidate_is_in_an_answer_once() -> void:
	var sdp := "v=0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=candidate:1 1 UDP 2 10.0.0.1 5000 typ host\r\n"
	var whole := WebrtcConnection.with_candidates(sdp, ["candidate:1 1 UDP 2 10.0.0.1 5000 typ host", "candidate:2 1 UDP 1 10.0.0.2 5001 typ host"])
	equal(whole, sdp + "a=candidate:2 1 UDP 1 10.0.0.2 5001 typ host\r\n")
	equal(WebrtcConnection.with_candidates("v=0", ["candidate:3"]), "v=0\r\na=candidate:3\r\n")
