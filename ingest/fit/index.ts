/** What is fitted to a mesh: an avatar's capsules and body, an object's colliders. Pure; the same document gives the same numbers on every machine. */
export { fitAvatar } from './avatar.ts'
export { readHumanoid } from './humanoid.ts'
export { fitObject } from './object.ts'
export { omiBounds } from './omi.ts'
export { readOmi, shapeMeshes } from './omi-in.ts'
export { omiMirror } from './omi-out.ts'
export { collisionOnlyNodes } from './suffix.ts'
