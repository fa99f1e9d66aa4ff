extends "../client_case.gd"
## OtherworldClient in a realm of a real server: another client sees what one does.

const Hand := OtherworldClient.Hand


func test_a_client_that_joins_knows_the_realm_and_emits_joined_once() -> void:
	var client := quiet_client("Ada")
	var heard: Array[String] = []
	client.joined.connect(func() -> void: heard.append("joined"))
	client.state_changed.connect(func(state: OtherworldClient.State) -> void: heard.append(OtherworldClient.State.find_key(state)))
	add_child(client)
	await until("Ada has joined", func() -> bool: return client.local_avatar != null)
	equal(heard, ["CONNECTING", "JOINED", "joined"] as Array[String])
	equal([client.local_avatar.name, client.local_avatar.player, client.local_avatar.user, client.local_avatar.is_local], ["Ada", client.player, client.user, true])
	check(client.definition.reach > 0.0 and client.realm != "" and client.token != "", "the realm is not known")
	check(client.permissions & OtherworldClient.Permission.SPAWN, "may spawn nothing")
	equal(client.transport_used, "websocket")
	await until("the realm's props are there", func() -> bool: return client.props.size() > 10)
	await client.close("went home")
	equal(heard.slice(3), ["CLOSED"] as Array[String])
	equal([client.avatars.size(), client.props.size(), client.local_avatar], [0, 0, null])


func test_players_who_come_and_go_are_news_and_leaving_reports_nobody() -> void:
	var ada: OtherworldClient = await join("Ada")
	var heard: Array[String] = []
	var bob := quiet_client("Bob")
	for client: OtherworldClient in [ada, bob]:
		client.player_joined.connect(func(avatar: OtherworldAvatarState) -> void: heard.append("%s: %s joined" % [client.player_name, avatar.name]))
		client.player_left.connect(func(avatar: OtherworldAvatarState) -> void: heard.append("%s: %s left" % [client.player_name, avatar.name]))
	var added: Array[String] = []
	bob.avatar_added.connect(func(avatar: OtherworldAvatarState) -> void: added.append(avatar.name))
	add_child(bob)
	await until("Bob sees Ada", func() -> bool: return added.has("Ada"))
	await until("Ada is told", func() -> bool: return not heard.is_empty())
	equal(heard, ["Ada: Bob joined"] as Array[String])
	equal(ada.avatar_of_player(bob.player).name, "Bob")
	await bob.close()
	await until("Ada is told that Bob left", func() -> bool: return heard.size() > 1)
	equal(heard, ["Ada: Bob joined", "Ada: Bob left"] as Array[String])


func test_a_walk_of_3_metres_is_3_metres_for_others() -> void:
	var ada: OtherworldClient = await join("Ada")
	var bob: OtherworldClient = await join("Bob")
	var element := ada.local_avatar.element
	await until("Bob sees Ada", func() -> bool: return bob.avatars.has(element))
	# Bob has newer states of Ada than the one that he sees.
	await seconds(0.3)
	var from := ada.local_avatar.position
	var path := PackedVector3Array()
	var ticks := PackedFloat64Array()
	var shown := bob.avatars[element]
	bob.frame_updated.connect(func(tick: float) -> void:
		path.append(shown.position)
		ticks.append(tick))
	ada.move(Vector3(0, 0, -1), 0.0)
	await until("Ada has walked", func() -> bool: return ada.local_avatar.position.distance_to(from) > 2.9)
	ada.move(Vector3.ZERO, 0.0)
	await seconds(1.0)
	near(ada.local_avatar.position.x, from.x, 0.01)
	near_point(bob.avatars[element].position, ada.local_avatar.position, 0.01, "for Bob")
	for i: int in range(1, path.size()):
		check(path[i].z <= path[i - 1].z + 0.002, "Ada went back %s m" % (path[i].z - path[i - 1].z))
		# She walks 2 m/s. A lost packet is corrected over some ticks.
		var most := 2.0 * (ticks[i] - ticks[i - 1]) / 60.0 * 1.5 + 0.1
		check(path[i].distance_to(path[i - 1]) < most, "Ada jumped %s m" % path[i].distance_to(path[i - 1]))


