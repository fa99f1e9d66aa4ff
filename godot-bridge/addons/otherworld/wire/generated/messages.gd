# Generated from protocol/otherworld.proto by `npm run generate`; changes here are lost.
extends RefCounted
## The messages of the wire. Fields are at their default where they were not sent.
##
## [code]decode[/code] reads the bytes of [code]data[/code] from [code]from[/code] up to [code]to[/code]. It returns
## null if they are malformed. A field that was sent twice has its last value. Two fields that exclude each other are
## malformed. Check the values with [code]checks.gd[/code] before you use them.

const Codec := preload("../codec.gd")
const Limits := preload("limits.gd")


enum Motion {
	STATIC = 0,
	DYNAMIC = 1,
	KINEMATIC = 2,
}


enum ClientMode {
	RENDER = 0,
	LOCKSTEP = 1,
}


class Box:
	extends RefCounted
	## Setting it also sets [member has_half_extents].
	var half_extents: Vector3:
		set(value):
			half_extents = value
			has_half_extents = true
	var has_half_extents: bool


	func encode() -> PackedByteArray:
		var out := PackedByteArray()
		if has_half_extents:
			Codec.put_vector3(out, 10, half_extents)
		return out


	static func decode(data: PackedByteArray, from: int, to: int) -> Box:
		var made := Box.new()
		var at := from
		while at < to:
			var head := Codec.head(data, at, to)
			if head < 0:
				return null
			var tag := head >> 37
			var number := head & 0xffffffff
			at += head >> 32 & 31
			var stop := at + number if tag & 7 else at
			if tag == 10:
				var item: Variant = Codec.vector3(data, at, stop)
				if item == null:
					return null
				made.half_extents = item
			elif tag < 16 or stop - at > Codec.OTHER_FIELD_BYTES_MAX:
				return null
			at = stop
		return made


class Sphere:
	extends RefCounted
	var radius: float


	func encode() -> PackedByteArray:
		var out := PackedByteArray()
		Codec.put_float(out, 13, radius)
		return out


	static func decode(data: PackedByteArray, from: int, to: int) -> Sphere:
		var made := Sphere.new()
		var at := from
		while at < to:
			var head := Codec.head(data, at, to)
			if head < 0:
				return null
			var tag := head >> 37
			var number := head & 0xffffffff
			at += head >> 32 & 31
			var stop := at + number if tag & 7 else at
			if tag == 13:
				made.radius = data.decode_float(at)
			elif tag < 16 or stop - at > Codec.OTHER_FIELD_BYTES_MAX:
				return null
			at = stop
		return made


class Capsule:
	extends RefCounted
	var half_height: float
	var radius: float


	func encode() -> PackedByteArray:
		var out := PackedByteArray()
		Codec.put_float(out, 13, half_height)
		Codec.put_float(out, 21, radius)
		return out


	static func decode(data: PackedByteArray, from: int, to: int) -> Capsule:
		var made := Capsule.new()
		var at := from
		while at < to:
			var head := Codec.head(data, at, to)
			if head < 0:
				return null
			var tag := head >> 37
			var number := head & 0xffffffff
			at += head >> 32 & 31
			var stop := at + number if tag & 7 else at
			if tag == 13:
				made.half_height = data.decode_float(at)
			elif tag == 21:
				made.radius = data.decode_float(at)
			elif tag < 24 or stop - at > Codec.OTHER_FIELD_BYTES_MAX:
				return null
			at = stop
		return made


class Convex:
	extends RefCounted
	var points: PackedFloat32Array = []


	func encode() -> PackedByteArray:
		var out := PackedByteArray()
		Codec.put_floats(out, 10, points)
		return out


	static func decode(data: PackedByteArray, from: int, to: int) -> Convex:
		var made := Convex.new()
		var at := from
		while at < to:
			var head := Codec.head(data, at, to)
			if head < 0:
				return null
			var tag := head >> 37
			var number := head & 0xffffffff
			at += head >> 32 & 31
			var stop := at + number if tag & 7 else at
			if tag == 10:
				var item: Variant = Codec.floats(data, at, stop)
				if item == null:
					return null
				made.points.append_array(item)
				if made.points.size() > Limits.HULL_POINTS_MAX * 3:
					return null
			elif tag == 13:
				made.points.append(data.decode_float(at))
				if made.points.size() > Limits.HULL_POINTS_MAX * 3:
					return null
			elif tag < 16 or stop - at > Codec.OTHER_FIELD_BYTES_MAX:
				return null
			at = stop
		return made


class Trimesh:
	extends RefCounted
	var vertices: PackedFloat32Array = []
	var indices: PackedInt32Array = []


	func encode() -> PackedByteArray:
		var out := PackedByteArray()
		Codec.put_floats(out, 10, vertices)
		Codec.put_numbers(out, 18, indices)
		return out


	static func decode(data: PackedByteArray, from: int, to: int) -> Trimesh:
		var made := Trimesh.new()
		var at := from
		while at < to:
			var head := Codec.head(data, at, to)
			if head < 0:
				return null
			var tag := head >> 37
			var number := head & 0xffffffff
			at += head >> 32 & 31
			var stop := at + number if tag & 7 else at
			if tag == 10:
				var item: Variant = Codec.floats(data, at, stop)
				if item == null:
					return null
				made.vertices.append_array(item)
				if made.vertices.size() > Limits.TRIMESH_VERTICES_MAX * 3:
					return null
			elif tag == 13:
				made.vertices.append(data.decode_float(at))
				if made.vertices.size() > Limits.TRIMESH_VERTICES_MAX * 3:
					return null
			elif tag == 18:
				var item: Variant = Codec.numbers(data, at, stop)
				if item == null:
					return null
				made.indices.append_array(item)
				if made.indices.size() > Limits.TRIMESH_TRIANGLES_MAX * 3:
					return null
			elif tag == 16:
				made.indices.append(number)
				if made.indices.size() > Limits.TRIMESH_TRIANGLES_MAX * 3:
					return null
			elif tag < 24 or stop - at > Codec.OTHER_FIELD_BYTES_MAX:
				return null
			at = stop
		return made


class Collider:
	extends RefCounted
	## The field that was set last, of the fields that exclude each other. Only this field is written.
	enum ShapeCase {
		NONE = 0,
		BOX = 1,
		SPHERE = 2,
		CAPSULE = 3,
		CONVEX = 4,
		TRIMESH = 5,
	}
	var shape_case := ShapeCase.NONE
	var box: Box:
		set(value):
			box = value
			shape_case = ShapeCase.BOX if value else ShapeCase.NONE
	var sphere: Sphere:
		set(value):
			sphere = value
			shape_case = ShapeCase.SPHERE if value else ShapeCase.NONE
	var capsule: Capsule:
		set(value):
			capsule = value
			shape_case = ShapeCase.CAPSULE if value else ShapeCase.NONE
	var convex: Convex:
		set(value):
			convex = value
			shape_case = ShapeCase.CONVEX if value else ShapeCase.NONE
	var trimesh: Trimesh:
		set(value):
			trimesh = value
			shape_case = ShapeCase.TRIMESH if value else ShapeCase.NONE
	## Setting it also sets [member has_position].
	var position: Vector3:
		set(value):
			position = value
			has_position = true
	var has_position: bool
	## Setting it also sets [member has_rotation].
	var rotation: Quaternion:
		set(value):
			rotation = value
			has_rotation = true
	var has_rotation: bool


	func encode() -> PackedByteArray:
		var out := PackedByteArray()
		if shape_case == ShapeCase.BOX:
			Codec.put_bytes(out, 10, box.encode(), true)
		if shape_case == ShapeCase.SPHERE:
			Codec.put_bytes(out, 18, sphere.encode(), true)
		if shape_case == ShapeCase.CAPSULE:
			Codec.put_bytes(out, 26, capsule.encode(), true)
		if shape_case == ShapeCase.CONVEX:
			Codec.put_bytes(out, 34, convex.encode(), true)
		if shape_case == ShapeCase.TRIMESH:
			Codec.put_bytes(out, 42, trimesh.encode(), true)
		if has_position:
			Codec.put_vector3(out, 50, position)
		if has_rotation:
			Codec.put_quaternion(out, 58, rotation)
		return out


	static func decode(data: PackedByteArray, from: int, to: int) -> Collider:
		var made := Collider.new()
		var at := from
		while at < to:
			var head := Codec.head(data, at, to)
			if head < 0:
				return null
			var tag := head >> 37
			var number := head & 0xffffffff
			at += head >> 32 & 31
			var stop := at + number if tag & 7 else at
			if tag == 10:
				if made.shape_case:
					return null
				made.box = Box.decode(data, at, stop)
				if not made.box:
					return null
			elif tag == 18:
				if made.shape_case:
					return null
				made.sphere = Sphere.decode(data, at, stop)
				if not made.sphere:
					return null
			elif tag == 26:
				if made.shape_case:
					return null
				made.capsule = Capsule.decode(data, at, stop)
				if not made.capsule:
					return null
			elif tag == 34:
				if made.shape_case:
					return null
				made.convex = Convex.decode(data, at, stop)
				if not made.convex:
					return null
			elif tag == 42:
				if made.shape_case:
					return null
				made.trimesh = Trimesh.decode(data, at, stop)
				if not made.trimesh:
					return null
			elif tag == 50:
				var item: Variant = Codec.vector3(data, at, stop)
				if item == null:
					return null
				made.position = item
			elif tag == 58:
				var item: Variant = Codec.quaternion(data, at, stop)
				if item == null:
					return null
				made.rotation = item
			elif tag < 64 or stop - at > Codec.OTHER_FIELD_BYTES_MAX:
				return null
			at = stop
		return made


