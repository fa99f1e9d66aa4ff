/**
 * How clients and server speak: transports, sessions, snapshots and the render client. Runs in Node and in the browser.
 * The lockstep peer (lockstep.ts) brings the physics engine along and is imported by itself.
 */
export * from './transport.ts'
export * from './session/index.ts'
export {
  DETAIL_LEVELS,
  SnapshotDecoder,
  SnapshotSource,
  SnapshotView,
  UPDATE_TICKS_MAX,
  type Bounds,
  type ComponentSample,
} from './snapshot.ts'
export { login, type Login, type LoginOptions, type Role } from './client/login.ts'
export { RenderClient } from './client/render-client.ts'
export { drive, type Driven } from './client/drive.ts'
export type {
  AvatarSample,
  ClientState,
  ClientStats,
  MoveInput,
  CommandResult,
  PropSample,
  RenderClientOptions,
  RenderEvents,
  SpawnOptions,
  WorldSample,
} from './client/types.ts'
