/** What is fitted to a mesh: an avatar's capsules and body. Pure; the same document gives the same numbers on every machine. */
export { fitAvatar, CAPSULES_MAX } from './avatar.ts'
export { checkHumanoid, readHumanoid, REQUIRED_BONES } from './humanoid.ts'