class PropSpec:
	extends RefCounted
	var name: String
	var motion: int
	var colliders: Array[Collider] = []
	var density: float
	var friction: float
	var restitution: float
	var color: int


	func encode() -> PackedByteArray:
		var out := PackedByteArray()
		Codec.put_text(out, 10, name)
		Codec.put_number(out, 16, motion)
		for item: Collider in colliders:
			Codec.put_bytes(out, 26, item.encode(), true)
		Codec.put_float(out, 37, density)
		Codec.put_float(out, 45, friction)
		Codec.put_float(out, 53, restitution)
		Codec.put_number(out, 56, color)
		return out


	static func decode(data: PackedByteArray, from: int, to: int) -> PropSpec:
		var made := PropSpec.new()
		var at := from
		while at < to:
			var head := Codec.head(data, at, to)
			if head < 0:
				return null
			var tag := head >> 37
			var number := head & 0xffffffff
			at += head >> 32 & 31
			var stop := at + number if tag & 7 else at
			if tag == 10:
				if number > Limits.LABEL_BYTES_MAX:
					return null
				made.name = Codec.text(data, at, stop)
			elif tag == 16:
				made.motion = number
			elif tag == 26:
				var item := Collider.decode(data, at, stop)
				if not item or made.colliders.size() == Limits.COLLIDERS_MAX:
					return null
				made.colliders.append(item)
			elif tag == 37:
				made.density = data.decode_float(at)
			elif tag == 45:
				made.friction = data.decode_float(at)
			elif tag == 53:
				made.restitution = data.decode_float(at)
			elif tag == 56:
				made.color = number
			elif tag < 64 or stop - at > Codec.OTHER_FIELD_BYTES_MAX:
				return null
			at = stop
		return made


class BoneCapsule:
	extends RefCounted
	var bone: int
	## Setting it also sets [member has_a].
	var a: Vector3:
		set(value):
			a = value
			has_a = true
	var has_a: bool
	## Setting it also sets [member has_b].
	var b: Vector3:
		set(value):
			b = value
			has_b = true
	var has_b: bool
	var radius: float


	func encode() -> PackedByteArray:
		var out := PackedByteArray()
		Codec.put_number(out, 8, bone)
		if has_a:
			Codec.put_vector3(out, 18, a)
		if has_b:
			Codec.put_vector3(out, 26, b)
		Codec.put_float(out, 37, radius)
		return out


	static func decode(data: PackedByteArray, from: int, to: int) -> BoneCapsule:
		var made := BoneCapsule.new()
		var at := from
		while at < to:
			var head := Codec.head(data, at, to)
			if head < 0:
				return null
			var tag := head >> 37
			var number := head & 0xffffffff
			at += head >> 32 & 31
			var stop := at + number if tag & 7 else at
			if tag == 8:
				made.bone = number
			elif tag == 18:
				var item: Variant = Codec.vector3(data, at, stop)
				if item == null:
					return null
				made.a = item
			elif tag == 26:
				var item: Variant = Codec.vector3(data, at, stop)
				if item == null:
					return null
				made.b = item
			elif tag == 37:
				made.radius = data.decode_float(at)
			elif tag < 40 or stop - at > Codec.OTHER_FIELD_BYTES_MAX:
				return null
			at = stop
		return made


class AvatarBody:
	extends RefCounted
	var name: String
	var offsets: PackedVector3Array = []
	var capsules: Array[BoneCapsule] = []


	func encode() -> PackedByteArray:
		var out := PackedByteArray()
		Codec.put_text(out, 10, name)
		for item: Vector3 in offsets:
			Codec.put_vector3(out, 18, item)
		for item: BoneCapsule in capsules:
			Codec.put_bytes(out, 26, item.encode(), true)
		return out


	static func decode(data: PackedByteArray, from: int, to: int) -> AvatarBody:
		var made := AvatarBody.new()
		var at := from
		while at < to:
			var head := Codec.head(data, at, to)
			if head < 0:
				return null
			var tag := head >> 37
			var number := head & 0xffffffff
			at += head >> 32 & 31
			var stop := at + number if tag & 7 else at
			if tag == 10:
				if number > Limits.LABEL_BYTES_MAX:
					return null
				made.name = Codec.text(data, at, stop)
			elif tag == 18:
				var item: Variant = Codec.vector3(data, at, stop)
				if item == null or made.offsets.size() == Limits.POSE_BONES_MAX:
					return null
				made.offsets.append(item)
			elif tag == 26:
				var item := BoneCapsule.decode(data, at, stop)
				if not item or made.capsules.size() == Limits.BODY_CAPSULES_MAX:
					return null
				made.capsules.append(item)
			elif tag < 32 or stop - at > Codec.OTHER_FIELD_BYTES_MAX:
				return null
			at = stop
		return made


class Join:
	extends RefCounted
	var player: int
	var name: String
	var body: int
	var permissions: int
	var user: int
	var share: int


	func encode() -> PackedByteArray:
		var out := PackedByteArray()
		Codec.put_number(out, 8, player)
		Codec.put_text(out, 18, name)
		Codec.put_number(out, 24, body)
		Codec.put_number(out, 32, permissions)
		Codec.put_number(out, 40, user)
		Codec.put_number(out, 48, share)
		return out


	static func decode(data: PackedByteArray, from: int, to: int) -> Join:
		var made := Join.new()
		var at := from
		while at < to:
			var head := Codec.head(data, at, to)
			if head < 0:
				return null
			var tag := head >> 37
			var number := head & 0xffffffff
			at += head >> 32 & 31
			var stop := at + number if tag & 7 else at
			if tag == 8:
				made.player = number
			elif tag == 18:
				if number > Limits.NAME_BYTES_MAX:
					return null
				made.name = Codec.text(data, at, stop)
			elif tag == 24:
				made.body = number
			elif tag == 32:
				made.permissions = number
			elif tag == 40:
				made.user = number
			elif tag == 48:
				made.share = number
			elif tag < 56 or stop - at > Codec.OTHER_FIELD_BYTES_MAX:
				return null
			at = stop
		return made


class Leave:
	extends RefCounted
	var player: int


	func encode() -> PackedByteArray:
		var out := PackedByteArray()
		Codec.put_number(out, 8, player)
		return out


	static func decode(data: PackedByteArray, from: int, to: int) -> Leave:
		var made := Leave.new()
		var at := from
		while at < to:
			var head := Codec.head(data, at, to)
			if head < 0:
				return null
			var tag := head >> 37
			var number := head & 0xffffffff
			at += head >> 32 & 31
			var stop := at + number if tag & 7 else at
			if tag == 8:
				made.player = number
			elif tag < 16 or stop - at > Codec.OTHER_FIELD_BYTES_MAX:
				return null
			at = stop
		return made


class Teleport:
	extends RefCounted
	var player: int
	## Setting it also sets [member has_position].
	var position: Vector3:
		set(value):
			position = value
			has_position = true
	var has_position: bool
	var yaw: float


	func encode() -> PackedByteArray:
		var out := PackedByteArray()
		Codec.put_number(out, 8, player)
		if has_position:
			Codec.put_vector3(out, 18, position)
		Codec.put_float(out, 29, yaw)
		return out


	static func decode(data: PackedByteArray, from: int, to: int) -> Teleport:
		var made := Teleport.new()
		var at := from
		while at < to:
			var head := Codec.head(data, at, to)
			if head < 0:
				return null
			var tag := head >> 37
			var number := head & 0xffffffff
			at += head >> 32 & 31
			var stop := at + number if tag & 7 else at
			if tag == 8:
				made.player = number
			elif tag == 18:
				var item: Variant = Codec.vector3(data, at, stop)
				if item == null:
					return null
				made.position = item
			elif tag == 29:
				made.yaw = data.decode_float(at)
			elif tag < 32 or stop - at > Codec.OTHER_FIELD_BYTES_MAX:
				return null
			at = stop
		return made


class Permit:
	extends RefCounted
	var player: int
	var permissions: int


	func encode() -> PackedByteArray:
		var out := PackedByteArray()
		Codec.put_number(out, 8, player)
		Codec.put_number(out, 16, permissions)
		return out


	static func decode(data: PackedByteArray, from: int, to: int) -> Permit:
		var made := Permit.new()
		var at := from
		while at < to:
			var head := Codec.head(data, at, to)
			if head < 0:
				return null
			var tag := head >> 37
			var number := head & 0xffffffff
			at += head >> 32 & 31
			var stop := at + number if tag & 7 else at
			if tag == 8:
				made.player = number
			elif tag == 16:
				made.permissions = number
			elif tag < 24 or stop - at > Codec.OTHER_FIELD_BYTES_MAX:
				return null
			at = stop
		return made


class Move:
	extends RefCounted
	var x: float
	var y: float
	var z: float
	var yaw: float
	var jump: bool
	var run: bool
	var fly: bool


	func encode() -> PackedByteArray:
		var out := PackedByteArray()
		Codec.put_float(out, 13, x)
		Codec.put_float(out, 21, y)
		Codec.put_float(out, 29, z)
		Codec.put_float(out, 37, yaw)
		Codec.put_bool(out, 40, jump)
		Codec.put_bool(out, 48, run)
		Codec.put_bool(out, 56, fly)
		return out


	static func decode(data: PackedByteArray, from: int, to: int) -> Move:
		var made := Move.new()
		var at := from
		while at < to:
			var head := Codec.head(data, at, to)
			if head < 0:
				return null
			var tag := head >> 37
			var number := head & 0xffffffff
			at += head >> 32 & 31
			var stop := at + number if tag & 7 else at
			if tag == 13:
				made.x = data.decode_float(at)
			elif tag == 21:
				made.y = data.decode_float(at)
			elif tag == 29:
				made.z = data.decode_float(at)
			elif tag == 37:
				made.yaw = data.decode_float(at)
			elif tag == 40:
				made.jump = number != 0
			elif tag == 48:
				made.run = number != 0
			elif tag == 56:
				made.fly = number != 0
			elif tag < 64 or stop - at > Codec.OTHER_FIELD_BYTES_MAX:
				return null
			at = stop
		return made


