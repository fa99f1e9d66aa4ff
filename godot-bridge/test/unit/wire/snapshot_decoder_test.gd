extends "../../test_case.gd"
## Snapshots are decoded to the same numbers as in TypeScript (fixtures/protocol/vectors.json), and malformed bytes are
## reported.

const Decoder := preload("res://addons/otherworld/wire/snapshot_decoder.gd")
const Movers := preload("res://addons/otherworld/wire/mover_components.gd")
const Components := preload("res://addons/otherworld/wire/components.gd")
## A whole record: the root of element 5.
const WHOLE_ROOT := "010500ef" + "010000" + "020000" + "000010" + "0400" + "0100" + "ffff" + "0200" + "01" + "0000"


func test_vectors_are_decoded_to_the_same_numbers() -> void:
	for session: Dictionary in _vectors():
		var decoder := Decoder.new()
		for step: Dictionary in session.steps:
			var at := "%s, tick %d" % [session.name, step.tick]
			check(_receive(decoder, step), "%s: %s" % [at, decoder.fault])
			equal(decoder.missing, int(step.missing), at)
			var said := 0
			for kind: Components in [decoder.roots, decoder.joints, decoder.bones, decoder.props]:
				said += kind.changed.size()
			equal(said, step.states.size(), at)
			for state: Dictionary in step.states:
				equal(_numbers(decoder, state), PackedInt64Array(state.numbers), "%s, %s" % [at, state])


func test_a_repeated_or_late_snapshot_gives_the_same_states() -> void:
	var session: Dictionary = _vectors()[0]
	var decoder := Decoder.new()
	var steps: Array = session.steps
	for step: Dictionary in steps.slice(0, 3):
		_receive(decoder, step)
	var before := decoder.props.counts.duplicate()
	check(_receive(decoder, steps[1]), "it is refused")
	equal(decoder.props.counts, before)
	equal(decoder.props.changed.size(), 0)
	equal(decoder.props.changed.size(), 0)


func test_states_are_ordered_by_tick_in_any_order_of_arrival() -> void:
	var decoder := Decoder.new()
	var bytes := WHOLE_ROOT.hex_decode()
	for tick: int in [9, 15, 12, 12, 3, 21, 90, 18, 30]:
		bytes[4] = tick
		check(decoder.receive(tick, bytes, []), decoder.fault)
	var roots := decoder.roots
	var row := roots.row_of(5)
	var ticks: Array[int] = []
	for number: int in roots.counts[row]:
		var place := row * roots.slots + number
		ticks.append(roots.ticks[place])
		equal(int(roots.positions[place].x), roots.ticks[place])
	# 18 arrived more than a second after 90 was sent, so nothing builds on it.
	equal(ticks, [3, 9, 12, 15, 21, 30, 90] as Array[int])
	equal(roots.number_at(row, 20.9), 3)
	equal(roots.number_at(row, 2.0), -1)


func test_a_row_grows_only_as_far_as_baselines_need() -> void:
	var decoder := Decoder.new()
	for tick: int in range(1, 1_000):
		check(decoder.receive(tick, WHOLE_ROOT.hex_decode(), []), decoder.fault)
	equal(decoder.roots.slots, 256)
	for age: int in [1, 2, 64, 127]:
		# The same as `age` ticks before.
		check(decoder.receive(1_000, PackedByteArray([1, 5, age, 0, 0, 0]), []), decoder.fault)
		equal(decoder.missing, 0, "age %d" % age)
	var other := Decoder.new()
	for tick: int in range(3, 3_000, 3):
		other.receive(tick, WHOLE_ROOT.hex_decode(), [])
	equal(other.roots.slots, 64)
	equal(other.roots.ticks[other.roots.newest(other.roots.row_of(5))], 2_997)


func test_the_expected_value_of_a_coordinate_is_exact() -> void:
	for age: int in [1, 2, 3, 4, 64, 126, 127]:
		for speed: int in range(-32_768, 32_768, 7):
			var expected := int(floor(float(speed) * age / 3.0))
			var got := int((Vector3(speed, 0.0, 0.0) * age / Movers.VELOCITY_TICKS).floor().x)
			if got != expected:
				equal(got, expected, "%d steps, %d ticks" % [speed, age])
				return


func test_each_violation_is_reported() -> void:
	var root := WHOLE_ROOT.left(WHOLE_ROOT.length() - 4)
	var cases: Dictionary[String, String] = {
		"": "",
		"7f": "fewer records",
		"ffffffffff": "fewer records",
		"01000000": "names no element",
		"01ffffffff7f0000": "names no element",
		"010580ef00": "the baseline of record 0 is 128 ticks old",
		"010500e7": "malformed",
		root.left(-2): "malformed",
		root: "avatars.joints",
		root + "0000aa": "1 bytes are left over",
		root + "010500ff0f00": "avatars.joints",
		root + "010500ee1e" + "00".repeat(30) + "00": "avatars.joints",
		root + "000105000000000000": "avatars.bones",
		root + "00010500000000001001000004": "avatars.bones: record 0 of element 5 is malformed",
	}
	for hex: String in cases:
		var decoder := Decoder.new()
		var taken := decoder.receive(9, hex.hex_decode(), [])
		equal(taken, cases[hex].is_empty(), hex)
		check(decoder.fault == cases[hex] or cases[hex] in decoder.fault, "%s: told \"%s\", expected \"%s\"" % [hex, decoder.fault, cases[hex]])


