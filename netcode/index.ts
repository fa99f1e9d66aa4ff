/**
 * Netcode of clients and server: transports, sessions, snapshots and the render client. Runs in Node and in the
 * browser. Import the lockstep peer (lockstep.ts) separately, because it needs the physics engine.
 */
export * from './transport.ts'
export * from './session/index.ts'

export { login, type Login } from './client/login.ts'
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