class Pose:
	extends RefCounted
	var bytes: PackedByteArray
	var bone_mask: int


	func encode() -> PackedByteArray:
		var out := PackedByteArray()
		Codec.put_bytes(out, 10, bytes)
		Codec.put_number(out, 16, bone_mask)
		return out


	static func decode(data: PackedByteArray, from: int, to: int) -> Pose:
		var made := Pose.new()
		var at := from
		while at < to:
			var head := Codec.head(data, at, to)
			if head < 0:
				return null
			var tag := head >> 37
			var number := head & 0xffffffff
			at += head >> 32 & 31
			var stop := at + number if tag & 7 else at
			if tag == 10:
				if number > Codec.OTHER_FIELD_BYTES_MAX:
					return null
				made.bytes = data.slice(at, stop)
			elif tag == 16:
				made.bone_mask = number
			elif tag < 24 or stop - at > Codec.OTHER_FIELD_BYTES_MAX:
				return null
			at = stop
		return made


## Either `prop` or `package`: 32 bytes, the SHA-256 that names it. `owner`: 0, except from the server.
class Spawn:
	extends RefCounted
	var prop: PropSpec
	## Setting it also sets [member has_position].
	var position: Vector3:
		set(value):
			position = value
			has_position = true
	var has_position: bool
	## Setting it also sets [member has_rotation].
	var rotation: Quaternion:
		set(value):
			rotation = value
			has_rotation = true
	var has_rotation: bool
	var scale: float
	var package: PackedByteArray
	var access: int
	var owner: int


	func encode() -> PackedByteArray:
		var out := PackedByteArray()
		if prop:
			Codec.put_bytes(out, 10, prop.encode(), true)
		if has_position:
			Codec.put_vector3(out, 18, position)
		if has_rotation:
			Codec.put_quaternion(out, 26, rotation)
		Codec.put_float(out, 37, scale)
		Codec.put_bytes(out, 42, package)
		Codec.put_number(out, 48, access)
		Codec.put_number(out, 56, owner)
		return out


	static func decode(data: PackedByteArray, from: int, to: int) -> Spawn:
		var made := Spawn.new()
		var at := from
		while at < to:
			var head := Codec.head(data, at, to)
			if head < 0:
				return null
			var tag := head >> 37
			var number := head & 0xffffffff
			at += head >> 32 & 31
			var stop := at + number if tag & 7 else at
			if tag == 10:
				made.prop = PropSpec.decode(data, at, stop)
				if not made.prop:
					return null
			elif tag == 18:
				var item: Variant = Codec.vector3(data, at, stop)
				if item == null:
					return null
				made.position = item
			elif tag == 26:
				var item: Variant = Codec.quaternion(data, at, stop)
				if item == null:
					return null
				made.rotation = item
			elif tag == 37:
				made.scale = data.decode_float(at)
			elif tag == 42:
				if number > Limits.PACKAGE_HASH_BYTES:
					return null
				made.package = data.slice(at, stop)
			elif tag == 48:
				made.access = number
			elif tag == 56:
				made.owner = number
			elif tag < 64 or stop - at > Codec.OTHER_FIELD_BYTES_MAX:
				return null
			at = stop
		return made


class Despawn:
	extends RefCounted
	var element: int


	func encode() -> PackedByteArray:
		var out := PackedByteArray()
		Codec.put_number(out, 8, element)
		return out


	static func decode(data: PackedByteArray, from: int, to: int) -> Despawn:
		var made := Despawn.new()
		var at := from
		while at < to:
			var head := Codec.head(data, at, to)
			if head < 0:
				return null
			var tag := head >> 37
			var number := head & 0xffffffff
			at += head >> 32 & 31
			var stop := at + number if tag & 7 else at
			if tag == 8:
				made.element = number
			elif tag < 16 or stop - at > Codec.OTHER_FIELD_BYTES_MAX:
				return null
			at = stop
		return made


class Grab:
	extends RefCounted
	var element: int
	var hand: int


	func encode() -> PackedByteArray:
		var out := PackedByteArray()
		Codec.put_number(out, 8, element)
		Codec.put_number(out, 16, hand)
		return out


	static func decode(data: PackedByteArray, from: int, to: int) -> Grab:
		var made := Grab.new()
		var at := from
		while at < to:
			var head := Codec.head(data, at, to)
			if head < 0:
				return null
			var tag := head >> 37
			var number := head & 0xffffffff
			at += head >> 32 & 31
			var stop := at + number if tag & 7 else at
			if tag == 8:
				made.element = number
			elif tag == 16:
				made.hand = number
			elif tag < 24 or stop - at > Codec.OTHER_FIELD_BYTES_MAX:
				return null
			at = stop
		return made


class Drag:
	extends RefCounted
	var hand: int
	## Setting it also sets [member has_position].
	var position: Vector3:
		set(value):
			position = value
			has_position = true
	var has_position: bool
	## Setting it also sets [member has_rotation].
	var rotation: Quaternion:
		set(value):
			rotation = value
			has_rotation = true
	var has_rotation: bool


	func encode() -> PackedByteArray:
		var out := PackedByteArray()
		Codec.put_number(out, 8, hand)
		if has_position:
			Codec.put_vector3(out, 18, position)
		if has_rotation:
			Codec.put_quaternion(out, 26, rotation)
		return out


	static func decode(data: PackedByteArray, from: int, to: int) -> Drag:
		var made := Drag.new()
		var at := from
		while at < to:
			var head := Codec.head(data, at, to)
			if head < 0:
				return null
			var tag := head >> 37
			var number := head & 0xffffffff
			at += head >> 32 & 31
			var stop := at + number if tag & 7 else at
			if tag == 8:
				made.hand = number
			elif tag == 18:
				var item: Variant = Codec.vector3(data, at, stop)
				if item == null:
					return null
				made.position = item
			elif tag == 26:
				var item: Variant = Codec.quaternion(data, at, stop)
				if item == null:
					return null
				made.rotation = item
			elif tag < 32 or stop - at > Codec.OTHER_FIELD_BYTES_MAX:
				return null
			at = stop
		return made


class Release:
	extends RefCounted
	var hand: int


	func encode() -> PackedByteArray:
		var out := PackedByteArray()
		Codec.put_number(out, 8, hand)
		return out


	static func decode(data: PackedByteArray, from: int, to: int) -> Release:
		var made := Release.new()
		var at := from
		while at < to:
			var head := Codec.head(data, at, to)
			if head < 0:
				return null
			var tag := head >> 37
			var number := head & 0xffffffff
			at += head >> 32 & 31
			var stop := at + number if tag & 7 else at
			if tag == 8:
				made.hand = number
			elif tag < 16 or stop - at > Codec.OTHER_FIELD_BYTES_MAX:
				return null
			at = stop
		return made


class Scale:
	extends RefCounted
	var element: int
	var scale: float


	func encode() -> PackedByteArray:
		var out := PackedByteArray()
		Codec.put_number(out, 8, element)
		Codec.put_float(out, 21, scale)
		return out


	static func decode(data: PackedByteArray, from: int, to: int) -> Scale:
		var made := Scale.new()
		var at := from
		while at < to:
			var head := Codec.head(data, at, to)
			if head < 0:
				return null
			var tag := head >> 37
			var number := head & 0xffffffff
			at += head >> 32 & 31
			var stop := at + number if tag & 7 else at
			if tag == 8:
				made.element = number
			elif tag == 21:
				made.scale = data.decode_float(at)
			elif tag < 24 or stop - at > Codec.OTHER_FIELD_BYTES_MAX:
				return null
			at = stop
		return made


## The part of a package that the simulation knows.
class Package:
	extends RefCounted
	## The field that was set last, of the fields that exclude each other. Only this field is written.
	enum PhysicsCase {
		NONE = 0,
		PROP = 2,
		BODY = 3,
	}
	var physics_case := PhysicsCase.NONE
	var hash: PackedByteArray
	var prop: PropSpec:
		set(value):
			prop = value
			physics_case = PhysicsCase.PROP if value else PhysicsCase.NONE
	var body: AvatarBody:
		set(value):
			body = value
			physics_case = PhysicsCase.BODY if value else PhysicsCase.NONE


	func encode() -> PackedByteArray:
		var out := PackedByteArray()
		Codec.put_bytes(out, 10, hash)
		if physics_case == PhysicsCase.PROP:
			Codec.put_bytes(out, 18, prop.encode(), true)
		if physics_case == PhysicsCase.BODY:
			Codec.put_bytes(out, 26, body.encode(), true)
		return out


	static func decode(data: PackedByteArray, from: int, to: int) -> Package:
		var made := Package.new()
		var at := from
		while at < to:
			var head := Codec.head(data, at, to)
			if head < 0:
				return null
			var tag := head >> 37
			var number := head & 0xffffffff
			at += head >> 32 & 31
			var stop := at + number if tag & 7 else at
			if tag == 10:
				if number > Limits.PACKAGE_HASH_BYTES:
					return null
				made.hash = data.slice(at, stop)
			elif tag == 18:
				if made.physics_case:
					return null
				made.prop = PropSpec.decode(data, at, stop)
				if not made.prop:
					return null
			elif tag == 26:
				if made.physics_case:
					return null
				made.body = AvatarBody.decode(data, at, stop)
				if not made.body:
					return null
			elif tag < 32 or stop - at > Codec.OTHER_FIELD_BYTES_MAX:
				return null
			at = stop
		return made