func test_a_box_is_spawned_grabbed_dragged_scaled_and_released() -> void:
	var ada: OtherworldClient = await join("Ada")
	var bob: OtherworldClient = await join("Bob")
	var ahead := ada.local_avatar.position + Vector3(0, 1, -1)
	var spawned := await ada.spawn_box(Vector3.ONE * 0.3, ahead, Quaternion.IDENTITY, Color.RED)
	check(spawned.ok, spawned.reason)
	var element := spawned.element
	await until("both see it", func() -> bool: return ada.props.has(element) and bob.props.has(element))
	equal([bob.props[element].name, bob.props[element].color, bob.props[element].owner], ["box", 0xff0000, ada.user])
	var holders: Array[String] = []
	bob.prop_grabbed.connect(func(prop: OtherworldPropState, by: OtherworldAvatarState) -> void: holders.append("%s by %s" % [prop.name, by.name]))
	bob.prop_released.connect(func(prop: OtherworldPropState, by: OtherworldAvatarState) -> void: holders.append("%s from %s" % [prop.name, by.name]))
	var grabbed := await ada.grab(element, Hand.RIGHT)
	check(grabbed.ok, grabbed.reason)
	var target := ada.local_avatar.position + Vector3(0.5, 1.5, -1)
	ada.drag(Hand.RIGHT, target, Quaternion(Vector3.UP, 1.0))
	await until("it is where the hand is", func() -> bool: return ada.props[element].position.distance_to(target) < 0.02)
	await until("Bob sees it there", func() -> bool: return bob.props[element].position.distance_to(target) < 0.02)
	equal([bob.props[element].holder, ada.props[element].holder], [ada.player, ada.player])
	equal((await bob.grab(element, Hand.LEFT)).reason, "held-by-another")
	check((await ada.scale_prop(element, 2.0)).ok, "not scaled")
	await until("Bob sees it larger", func() -> bool: return bob.props[element].scale == 2.0)
	check((await ada.release(Hand.RIGHT)).ok, "not released")
	await until("it lies on the ground", func() -> bool: return bob.props[element].position.y < 0.35 and bob.props[element].is_asleep)
	equal(bob.props[element].holder, 0)
	equal(holders, ["box by Ada", "box from Ada"] as Array[String])
	near_point(ada.props[element].position, bob.props[element].position, 0.01, "for both")
	check((await ada.despawn(element)).ok, "not removed")
	await until("it is gone", func() -> bool: return not ada.props.has(element) and not bob.props.has(element))


func test_shapes_of_godot_become_props() -> void:
	var ada: OtherworldClient = await join("Ada")
	var capsule := CapsuleShape3D.new()
	var hull := ConvexPolygonShape3D.new()
	hull.points = [Vector3(-0.1, -0.1, -0.1), Vector3(0.1, -0.1, -0.1), Vector3(0, -0.1, 0.1), Vector3(0, 0.1, 0)]
	var shapes: Array[Shape3D] = [SphereShape3D.new(), capsule, hull]
	for shape: Shape3D in shapes:
		var outcome := await ada.spawn_shape(shape, ada.local_avatar.position + Vector3(0, 2, -1.5))
		check(outcome.ok, "%s: %s" % [shape.get_class(), outcome.reason])
		check((await ada.despawn(outcome.element)).ok, "not removed")
	equal((await ada.spawn_shape(WorldBoundaryShape3D.new(), Vector3.ZERO)).reason, "invalid-value")


func test_an_impossible_command_is_rejected_in_its_outcome() -> void:
	var client := enter("Ada")
	equal((await client.grab(1, Hand.LEFT)).reason, "not-joined")
	await until("Ada has joined", func() -> bool: return client.local_avatar != null)
	equal((await client.grab(4_000_000, Hand.LEFT)).reason, "unknown-element")
	equal((await client.release(Hand.LEFT)).reason, "hand-empty")
	equal((await client.spawn_package("x", Vector3.ZERO)).reason, "invalid-value")
	equal((await client.spawn_package("0".repeat(64), client.local_avatar.position)).reason, "unknown-package")
	equal((await client.wear_body(60)).reason, "unknown-body")


