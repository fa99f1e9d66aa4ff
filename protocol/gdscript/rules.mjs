// What otherworld.proto does not say, and the TypeScript around the generated codec does (client-packet.ts, server-packet.ts,
// message.ts, prop.ts, input.ts, package.ts): the bounds of fields while they are read, and the order in which they are written.

/** Fields that stand behind all others of their message: they are put to it as bytes. */
export const LAST = { ClientPacket: ['commands', 'latest'], ServerPacket: ['messages', 'snapshot'] }

/** Bytes of a text or of bytes; others have at most OTHER_FIELD_BYTES_MAX. Names are those of limits.ts. */
export const BYTES_MAX = {
  'PropSpec.name': 'Limits.LABEL_BYTES_MAX',
  'AvatarBody.name': 'Limits.LABEL_BYTES_MAX',
  'Join.name': 'Limits.NAME_BYTES_MAX',
  'AvatarAdded.name': 'Limits.NAME_BYTES_MAX',
  'Goodbye.reason': 'Limits.TEXT_BYTES_MAX',
  'Notice.text': 'Limits.TEXT_BYTES_MAX',
  'Welcome.realm': 'Limits.TEXT_BYTES_MAX',
  'Welcome.definition': 'Limits.DEFINITION_BYTES_MAX',
  'Snapshot.avatars': 'Limits.SNAPSHOT_BLOCK_BYTES_MAX',
  'Snapshot.props': 'Limits.SNAPSHOT_BLOCK_BYTES_MAX',
  'MessagePart.bytes': 'Limits.PACKET_BYTES_ACCEPTED_MAX',
  'Spawn.package': 'Limits.PACKAGE_HASH_BYTES',
  'Wear.package': 'Limits.PACKAGE_HASH_BYTES',
  'Package.hash': 'Limits.PACKAGE_HASH_BYTES',
  'AvatarAdded.package': 'Limits.PACKAGE_HASH_BYTES',
  'AvatarChanged.package': 'Limits.PACKAGE_HASH_BYTES',
  'PropAdded.package': 'Limits.PACKAGE_HASH_BYTES',
  'LockstepStart.definition': 'Limits.DEFINITION_BYTES_MAX',
  'LockstepStart.checkpoint': 'Limits.LOCKSTEP_MESSAGE_BYTES_MAX',
}

/** Items of a list. */
export const REPEATS_MAX = {
  'ClientPacket.commands': 'Limits.PACKET_COMMANDS_MAX',
  'ClientPacket.latest': 'Limits.PACKET_LATEST_MAX',
  'ServerPacket.messages': 'Limits.PACKET_MESSAGES_MAX',
  'InputFrame.inputs': 'Limits.FRAME_INPUTS_MAX',
  'PropSpec.colliders': 'Limits.COLLIDERS_MAX',
  'Convex.points': 'Limits.HULL_POINTS_MAX * 3',
  'Trimesh.vertices': 'Limits.TRIMESH_VERTICES_MAX * 3',
  'Trimesh.indices': 'Limits.TRIMESH_TRIANGLES_MAX * 3',
  'AvatarBody.offsets': 'Limits.POSE_BONES_MAX',
  'AvatarBody.capsules': 'Limits.BODY_CAPSULES_MAX',
}