## `package`: 32 bytes; empty: the realm's body of index `body`. `player`: 0, except from the server.
class Wear:
	extends RefCounted
	var player: int
	var body: int
	var package: PackedByteArray


	func encode() -> PackedByteArray:
		var out := PackedByteArray()
		Codec.put_number(out, 8, player)
		Codec.put_number(out, 16, body)
		Codec.put_bytes(out, 26, package)
		return out


	static func decode(data: PackedByteArray, from: int, to: int) -> Wear:
		var made := Wear.new()
		var at := from
		while at < to:
			var head := Codec.head(data, at, to)
			if head < 0:
				return null
			var tag := head >> 37
			var number := head & 0xffffffff
			at += head >> 32 & 31
			var stop := at + number if tag & 7 else at
			if tag == 8:
				made.player = number
			elif tag == 16:
				made.body = number
			elif tag == 26:
				if number > Limits.PACKAGE_HASH_BYTES:
					return null
				made.package = data.slice(at, stop)
			elif tag < 32 or stop - at > Codec.OTHER_FIELD_BYTES_MAX:
				return null
			at = stop
		return made


class Access:
	extends RefCounted
	var element: int
	var access: int


	func encode() -> PackedByteArray:
		var out := PackedByteArray()
		Codec.put_number(out, 8, element)
		Codec.put_number(out, 16, access)
		return out


	static func decode(data: PackedByteArray, from: int, to: int) -> Access:
		var made := Access.new()
		var at := from
		while at < to:
			var head := Codec.head(data, at, to)
			if head < 0:
				return null
			var tag := head >> 37
			var number := head & 0xffffffff
			at += head >> 32 & 31
			var stop := at + number if tag & 7 else at
			if tag == 8:
				made.element = number
			elif tag == 16:
				made.access = number
			elif tag < 24 or stop - at > Codec.OTHER_FIELD_BYTES_MAX:
				return null
			at = stop
		return made


## In a recording: replaces a command that the server refused.
class Refused:
	extends RefCounted
	var reason: String


	func encode() -> PackedByteArray:
		var out := PackedByteArray()
		Codec.put_text(out, 10, reason)
		return out


	static func decode(data: PackedByteArray, from: int, to: int) -> Refused:
		var made := Refused.new()
		var at := from
		while at < to:
			var head := Codec.head(data, at, to)
			if head < 0:
				return null
			var tag := head >> 37
			var number := head & 0xffffffff
			at += head >> 32 & 31
			var stop := at + number if tag & 7 else at
			if tag == 10:
				if number > Codec.OTHER_FIELD_BYTES_MAX:
					return null
				made.reason = Codec.text(data, at, stop)
			elif tag < 16 or stop - at > Codec.OTHER_FIELD_BYTES_MAX:
				return null
			at = stop
		return made


class PlayerInput:
	extends RefCounted
	## The field that was set last, of the fields that exclude each other. Only this field is written.
	enum CommandCase {
		NONE = 0,
		JOIN = 3,
		LEAVE = 4,
		TELEPORT = 5,
		PERMIT = 6,
		MOVE = 7,
		POSE = 8,
		SPAWN = 9,
		DESPAWN = 10,
		GRAB = 11,
		DRAG = 12,
		RELEASE = 13,
		SCALE = 14,
		PACKAGE = 15,
		WEAR = 16,
		ACCESS = 17,
		REFUSED = 18,
	}
	var command_case := CommandCase.NONE
	var player: int
	var sequence: int
	var join: Join:
		set(value):
			join = value
			command_case = CommandCase.JOIN if value else CommandCase.NONE
	var leave: Leave:
		set(value):
			leave = value
			command_case = CommandCase.LEAVE if value else CommandCase.NONE
	var teleport: Teleport:
		set(value):
			teleport = value
			command_case = CommandCase.TELEPORT if value else CommandCase.NONE
	var permit: Permit:
		set(value):
			permit = value
			command_case = CommandCase.PERMIT if value else CommandCase.NONE
	var move: Move:
		set(value):
			move = value
			command_case = CommandCase.MOVE if value else CommandCase.NONE
	var pose: Pose:
		set(value):
			pose = value
			command_case = CommandCase.POSE if value else CommandCase.NONE
	var spawn: Spawn:
		set(value):
			spawn = value
			command_case = CommandCase.SPAWN if value else CommandCase.NONE
	var despawn: Despawn:
		set(value):
			despawn = value
			command_case = CommandCase.DESPAWN if value else CommandCase.NONE
	var grab: Grab:
		set(value):
			grab = value
			command_case = CommandCase.GRAB if value else CommandCase.NONE
	var drag: Drag:
		set(value):
			drag = value
			command_case = CommandCase.DRAG if value else CommandCase.NONE
	var release: Release:
		set(value):
			release = value
			command_case = CommandCase.RELEASE if value else CommandCase.NONE
	var scale: Scale:
		set(value):
			scale = value
			command_case = CommandCase.SCALE if value else CommandCase.NONE
	var package: Package:
		set(value):
			package = value
			command_case = CommandCase.PACKAGE if value else CommandCase.NONE
	var wear: Wear:
		set(value):
			wear = value
			command_case = CommandCase.WEAR if value else CommandCase.NONE
	var access: Access:
		set(value):
			access = value
			command_case = CommandCase.ACCESS if value else CommandCase.NONE
	var refused: Refused:
		set(value):
			refused = value
			command_case = CommandCase.REFUSED if value else CommandCase.NONE


	func encode() -> PackedByteArray:
		var out := PackedByteArray()
		Codec.put_number(out, 8, player)
		Codec.put_number(out, 16, sequence)
		if command_case == CommandCase.JOIN:
			Codec.put_bytes(out, 26, join.encode(), true)
		if command_case == CommandCase.LEAVE:
			Codec.put_bytes(out, 34, leave.encode(), true)
		if command_case == CommandCase.TELEPORT:
			Codec.put_bytes(out, 42, teleport.encode(), true)
		if command_case == CommandCase.PERMIT:
			Codec.put_bytes(out, 50, permit.encode(), true)
		if command_case == CommandCase.MOVE:
			Codec.put_bytes(out, 58, move.encode(), true)
		if command_case == CommandCase.POSE:
			Codec.put_bytes(out, 66, pose.encode(), true)
		if command_case == CommandCase.SPAWN:
			Codec.put_bytes(out, 74, spawn.encode(), true)
		if command_case == CommandCase.DESPAWN:
			Codec.put_bytes(out, 82, despawn.encode(), true)
		if command_case == CommandCase.GRAB:
			Codec.put_bytes(out, 90, grab.encode(), true)
		if command_case == CommandCase.DRAG:
			Codec.put_bytes(out, 98, drag.encode(), true)
		if command_case == CommandCase.RELEASE:
			Codec.put_bytes(out, 106, release.encode(), true)
		if command_case == CommandCase.SCALE:
			Codec.put_bytes(out, 114, scale.encode(), true)
		if command_case == CommandCase.PACKAGE:
			Codec.put_bytes(out, 122, package.encode(), true)
		if command_case == CommandCase.WEAR:
			Codec.put_bytes(out, 130, wear.encode(), true)
		if command_case == CommandCase.ACCESS:
			Codec.put_bytes(out, 138, access.encode(), true)
		if command_case == CommandCase.REFUSED:
			Codec.put_bytes(out, 146, refused.encode(), true)
		return out


	static func decode(data: PackedByteArray, from: int, to: int) -> PlayerInput:
		var made := PlayerInput.new()
		var at := from
		while at < to:
			var head := Codec.head(data, at, to)
			if head < 0:
				return null
			var tag := head >> 37
			var number := head & 0xffffffff
			at += head >> 32 & 31
			var stop := at + number if tag & 7 else at
			if tag == 8:
				made.player = number
			elif tag == 16:
				made.sequence = number
			elif tag == 26:
				if made.command_case:
					return null
				made.join = Join.decode(data, at, stop)
				if not made.join:
					return null
			elif tag == 34:
				if made.command_case:
					return null
				made.leave = Leave.decode(data, at, stop)
				if not made.leave:
					return null
			elif tag == 42:
				if made.command_case:
					return null
				made.teleport = Teleport.decode(data, at, stop)
				if not made.teleport:
					return null
			elif tag == 50:
				if made.command_case:
					return null
				made.permit = Permit.decode(data, at, stop)
				if not made.permit:
					return null
			elif tag == 58:
				if made.command_case:
					return null
				made.move = Move.decode(data, at, stop)
				if not made.move:
					return null
			elif tag == 66:
				if made.command_case:
					return null
				made.pose = Pose.decode(data, at, stop)
				if not made.pose:
					return null
			elif tag == 74:
				if made.command_case:
					return null
				made.spawn = Spawn.decode(data, at, stop)
				if not made.spawn:
					return null
			elif tag == 82:
				if made.command_case:
					return null
				made.despawn = Despawn.decode(data, at, stop)
				if not made.despawn:
					return null
			elif tag == 90:
				if made.command_case:
					return null
				made.grab = Grab.decode(data, at, stop)
				if not made.grab:
					return null
			elif tag == 98:
				if made.command_case:
					return null
				made.drag = Drag.decode(data, at, stop)
				if not made.drag:
					return null
			elif tag == 106:
				if made.command_case:
					return null
				made.release = Release.decode(data, at, stop)
				if not made.release:
					return null
			elif tag == 114:
				if made.command_case:
					return null
				made.scale = Scale.decode(data, at, stop)
				if not made.scale:
					return null
			elif tag == 122:
				if made.command_case:
					return null
				made.package = Package.decode(data, at, stop)
				if not made.package:
					return null
			elif tag == 130:
				if made.command_case:
					return null
				made.wear = Wear.decode(data, at, stop)
				if not made.wear:
					return null
			elif tag == 138:
				if made.command_case:
					return null
				made.access = Access.decode(data, at, stop)
				if not made.access:
					return null
			elif tag == 146:
				if made.command_case:
					return null
				made.refused = Refused.decode(data, at, stop)
				if not made.refused:
					return null
			elif tag < 152 or stop - at > Codec.OTHER_FIELD_BYTES_MAX:
				return null
			at = stop
		return made


