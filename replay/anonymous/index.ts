/** Anonymous clips: recordings without names, numbers, poses and fine motion of people. */
export { anonymousClip, type AnonymousClip } from './anonymous-clip.ts'