func test_a_truncated_snapshot_is_reported_or_decoded() -> void:
	var session: Dictionary = _vectors()[0]
	var decoder := Decoder.new()
	for step: Dictionary in session.steps:
		var avatars := (step.avatars as String).hex_decode()
		for length: int in range(1, avatars.size(), 3):
			check(not decoder.receive(int(step.tick), avatars.slice(0, length), []), "%d of %d bytes are taken" % [length, avatars.size()])
		_receive(decoder, step)


func test_garbage_ends_without_an_engine_error() -> void:
	var dice := RandomNumberGenerator.new()
	dice.seed = 5
	var session: Dictionary = _vectors()[0]
	var refused := 0
	for i: int in 3_000:
		var decoder := Decoder.new()
		for step: Dictionary in session.steps.slice(0, 3):
			_receive(decoder, step)
		var bytes: PackedByteArray = (session.steps[3].props as String if i % 2 else session.steps[3].avatars as String).hex_decode()
		for k: int in dice.randi_range(1, 4):
			bytes[dice.randi() % bytes.size()] = dice.randi() & 255
		if i % 7 == 0:
			bytes.resize(dice.randi_range(1, bytes.size()))
		var taken := decoder.receive(111, [], bytes) if i % 2 else decoder.receive(111, bytes, [])
		refused += int(not taken)
		check(taken == decoder.fault.is_empty(), "a fault without words")
	check(refused > 500, "only %d were refused" % refused)


func test_snapshots_that_would_fill_the_memory_are_refused() -> void:
	var decoder := Decoder.new()
	var bytes := WHOLE_ROOT.hex_decode()
	for tick: int in range(1, 200):
		check(decoder.receive(tick, bytes, []), decoder.fault)
	var record := bytes.slice(1, bytes.size() - 2)
	record[0] = 1
	var many := PackedByteArray([0x80 | (800 & 127), 800 >> 7])
	var further := record.duplicate()
	for i: int in 800:
		many.append_array(further)
	many.append_array([0, 0])
	# The first element of each is a varint of three bytes.
	var taken := 0
	for i: int in 20:
		var first := 100_000 + i * 1_000
		var packet := many.slice(0, 2) + PackedByteArray([first & 127 | 128, first >> 7 & 127 | 128, first >> 14]) + many.slice(3)
		if not decoder.receive(200, packet, []):
			break
		taken += 1
	check(taken > 3 and taken < 20, "%d snapshots of 800 elements were taken" % taken)
	check("more states" in decoder.fault, decoder.fault)
	check(decoder.roots.ticks.size() <= 2 * Decoder.AVATAR_STATES_MAX, "%d states" % decoder.roots.ticks.size())


func test_components_of_undescribed_elements_are_removed_after_a_while() -> void:
	var decoder := Decoder.new()
	var bytes := WHOLE_ROOT.hex_decode()
	decoder.receive(10, bytes, [])
	bytes[1] = 6
	decoder.receive(4_000, bytes, [])
	decoder.sweep({5: true}, {})
	equal(decoder.roots.rows.has(5), true)
	decoder.receive(5_000, bytes, [])
	decoder.sweep({}, {})
	equal(decoder.roots.rows.has(5), false)
	equal(decoder.roots.rows.has(6), true)


func _receive(decoder: Decoder, step: Dictionary) -> bool:
	return decoder.receive(int(step.tick), (step.avatars as String).hex_decode(), (step.props as String).hex_decode())


func _vectors() -> Array:
	var path := ProjectSettings.globalize_path("res://").path_join("../../fixtures/protocol/vectors.json").simplify_path()
	var text := FileAccess.get_file_as_string(path)
	check(not text.is_empty(), "there is no %s" % path)
	return (JSON.parse_string(text) as Dictionary).snapshots


## Returns the numbers of the newest state of a component, as in SNP-2.
func _numbers(decoder: Decoder, state: Dictionary) -> PackedInt64Array:
	var element := int(state.element)
	var numbers := PackedInt64Array()
	match state.strand as String:
		"joints":
			var place := decoder.joints.newest(decoder.joints.row_of(element))
			for i: int in 12:
				numbers.append(decoder.joints.numbers[place * 12 + i] & (0xffff_ffff if i % 4 == 3 else -1))
		"bones":
			var place := decoder.bones.newest(decoder.bones.row_of(element))
			for i: int in 19:
				numbers.append(decoder.bones.numbers[place * 19 + i])
		_:
			var movers := decoder.props if state.strand == "prop" else decoder.roots
			var place := movers.newest(movers.row_of(element))
			var position := Vector3i(movers.positions[place])
			var velocity := Vector3i(movers.velocities[place])
			numbers = [position.x, position.y, position.z, movers.headings[place] & 0xffff_ffff, velocity.x, velocity.y, velocity.z,
				movers.flags[place]]
	return numbers