class InputFrame:
	extends RefCounted
	var tick: int
	var inputs: Array[PlayerInput] = []


	func encode() -> PackedByteArray:
		var out := PackedByteArray()
		Codec.put_number(out, 8, tick)
		for item: PlayerInput in inputs:
			Codec.put_bytes(out, 18, item.encode(), true)
		return out


	static func decode(data: PackedByteArray, from: int, to: int) -> InputFrame:
		var made := InputFrame.new()
		var at := from
		while at < to:
			var head := Codec.head(data, at, to)
			if head < 0:
				return null
			var tag := head >> 37
			var number := head & 0xffffffff
			at += head >> 32 & 31
			var stop := at + number if tag & 7 else at
			if tag == 8:
				made.tick = number
			elif tag == 18:
				var item := PlayerInput.decode(data, at, stop)
				if not item or made.inputs.size() == Limits.FRAME_INPUTS_MAX:
					return null
				made.inputs.append(item)
			elif tag < 24 or stop - at > Codec.OTHER_FIELD_BYTES_MAX:
				return null
			at = stop
		return made


class ClientPacket:
	extends RefCounted
	## The field that was set last, of the fields that exclude each other. Only this field is written.
	enum ControlCase {
		NONE = 0,
		HELLO = 8,
		GOODBYE = 9,
	}
	var control_case := ControlCase.NONE
	## counts up, 1 first
	var packet: int
	## highest server packet received
	var ack_packet: int
	## bit i: ack_packet - 1 - i received too
	var ack_bits: int
	## server messages received in order up to here
	var ack_message: int
	## not yet acknowledged, oldest first; player is 0 and ignored
	var commands: Array[PlayerInput] = []
	## the newest move, pose and drag of each hand, if changed
	var latest: Array[PlayerInput] = []
	## sender's clock, wraps; echoed
	var client_time_ms: int
	var hello: Hello:
		set(value):
			hello = value
			control_case = ControlCase.HELLO if value else ControlCase.NONE
	var goodbye: Goodbye:
		set(value):
			goodbye = value
			control_case = ControlCase.GOODBYE if value else ControlCase.NONE
	## sender's own timeline when it made the packet, in whole ticks, from any origin; 0: none
	var tick: int
	## how many of its ticks ago the move in `latest` was first in a packet
	var move_ticks: int


	func encode() -> PackedByteArray:
		var out := PackedByteArray()
		Codec.put_number(out, 8, packet)
		Codec.put_number(out, 16, ack_packet)
		Codec.put_number(out, 24, ack_bits)
		Codec.put_number(out, 32, ack_message)
		Codec.put_number(out, 56, client_time_ms)
		if control_case == ControlCase.HELLO:
			Codec.put_bytes(out, 66, hello.encode(), true)
		if control_case == ControlCase.GOODBYE:
			Codec.put_bytes(out, 74, goodbye.encode(), true)
		Codec.put_number(out, 80, tick)
		Codec.put_number(out, 88, move_ticks)
		for item: PlayerInput in commands:
			Codec.put_bytes(out, 42, item.encode(), true)
		for item: PlayerInput in latest:
			Codec.put_bytes(out, 50, item.encode(), true)
		return out


	static func decode(data: PackedByteArray, from: int, to: int) -> ClientPacket:
		var made := ClientPacket.new()
		var at := from
		while at < to:
			var head := Codec.head(data, at, to)
			if head < 0:
				return null
			var tag := head >> 37
			var number := head & 0xffffffff
			at += head >> 32 & 31
			var stop := at + number if tag & 7 else at
			if tag == 8:
				made.packet = number
			elif tag == 16:
				made.ack_packet = number
			elif tag == 24:
				made.ack_bits = number
			elif tag == 32:
				made.ack_message = number
			elif tag == 42:
				var item := PlayerInput.decode(data, at, stop)
				if not item or made.commands.size() == Limits.PACKET_COMMANDS_MAX:
					return null
				made.commands.append(item)
			elif tag == 50:
				var item := PlayerInput.decode(data, at, stop)
				if not item or made.latest.size() == Limits.PACKET_LATEST_MAX:
					return null
				made.latest.append(item)
			elif tag == 56:
				made.client_time_ms = number
			elif tag == 66:
				if made.control_case:
					return null
				made.hello = Hello.decode(data, at, stop)
				if not made.hello:
					return null
			elif tag == 74:
				if made.control_case:
					return null
				made.goodbye = Goodbye.decode(data, at, stop)
				if not made.goodbye:
					return null
			elif tag == 80:
				made.tick = number
			elif tag == 88:
				made.move_ticks = number
			elif tag < 96 or stop - at > Codec.OTHER_FIELD_BYTES_MAX:
				return null
			at = stop
		return made


class Hello:
	extends RefCounted
	var protocol: int
	var mode: int
	var body: int


	func encode() -> PackedByteArray:
		var out := PackedByteArray()
		Codec.put_number(out, 8, protocol)
		Codec.put_number(out, 16, mode)
		Codec.put_number(out, 24, body)
		return out


	static func decode(data: PackedByteArray, from: int, to: int) -> Hello:
		var made := Hello.new()
		var at := from
		while at < to:
			var head := Codec.head(data, at, to)
			if head < 0:
				return null
			var tag := head >> 37
			var number := head & 0xffffffff
			at += head >> 32 & 31
			var stop := at + number if tag & 7 else at
			if tag == 8:
				made.protocol = number
			elif tag == 16:
				made.mode = number
			elif tag == 24:
				made.body = number
			elif tag < 32 or stop - at > Codec.OTHER_FIELD_BYTES_MAX:
				return null
			at = stop
		return made


class Goodbye:
	extends RefCounted
	## a text for a person
	var reason: String
	## from a server: it restarts; connect again with the same token
	var again: bool


	func encode() -> PackedByteArray:
		var out := PackedByteArray()
		Codec.put_text(out, 10, reason)
		Codec.put_bool(out, 16, again)
		return out


	static func decode(data: PackedByteArray, from: int, to: int) -> Goodbye:
		var made := Goodbye.new()
		var at := from
		while at < to:
			var head := Codec.head(data, at, to)
			if head < 0:
				return null
			var tag := head >> 37
			var number := head & 0xffffffff
			at += head >> 32 & 31
			var stop := at + number if tag & 7 else at
			if tag == 10:
				if number > Limits.TEXT_BYTES_MAX:
					return null
				made.reason = Codec.text(data, at, stop)
			elif tag == 16:
				made.again = number != 0
			elif tag < 24 or stop - at > Codec.OTHER_FIELD_BYTES_MAX:
				return null
			at = stop
		return made


class ServerPacket:
	extends RefCounted
	## The field that was set last, of the fields that exclude each other. Only this field is written.
	enum ControlCase {
		NONE = 0,
		GOODBYE = 10,
	}
	var control_case := ControlCase.NONE
	var packet: int
	var ack_packet: int
	var ack_bits: int
	## the recording holds the commands up to this sequence
	var ack_command: int
	## not yet acknowledged, oldest first, numbered from first_message
	var messages: Array[ServerMessage] = []
	var first_message: int
	## the newest client_time_ms received
	var client_time_ms: int
	## how long ago it was received
	var client_time_age_ms: int
	var snapshot: Snapshot
	var goodbye: Goodbye:
		set(value):
			goodbye = value
			control_case = ControlCase.GOODBYE if value else ControlCase.NONE


	func encode() -> PackedByteArray:
		var out := PackedByteArray()
		Codec.put_number(out, 8, packet)
		Codec.put_number(out, 16, ack_packet)
		Codec.put_number(out, 24, ack_bits)
		Codec.put_number(out, 32, ack_command)
		Codec.put_number(out, 48, first_message)
		Codec.put_number(out, 56, client_time_ms)
		Codec.put_number(out, 64, client_time_age_ms)
		if control_case == ControlCase.GOODBYE:
			Codec.put_bytes(out, 82, goodbye.encode(), true)
		for item: ServerMessage in messages:
			Codec.put_bytes(out, 42, item.encode(), true)
		if snapshot:
			Codec.put_bytes(out, 74, snapshot.encode(), true)
		return out


	static func decode(data: PackedByteArray, from: int, to: int) -> ServerPacket:
		var made := ServerPacket.new()
		var at := from
		while at < to:
			var head := Codec.head(data, at, to)
			if head < 0:
				return null
			var tag := head >> 37
			var number := head & 0xffffffff
			at += head >> 32 & 31
			var stop := at + number if tag & 7 else at
			if tag == 8:
				made.packet = number
			elif tag == 16:
				made.ack_packet = number
			elif tag == 24:
				made.ack_bits = number
			elif tag == 32:
				made.ack_command = number
			elif tag == 42:
				var item := ServerMessage.decode(data, at, stop)
				if not item or made.messages.size() == Limits.PACKET_MESSAGES_MAX:
					return null
				made.messages.append(item)
			elif tag == 48:
				made.first_message = number
			elif tag == 56:
				made.client_time_ms = number
			elif tag == 64:
				made.client_time_age_ms = number
			elif tag == 74:
				made.snapshot = Snapshot.decode(data, at, stop)
				if not made.snapshot:
					return null
			elif tag == 82:
				if made.control_case:
					return null
				made.goodbye = Goodbye.decode(data, at, stop)
				if not made.goodbye:
					return null
			elif tag < 88 or stop - at > Codec.OTHER_FIELD_BYTES_MAX:
				return null
			at = stop
		return made