func test_a_player_changes_its_size_and_everyone_sees_it() -> void:
	var ada: OtherworldClient = await join("Ada")
	var bob: OtherworldClient = await join("Bob")
	var changed: Array[float] = []
	bob.avatar_changed.connect(func(avatar: OtherworldAvatarState) -> void: changed.append(avatar.scale))
	var own_metres := ada.local_avatar.head_metres
	equal((await ada.scale_avatar(9.0)).reason, "scale-out-of-range")
	var outcome := await ada.scale_avatar(1.5)
	check(outcome.ok, outcome.reason)
	await until("Bob sees it", func() -> bool: return changed == ([1.5] as Array[float]))
	near(bob.avatar_of_player(ada.local_avatar.player).head_metres, own_metres * 1.5, 1e-4)
	await until("Ada sees it", func() -> bool: return is_equal_approx(ada.local_avatar.head_metres, own_metres * 1.5))
	# A newcomer sees it too.
	var cid: OtherworldClient = await join("Cid")
	await until("Cid sees Ada", func() -> bool: return cid.avatar_of_player(ada.local_avatar.player) != null)
	equal(cid.avatar_of_player(ada.local_avatar.player).scale, 1.5)


func test_a_user_may_do_what_owner_access_and_permissions_allow() -> void:
	var ada: OtherworldClient = await join("Ada")
	var bob: OtherworldClient = await join("Bob")
	var element := (await ada.spawn_box(Vector3.ONE * 0.2, ada.local_avatar.position + Vector3(0, 1, -1))).element
	await until("both see it", func() -> bool: return ada.props.has(element) and bob.props.has(element))
	var act := OtherworldClient.Act
	equal([bob.can(act.DRAG, bob.props[element]), bob.can(act.DESPAWN, bob.props[element]), ada.can(act.DESPAWN, ada.props[element])], [true, false, true])
	equal((await bob.despawn(element)).reason, "not-permitted")
	const WHO := OtherworldAccess.Who
	check((await ada.set_access(element, OtherworldAccess.of(WHO.OWNER, WHO.DEFAULT, WHO.OWNER))).ok, "access not set")
	await until("Bob hears of it", func() -> bool: return bob.props[element].access.drag == WHO.OWNER)
	equal([bob.props[element].access.scale, bob.props[element].access.despawn], [WHO.DEFAULT, WHO.OWNER])
	equal([bob.can(act.DRAG, bob.props[element]), bob.can(act.SCALE, bob.props[element]), ada.can(act.DRAG, ada.props[element])], [false, true, true])
	await ada.despawn(element)


func test_a_pose_is_seen_by_others_and_at_once_by_yourself() -> void:
	var ada: OtherworldClient = await join("Ada")
	var bob: OtherworldClient = await join("Bob")
	var pose := OtherworldPose.new()
	pose.head.origin = Vector3(0, 1.6, 0)
	pose.left_hand.origin = Vector3(-0.4, 1.2, -0.3)
	pose.set_bone(OtherworldPose.Bone.CHEST, Quaternion(Vector3.UP, 0.5))
	ada.pose(pose)
	await get_tree().process_frame
	await get_tree().process_frame
	near_point(ada.local_avatar.left_hand.origin, pose.left_hand.origin, 0.001, "for Ada")
	var element := ada.local_avatar.element
	await until("Bob sees the pose", func() -> bool: return bob.avatars.has(element) and bob.avatars[element].has_pose and bob.avatars[element].bone_mask != 0)
	near_point(bob.avatars[element].left_hand.origin, pose.left_hand.origin, 0.003, "for Bob")
	near(bob.avatars[element].bones[OtherworldPose.Bone.CHEST].angle_to(Quaternion(Vector3.UP, 0.5)), 0.0, 0.04)


func test_the_main_thread_may_stall_for_a_second() -> void:
	var ada: OtherworldClient = await join("Ada")
	var bob: OtherworldClient = await join("Bob")
	ada.move(Vector3(0, 0, -1), 0.0)
	await seconds(0.5)
	for i: int in 3:
		OS.delay_msec(1_000 if i == 1 else 200)
		await seconds(0.3)
	ada.move(Vector3.ZERO, 0.0)
	await seconds(1.0)
	equal([ada.state, bob.state, ada.stats().reconnects], [OtherworldClient.State.JOINED, OtherworldClient.State.JOINED, 0])
	near_point(bob.avatars[ada.local_avatar.element].position, ada.local_avatar.position, 0.01, "for Bob")


func test_requests_to_the_http_api_have_the_token() -> void:
	var ada: OtherworldClient = await join("Ada")
	var answer := await ada.request(HTTPClient.METHOD_GET, "v1/packages")
	check(answer.is_ok() and answer.json != null, "status %d" % answer.status)
	answer = await ada.request(HTTPClient.METHOD_GET, "v1/no-such-thing")
	check(answer.fault != null and answer.status == 404, "no fault")
