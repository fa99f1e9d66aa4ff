/**
 * How clients and server speak: transports, sessions, snapshots and the render client. Runs in Node and in the browser.
 * The lockstep peer (lockstep.ts) brings the physics engine along and is imported by itself.
 */
export * from './transport.ts'
export * from './session/index.ts'

export { login, type Login, type Role } from './client/login.ts'
export { RenderClient } from './client/render-client.ts'
export { drive } from './client/drive.ts'
export type {
  AvatarSample,
  ClientState,
  ClientStats,
  CommandResult,
  PropSample,
  RenderClientOptions,
  RenderEvents,
  WorldSample,
} from './client/types.ts'