## Motion at a tick. netcode/snapshot/write.ts describes the records, their baselines and numbers.
class Snapshot:
	extends RefCounted
	var tick: int
	var avatars: PackedByteArray
	var props: PackedByteArray
	var own: Own


	func encode() -> PackedByteArray:
		var out := PackedByteArray()
		Codec.put_number(out, 8, tick)
		Codec.put_bytes(out, 18, avatars)
		Codec.put_bytes(out, 26, props)
		if own:
			Codec.put_bytes(out, 34, own.encode(), true)
		return out


	static func decode(data: PackedByteArray, from: int, to: int) -> Snapshot:
		var made := Snapshot.new()
		var at := from
		while at < to:
			var head := Codec.head(data, at, to)
			if head < 0:
				return null
			var tag := head >> 37
			var number := head & 0xffffffff
			at += head >> 32 & 31
			var stop := at + number if tag & 7 else at
			if tag == 8:
				made.tick = number
			elif tag == 18:
				if number > Limits.SNAPSHOT_BLOCK_BYTES_MAX:
					return null
				made.avatars = data.slice(at, stop)
			elif tag == 26:
				if number > Limits.SNAPSHOT_BLOCK_BYTES_MAX:
					return null
				made.props = data.slice(at, stop)
			elif tag == 34:
				made.own = Own.decode(data, at, stop)
				if not made.own:
					return null
			elif tag < 40 or stop - at > Codec.OTHER_FIELD_BYTES_MAX:
				return null
			at = stop
		return made


## The receiver's own avatar after `Snapshot.tick`, exactly as in the simulation: prediction starts from it.
class Own:
	extends RefCounted
	## of the move that is in effect; 0: none yet
	var move_sequence: int
	## steps that were made with it, from 1; 0: none yet
	var move_ticks: int
	## Setting it also sets [member has_position].
	var position: Vector3:
		set(value):
			position = value
			has_position = true
	var has_position: bool
	## Setting it also sets [member has_velocity].
	var velocity: Vector3:
		set(value):
			velocity = value
			has_velocity = true
	var has_velocity: bool
	var yaw: float
	var grounded: bool
	var flying: bool
	## the move's jump still waits for the ground
	var jumping: bool


	func encode() -> PackedByteArray:
		var out := PackedByteArray()
		Codec.put_number(out, 8, move_sequence)
		Codec.put_number(out, 16, move_ticks)
		if has_position:
			Codec.put_vector3(out, 26, position)
		if has_velocity:
			Codec.put_vector3(out, 34, velocity)
		Codec.put_float(out, 45, yaw)
		Codec.put_bool(out, 48, grounded)
		Codec.put_bool(out, 56, flying)
		Codec.put_bool(out, 64, jumping)
		return out


	static func decode(data: PackedByteArray, from: int, to: int) -> Own:
		var made := Own.new()
		var at := from
		while at < to:
			var head := Codec.head(data, at, to)
			if head < 0:
				return null
			var tag := head >> 37
			var number := head & 0xffffffff
			at += head >> 32 & 31
			var stop := at + number if tag & 7 else at
			if tag == 8:
				made.move_sequence = number
			elif tag == 16:
				made.move_ticks = number
			elif tag == 26:
				var item: Variant = Codec.vector3(data, at, stop)
				if item == null:
					return null
				made.position = item
			elif tag == 34:
				var item: Variant = Codec.vector3(data, at, stop)
				if item == null:
					return null
				made.velocity = item
			elif tag == 45:
				made.yaw = data.decode_float(at)
			elif tag == 48:
				made.grounded = number != 0
			elif tag == 56:
				made.flying = number != 0
			elif tag == 64:
				made.jumping = number != 0
			elif tag < 72 or stop - at > Codec.OTHER_FIELD_BYTES_MAX:
				return null
			at = stop
		return made


## Sent until acknowledged, handled in order
class ServerMessage:
	extends RefCounted
	## The field that was set last, of the fields that exclude each other. Only this field is written.
	enum MessageCase {
		NONE = 0,
		WELCOME = 1,
		AVATAR_ADDED = 2,
		PROP_ADDED = 3,
		ELEMENT_REMOVED = 4,
		PROP_CHANGED = 5,
		COMMAND_DONE = 6,
		COMMAND_REJECTED = 7,
		PERMISSIONS_CHANGED = 8,
		NOTICE = 9,
		HASH_SAMPLE = 10,
		PART = 11,
		AVATAR_CHANGED = 12,
	}
	var message_case := MessageCase.NONE
	var welcome: Welcome:
		set(value):
			welcome = value
			message_case = MessageCase.WELCOME if value else MessageCase.NONE
	var avatar_added: AvatarAdded:
		set(value):
			avatar_added = value
			message_case = MessageCase.AVATAR_ADDED if value else MessageCase.NONE
	var prop_added: PropAdded:
		set(value):
			prop_added = value
			message_case = MessageCase.PROP_ADDED if value else MessageCase.NONE
	var element_removed: ElementRemoved:
		set(value):
			element_removed = value
			message_case = MessageCase.ELEMENT_REMOVED if value else MessageCase.NONE
	var prop_changed: PropChanged:
		set(value):
			prop_changed = value
			message_case = MessageCase.PROP_CHANGED if value else MessageCase.NONE
	var command_done: CommandDone:
		set(value):
			command_done = value
			message_case = MessageCase.COMMAND_DONE if value else MessageCase.NONE
	var command_rejected: CommandRejected:
		set(value):
			command_rejected = value
			message_case = MessageCase.COMMAND_REJECTED if value else MessageCase.NONE
	var permissions_changed: PermissionsChanged:
		set(value):
			permissions_changed = value
			message_case = MessageCase.PERMISSIONS_CHANGED if value else MessageCase.NONE
	var notice: Notice:
		set(value):
			notice = value
			message_case = MessageCase.NOTICE if value else MessageCase.NONE
	var hash_sample: HashSample:
		set(value):
			hash_sample = value
			message_case = MessageCase.HASH_SAMPLE if value else MessageCase.NONE
	var part: MessagePart:
		set(value):
			part = value
			message_case = MessageCase.PART if value else MessageCase.NONE
	var avatar_changed: AvatarChanged:
		set(value):
			avatar_changed = value
			message_case = MessageCase.AVATAR_CHANGED if value else MessageCase.NONE


	func encode() -> PackedByteArray:
		var out := PackedByteArray()
		if message_case == MessageCase.WELCOME:
			Codec.put_bytes(out, 10, welcome.encode(), true)
		if message_case == MessageCase.AVATAR_ADDED:
			Codec.put_bytes(out, 18, avatar_added.encode(), true)
		if message_case == MessageCase.PROP_ADDED:
			Codec.put_bytes(out, 26, prop_added.encode(), true)
		if message_case == MessageCase.ELEMENT_REMOVED:
			Codec.put_bytes(out, 34, element_removed.encode(), true)
		if message_case == MessageCase.PROP_CHANGED:
			Codec.put_bytes(out, 42, prop_changed.encode(), true)
		if message_case == MessageCase.COMMAND_DONE:
			Codec.put_bytes(out, 50, command_done.encode(), true)
		if message_case == MessageCase.COMMAND_REJECTED:
			Codec.put_bytes(out, 58, command_rejected.encode(), true)
		if message_case == MessageCase.PERMISSIONS_CHANGED:
			Codec.put_bytes(out, 66, permissions_changed.encode(), true)
		if message_case == MessageCase.NOTICE:
			Codec.put_bytes(out, 74, notice.encode(), true)
		if message_case == MessageCase.HASH_SAMPLE:
			Codec.put_bytes(out, 82, hash_sample.encode(), true)
		if message_case == MessageCase.PART:
			Codec.put_bytes(out, 90, part.encode(), true)
		if message_case == MessageCase.AVATAR_CHANGED:
			Codec.put_bytes(out, 98, avatar_changed.encode(), true)
		return out


	static func decode(data: PackedByteArray, from: int, to: int) -> ServerMessage:
		var made := ServerMessage.new()
		var at := from
		while at < to:
			var head := Codec.head(data, at, to)
			if head < 0:
				return null
			var tag := head >> 37
			var number := head & 0xffffffff
			at += head >> 32 & 31
			var stop := at + number if tag & 7 else at
			if tag == 10:
				if made.message_case:
					return null
				made.welcome = Welcome.decode(data, at, stop)
				if not made.welcome:
					return null
			elif tag == 18:
				if made.message_case:
					return null
				made.avatar_added = AvatarAdded.decode(data, at, stop)
				if not made.avatar_added:
					return null
			elif tag == 26:
				if made.message_case:
					return null
				made.prop_added = PropAdded.decode(data, at, stop)
				if not made.prop_added:
					return null
			elif tag == 34:
				if made.message_case:
					return null
				made.element_removed = ElementRemoved.decode(data, at, stop)
				if not made.element_removed:
					return null
			elif tag == 42:
				if made.message_case:
					return null
				made.prop_changed = PropChanged.decode(data, at, stop)
				if not made.prop_changed:
					return null
			elif tag == 50:
				if made.message_case:
					return null
				made.command_done = CommandDone.decode(data, at, stop)
				if not made.command_done:
					return null
			elif tag == 58:
				if made.message_case:
					return null
				made.command_rejected = CommandRejected.decode(data, at, stop)
				if not made.command_rejected:
					return null
			elif tag == 66:
				if made.message_case:
					return null
				made.permissions_changed = PermissionsChanged.decode(data, at, stop)
				if not made.permissions_changed:
					return null
			elif tag == 74:
				if made.message_case:
					return null
				made.notice = Notice.decode(data, at, stop)
				if not made.notice:
					return null
			elif tag == 82:
				if made.message_case:
					return null
				made.hash_sample = HashSample.decode(data, at, stop)
				if not made.hash_sample:
					return null
			elif tag == 90:
				if made.message_case:
					return null
				made.part = MessagePart.decode(data, at, stop)
				if not made.part:
					return null
			elif tag == 98:
				if made.message_case:
					return null
				made.avatar_changed = AvatarChanged.decode(data, at, stop)
				if not made.avatar_changed:
					return null
			elif tag < 104 or stop - at > Codec.OTHER_FIELD_BYTES_MAX:
				return null
			at = stop
		return made


