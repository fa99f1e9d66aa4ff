/**
 * Fits physics to a mesh: an avatar's capsules and body, an object's colliders. Pure; the same document gives the same
 * numbers on every machine.
 */
export { fitAvatar } from './avatar/avatar.ts'
export { facesBack } from './avatar/facing.ts'
export { readHumanoid } from './avatar/humanoid.ts'
export { recogniseHumanoid } from './avatar/names/recognise.ts'
export { fitObject } from './object/object.ts'
export { omiBounds } from './object/omi.ts'
export { readOmi, shapeMeshes } from './object/omi-read.ts'
export { omiMirror } from './object/omi-export.ts'
export { collisionOnlyNodes } from './object/godot-suffixes.ts'