## First message after each Hello. `sequence`: highest sequence of the player's inputs that was received. Numbering
## continues after it. `ack_command`: highest sequence of its commands that the recording holds. The messages after the Welcome
## describe the whole world.
class Welcome:
	extends RefCounted
	var protocol: int
	var realm: String
	var tick: int
	var tick_rate: int
	var player: int
	var avatar: int
	var permissions: int
	var definition: String
	var resumed: bool
	var sequence: int
	var ack_command: int
	var user: int


	func encode() -> PackedByteArray:
		var out := PackedByteArray()
		Codec.put_number(out, 8, protocol)
		Codec.put_text(out, 18, realm)
		Codec.put_number(out, 24, tick)
		Codec.put_number(out, 32, tick_rate)
		Codec.put_number(out, 40, player)
		Codec.put_number(out, 48, avatar)
		Codec.put_number(out, 56, permissions)
		Codec.put_text(out, 66, definition)
		Codec.put_bool(out, 72, resumed)
		Codec.put_number(out, 80, sequence)
		Codec.put_number(out, 88, ack_command)
		Codec.put_number(out, 96, user)
		return out


	static func decode(data: PackedByteArray, from: int, to: int) -> Welcome:
		var made := Welcome.new()
		var at := from
		while at < to:
			var head := Codec.head(data, at, to)
			if head < 0:
				return null
			var tag := head >> 37
			var number := head & 0xffffffff
			at += head >> 32 & 31
			var stop := at + number if tag & 7 else at
			if tag == 8:
				made.protocol = number
			elif tag == 18:
				if number > Limits.TEXT_BYTES_MAX:
					return null
				made.realm = Codec.text(data, at, stop)
			elif tag == 24:
				made.tick = number
			elif tag == 32:
				made.tick_rate = number
			elif tag == 40:
				made.player = number
			elif tag == 48:
				made.avatar = number
			elif tag == 56:
				made.permissions = number
			elif tag == 66:
				if number > Limits.DEFINITION_BYTES_MAX:
					return null
				made.definition = Codec.text(data, at, stop)
			elif tag == 72:
				made.resumed = number != 0
			elif tag == 80:
				made.sequence = number
			elif tag == 88:
				made.ack_command = number
			elif tag == 96:
				made.user = number
			elif tag < 104 or stop - at > Codec.OTHER_FIELD_BYTES_MAX:
				return null
			at = stop
		return made


## `package`: 32 bytes; empty: none. A prop of a package has one box around it instead of its colliders.
## `scale`: the avatar's scale, 1 for its body's own size. `head_metres`: height of the head at rest above the root, at this scale.
class AvatarAdded:
	extends RefCounted
	var element: int
	var player: int
	var name: String
	var body: int
	var user: int
	var package: PackedByteArray
	var head_metres: float
	var scale: float


	func encode() -> PackedByteArray:
		var out := PackedByteArray()
		Codec.put_number(out, 8, element)
		Codec.put_number(out, 16, player)
		Codec.put_text(out, 26, name)
		Codec.put_number(out, 32, body)
		Codec.put_number(out, 40, user)
		Codec.put_bytes(out, 50, package)
		Codec.put_float(out, 61, head_metres)
		Codec.put_float(out, 69, scale)
		return out


	static func decode(data: PackedByteArray, from: int, to: int) -> AvatarAdded:
		var made := AvatarAdded.new()
		var at := from
		while at < to:
			var head := Codec.head(data, at, to)
			if head < 0:
				return null
			var tag := head >> 37
			var number := head & 0xffffffff
			at += head >> 32 & 31
			var stop := at + number if tag & 7 else at
			if tag == 8:
				made.element = number
			elif tag == 16:
				made.player = number
			elif tag == 26:
				if number > Limits.NAME_BYTES_MAX:
					return null
				made.name = Codec.text(data, at, stop)
			elif tag == 32:
				made.body = number
			elif tag == 40:
				made.user = number
			elif tag == 50:
				if number > Limits.PACKAGE_HASH_BYTES:
					return null
				made.package = data.slice(at, stop)
			elif tag == 61:
				made.head_metres = data.decode_float(at)
			elif tag == 69:
				made.scale = data.decode_float(at)
			elif tag < 72 or stop - at > Codec.OTHER_FIELD_BYTES_MAX:
				return null
			at = stop
		return made


class AvatarChanged:
	extends RefCounted
	var element: int
	var body: int
	var package: PackedByteArray
	var head_metres: float
	var scale: float


	func encode() -> PackedByteArray:
		var out := PackedByteArray()
		Codec.put_number(out, 8, element)
		Codec.put_number(out, 16, body)
		Codec.put_bytes(out, 26, package)
		Codec.put_float(out, 37, head_metres)
		Codec.put_float(out, 45, scale)
		return out


	static func decode(data: PackedByteArray, from: int, to: int) -> AvatarChanged:
		var made := AvatarChanged.new()
		var at := from
		while at < to:
			var head := Codec.head(data, at, to)
			if head < 0:
				return null
			var tag := head >> 37
			var number := head & 0xffffffff
			at += head >> 32 & 31
			var stop := at + number if tag & 7 else at
			if tag == 8:
				made.element = number
			elif tag == 16:
				made.body = number
			elif tag == 26:
				if number > Limits.PACKAGE_HASH_BYTES:
					return null
				made.package = data.slice(at, stop)
			elif tag == 37:
				made.head_metres = data.decode_float(at)
			elif tag == 45:
				made.scale = data.decode_float(at)
			elif tag < 48 or stop - at > Codec.OTHER_FIELD_BYTES_MAX:
				return null
			at = stop
		return made


class PropAdded:
	extends RefCounted
	var element: int
	var prop: PropSpec
	var scale: float
	var holder: int
	var owner: int
	## Setting it also sets [member has_position].
	var position: Vector3:
		set(value):
			position = value
			has_position = true
	var has_position: bool
	## Setting it also sets [member has_rotation].
	var rotation: Quaternion:
		set(value):
			rotation = value
			has_rotation = true
	var has_rotation: bool
	var package: PackedByteArray
	var access: int


	func encode() -> PackedByteArray:
		var out := PackedByteArray()
		Codec.put_number(out, 8, element)
		if prop:
			Codec.put_bytes(out, 18, prop.encode(), true)
		Codec.put_float(out, 29, scale)
		Codec.put_number(out, 32, holder)
		Codec.put_number(out, 40, owner)
		if has_position:
			Codec.put_vector3(out, 50, position)
		if has_rotation:
			Codec.put_quaternion(out, 58, rotation)
		Codec.put_bytes(out, 66, package)
		Codec.put_number(out, 72, access)
		return out


	static func decode(data: PackedByteArray, from: int, to: int) -> PropAdded:
		var made := PropAdded.new()
		var at := from
		while at < to:
			var head := Codec.head(data, at, to)
			if head < 0:
				return null
			var tag := head >> 37
			var number := head & 0xffffffff
			at += head >> 32 & 31
			var stop := at + number if tag & 7 else at
			if tag == 8:
				made.element = number
			elif tag == 18:
				made.prop = PropSpec.decode(data, at, stop)
				if not made.prop:
					return null
			elif tag == 29:
				made.scale = data.decode_float(at)
			elif tag == 32:
				made.holder = number
			elif tag == 40:
				made.owner = number
			elif tag == 50:
				var item: Variant = Codec.vector3(data, at, stop)
				if item == null:
					return null
				made.position = item
			elif tag == 58:
				var item: Variant = Codec.quaternion(data, at, stop)
				if item == null:
					return null
				made.rotation = item
			elif tag == 66:
				if number > Limits.PACKAGE_HASH_BYTES:
					return null
				made.package = data.slice(at, stop)
			elif tag == 72:
				made.access = number
			elif tag < 80 or stop - at > Codec.OTHER_FIELD_BYTES_MAX:
				return null
			at = stop
		return made


class ElementRemoved:
	extends RefCounted
	var element: int


	func encode() -> PackedByteArray:
		var out := PackedByteArray()
		Codec.put_number(out, 8, element)
		return out


	static func decode(data: PackedByteArray, from: int, to: int) -> ElementRemoved:
		var made := ElementRemoved.new()
		var at := from
		while at < to:
			var head := Codec.head(data, at, to)
			if head < 0:
				return null
			var tag := head >> 37
			var number := head & 0xffffffff
			at += head >> 32 & 31
			var stop := at + number if tag & 7 else at
			if tag == 8:
				made.element = number
			elif tag < 16 or stop - at > Codec.OTHER_FIELD_BYTES_MAX:
				return null
			at = stop
		return made


class PropChanged:
	extends RefCounted
	var element: int
	var scale: float
	var holder: int
	var access: int


	func encode() -> PackedByteArray:
		var out := PackedByteArray()
		Codec.put_number(out, 8, element)
		Codec.put_float(out, 21, scale)
		Codec.put_number(out, 24, holder)
		Codec.put_number(out, 32, access)
		return out


	static func decode(data: PackedByteArray, from: int, to: int) -> PropChanged:
		var made := PropChanged.new()
		var at := from
		while at < to:
			var head := Codec.head(data, at, to)
			if head < 0:
				return null
			var tag := head >> 37
			var number := head & 0xffffffff
			at += head >> 32 & 31
			var stop := at + number if tag & 7 else at
			if tag == 8:
				made.element = number
			elif tag == 21:
				made.scale = data.decode_float(at)
			elif tag == 24:
				made.holder = number
			elif tag == 32:
				made.access = number
			elif tag < 40 or stop - at > Codec.OTHER_FIELD_BYTES_MAX:
				return null
			at = stop
		return made


class CommandDone:
	extends RefCounted
	var sequence: int
	var element: int
	var tick: int


	func encode() -> PackedByteArray:
		var out := PackedByteArray()
		Codec.put_number(out, 8, sequence)
		Codec.put_number(out, 16, element)
		Codec.put_number(out, 24, tick)
		return out


	static func decode(data: PackedByteArray, from: int, to: int) -> CommandDone:
		var made := CommandDone.new()
		var at := from
		while at < to:
			var head := Codec.head(data, at, to)
			if head < 0:
				return null
			var tag := head >> 37
			var number := head & 0xffffffff
			at += head >> 32 & 31
			var stop := at + number if tag & 7 else at
			if tag == 8:
				made.sequence = number
			elif tag == 16:
				made.element = number
			elif tag == 24:
				made.tick = number
			elif tag < 32 or stop - at > Codec.OTHER_FIELD_BYTES_MAX:
				return null
			at = stop
		return made


class CommandRejected:
	extends RefCounted
	var sequence: int
	var reason: String
	var tick: int


	func encode() -> PackedByteArray:
		var out := PackedByteArray()
		Codec.put_number(out, 8, sequence)
		Codec.put_text(out, 18, reason)
		Codec.put_number(out, 24, tick)
		return out


	static func decode(data: PackedByteArray, from: int, to: int) -> CommandRejected:
		var made := CommandRejected.new()
		var at := from
		while at < to:
			var head := Codec.head(data, at, to)
			if head < 0:
				return null
			var tag := head >> 37
			var number := head & 0xffffffff
			at += head >> 32 & 31
			var stop := at + number if tag & 7 else at
			if tag == 8:
				made.sequence = number
			elif tag == 18:
				if number > Codec.OTHER_FIELD_BYTES_MAX:
					return null
				made.reason = Codec.text(data, at, stop)
			elif tag == 24:
				made.tick = number
			elif tag < 32 or stop - at > Codec.OTHER_FIELD_BYTES_MAX:
				return null
			at = stop
		return made


## A ServerMessage that is too large for a packet travels as parts, numbered like messages. Their bytes in order are the
## message.
class MessagePart:
	extends RefCounted
	var bytes: PackedByteArray
	var last: bool


	func encode() -> PackedByteArray:
		var out := PackedByteArray()
		Codec.put_bytes(out, 10, bytes)
		Codec.put_bool(out, 16, last)
		return out


	static func decode(data: PackedByteArray, from: int, to: int) -> MessagePart:
		var made := MessagePart.new()
		var at := from
		while at < to:
			var head := Codec.head(data, at, to)
			if head < 0:
				return null
			var tag := head >> 37
			var number := head & 0xffffffff
			at += head >> 32 & 31
			var stop := at + number if tag & 7 else at
			if tag == 10:
				if number > Limits.PACKET_BYTES_ACCEPTED_MAX:
					return null
				made.bytes = data.slice(at, stop)
			elif tag == 16:
				made.last = number != 0
			elif tag < 24 or stop - at > Codec.OTHER_FIELD_BYTES_MAX:
				return null
			at = stop
		return made


class PermissionsChanged:
	extends RefCounted
	var permissions: int


	func encode() -> PackedByteArray:
		var out := PackedByteArray()
		Codec.put_number(out, 8, permissions)
		return out


	static func decode(data: PackedByteArray, from: int, to: int) -> PermissionsChanged:
		var made := PermissionsChanged.new()
		var at := from
		while at < to:
			var head := Codec.head(data, at, to)
			if head < 0:
				return null
			var tag := head >> 37
			var number := head & 0xffffffff
			at += head >> 32 & 31
			var stop := at + number if tag & 7 else at
			if tag == 8:
				made.permissions = number
			elif tag < 16 or stop - at > Codec.OTHER_FIELD_BYTES_MAX:
				return null
			at = stop
		return made


class Notice:
	extends RefCounted
	var text: String


	func encode() -> PackedByteArray:
		var out := PackedByteArray()
		Codec.put_text(out, 10, text)
		return out


	static func decode(data: PackedByteArray, from: int, to: int) -> Notice:
		var made := Notice.new()
		var at := from
		while at < to:
			var head := Codec.head(data, at, to)
			if head < 0:
				return null
			var tag := head >> 37
			var number := head & 0xffffffff
			at += head >> 32 & 31
			var stop := at + number if tag & 7 else at
			if tag == 10:
				if number > Limits.TEXT_BYTES_MAX:
					return null
				made.text = Codec.text(data, at, stop)
			elif tag < 16 or stop - at > Codec.OTHER_FIELD_BYTES_MAX:
				return null
			at = stop
		return made


## `hash`: 8 bytes, big-endian.
class HashSample:
	extends RefCounted
	var tick: int
	var hash: PackedByteArray


	func encode() -> PackedByteArray:
		var out := PackedByteArray()
		Codec.put_number(out, 8, tick)
		Codec.put_bytes(out, 18, hash)
		return out


	static func decode(data: PackedByteArray, from: int, to: int) -> HashSample:
		var made := HashSample.new()
		var at := from
		while at < to:
			var head := Codec.head(data, at, to)
			if head < 0:
				return null
			var tag := head >> 37
			var number := head & 0xffffffff
			at += head >> 32 & 31
			var stop := at + number if tag & 7 else at
			if tag == 8:
				made.tick = number
			elif tag == 18:
				if number > Codec.OTHER_FIELD_BYTES_MAX:
					return null
				made.hash = data.slice(at, stop)
			elif tag < 24 or stop - at > Codec.OTHER_FIELD_BYTES_MAX:
				return null
			at = stop
		return made


class LockstepMessage:
	extends RefCounted
	## The field that was set last, of the fields that exclude each other. Only this field is written.
	enum MessageCase {
		NONE = 0,
		START = 1,
		FRAME = 2,
		GOODBYE = 3,
	}
	var message_case := MessageCase.NONE
	var start: LockstepStart:
		set(value):
			start = value
			message_case = MessageCase.START if value else MessageCase.NONE
	var frame: LockstepFrame:
		set(value):
			frame = value
			message_case = MessageCase.FRAME if value else MessageCase.NONE
	var goodbye: Goodbye:
		set(value):
			goodbye = value
			message_case = MessageCase.GOODBYE if value else MessageCase.NONE


	func encode() -> PackedByteArray:
		var out := PackedByteArray()
		if message_case == MessageCase.START:
			Codec.put_bytes(out, 10, start.encode(), true)
		if message_case == MessageCase.FRAME:
			Codec.put_bytes(out, 18, frame.encode(), true)
		if message_case == MessageCase.GOODBYE:
			Codec.put_bytes(out, 26, goodbye.encode(), true)
		return out


	static func decode(data: PackedByteArray, from: int, to: int) -> LockstepMessage:
		var made := LockstepMessage.new()
		var at := from
		while at < to:
			var head := Codec.head(data, at, to)
			if head < 0:
				return null
			var tag := head >> 37
			var number := head & 0xffffffff
			at += head >> 32 & 31
			var stop := at + number if tag & 7 else at
			if tag == 10:
				if made.message_case:
					return null
				made.start = LockstepStart.decode(data, at, stop)
				if not made.start:
					return null
			elif tag == 18:
				if made.message_case:
					return null
				made.frame = LockstepFrame.decode(data, at, stop)
				if not made.frame:
					return null
			elif tag == 26:
				if made.message_case:
					return null
				made.goodbye = Goodbye.decode(data, at, stop)
				if not made.goodbye:
					return null
			elif tag < 32 or stop - at > Codec.OTHER_FIELD_BYTES_MAX:
				return null
			at = stop
		return made


## The state at `tick`: restore it, then step the frames that follow.
class LockstepStart:
	extends RefCounted
	var protocol: int
	var engine: String
	var sim_version: int
	var definition: String
	var tick: int
	var checkpoint: PackedByteArray
	var epoch: int


	func encode() -> PackedByteArray:
		var out := PackedByteArray()
		Codec.put_number(out, 8, protocol)
		Codec.put_text(out, 18, engine)
		Codec.put_number(out, 24, sim_version)
		Codec.put_text(out, 34, definition)
		Codec.put_number(out, 40, tick)
		Codec.put_bytes(out, 50, checkpoint)
		Codec.put_number(out, 56, epoch)
		return out


	static func decode(data: PackedByteArray, from: int, to: int) -> LockstepStart:
		var made := LockstepStart.new()
		var at := from
		while at < to:
			var head := Codec.head(data, at, to)
			if head < 0:
				return null
			var tag := head >> 37
			var number := head & 0xffffffff
			at += head >> 32 & 31
			var stop := at + number if tag & 7 else at
			if tag == 8:
				made.protocol = number
			elif tag == 18:
				if number > Codec.OTHER_FIELD_BYTES_MAX:
					return null
				made.engine = Codec.text(data, at, stop)
			elif tag == 24:
				made.sim_version = number
			elif tag == 34:
				if number > Limits.DEFINITION_BYTES_MAX:
					return null
				made.definition = Codec.text(data, at, stop)
			elif tag == 40:
				made.tick = number
			elif tag == 50:
				if number > Limits.LOCKSTEP_MESSAGE_BYTES_MAX:
					return null
				made.checkpoint = data.slice(at, stop)
			elif tag == 56:
				made.epoch = number
			elif tag < 64 or stop - at > Codec.OTHER_FIELD_BYTES_MAX:
				return null
			at = stop
		return made


## `hash` is the hash of the state after the frame: 8 bytes, big-endian.
class LockstepFrame:
	extends RefCounted
	var frame: InputFrame
	var hash: PackedByteArray


	func encode() -> PackedByteArray:
		var out := PackedByteArray()
		if frame:
			Codec.put_bytes(out, 10, frame.encode(), true)
		Codec.put_bytes(out, 18, hash)
		return out


	static func decode(data: PackedByteArray, from: int, to: int) -> LockstepFrame:
		var made := LockstepFrame.new()
		var at := from
		while at < to:
			var head := Codec.head(data, at, to)
			if head < 0:
				return null
			var tag := head >> 37
			var number := head & 0xffffffff
			at += head >> 32 & 31
			var stop := at + number if tag & 7 else at
			if tag == 10:
				made.frame = InputFrame.decode(data, at, stop)
				if not made.frame:
					return null
			elif tag == 18:
				if number > Codec.OTHER_FIELD_BYTES_MAX:
					return null
				made.hash = data.slice(at, stop)
			elif tag < 24 or stop - at > Codec.OTHER_FIELD_BYTES_MAX:
				return null
			at = stop
		return made
