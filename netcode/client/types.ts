/** What a render client exposes to the program that uses it. */
import type { Pose } from '../../sim/avatar/pose.ts'
import type {
  Collider,
  ElementId,
  PackageHash,
  PlayerId,
  PropSpec,
  Quat,
  RejectReason,
  UserNumber,
  Vec3,
} from '../../sim/types.ts'
import type { ServerMessage, Welcome } from '../../protocol/index.ts'
import type { Connect, ConnectError, TransportKind } from '../transport.ts'

export type { Pose }

/** The client's state. `reason`s are messages for people. */
export type ClientState =
  | { readonly type: 'idle' }
  /** `waiting`: the server's request to wait, for example while the realm is starting. The client tries again. */
  | { readonly type: 'connecting'; readonly waiting?: string }
  | {
      readonly type: 'joined'
      readonly transport: TransportKind
      readonly player: PlayerId
      readonly avatar: ElementId
      readonly resumed: boolean
    }
  /**
   * The connection is lost, and the client reconnects. The session can be resumed until `giveUpAtMs`; after that a new
   * one begins if `rejoin` permits.
   */
  | { readonly type: 'reconnecting'; readonly reason: string; readonly attempt: number; readonly giveUpAtMs: number }
  | { readonly type: 'closed'; readonly reason: string }

/**
 * The outcome of a command: applied at `tick` (`element`: what it created or affected), or rejected with a reason.
 * `lost`: there was no answer.
 */
export type CommandResult =
  | { readonly ok: true; readonly sequence: number; readonly element: ElementId; readonly tick: number }
  | {
      readonly ok: false
      readonly sequence: number
      readonly reason: RejectReason | 'lost' | 'not-joined' | 'too-many' | (string & {})
    }

/** All are optional. Called from `update` or when a message arrives. */
export interface RenderEvents {
  state?(state: ClientState): void
  /** A transport could not connect, and the next one is tried. */
  fellBack?(error: ConnectError): void
  welcome?(welcome: Welcome): void
  /**
   * Back in the realm in a new session, after `welcome`. The old session could not be resumed; its player and avatar
   * are gone.
   */
  rejoined?(welcome: Welcome): void
  /** Each reliable message in order, after the world applied it. */
  message?(message: ServerMessage): void
}

/** Colliders of a package's physics; null if they are not known yet. */
export type CollidersOf = (hash: PackageHash) => readonly Collider[] | null

export interface RenderClientOptions {
  /** http(s) URL of the server. */
  readonly url: string
  /** The token of a login. */
  readonly token: string
  /** Tried in order at each connection: WebRTC, then WebSocket. */
  readonly connects: readonly Connect[]
  /** Index of the requested body in the realm's definition. */
  readonly body?: number
  readonly events?: RenderEvents
  /**
   * If false, a session that cannot be resumed is the end. Default: true, the client joins again automatically, however
   * long it takes.
   */
  readonly rejoin?: boolean
  /**
   * Logs in again if the server no longer accepts the token, and returns the new one. Rejects with a ConnectError.
   * Without it, a refused token is the end.
   */
  readonly renew?: () => Promise<string>
  /** If false, avatars' poses are not kept and samples have none, for programs that do not draw. Default: true. */
  readonly poses?: boolean
  /** If false, the own avatar is not predicted, for programs that do not draw. Default: true. */
  readonly predict?: boolean
  /**
   * Colliders of a package's physics, from its manifest; null while they are not known. The own avatar is predicted
   * around props whose colliders are known.
   */
  readonly collidersOf?: CollidersOf
  /** Monotonic milliseconds, on the same clock as `update`'s. Default: performance.now. */
  readonly clock?: () => number
}

/**
 * The player's wished motion; `yaw` is the heading about +Y, 0 looks along -Z. x: right, z: back, y: up while flying,
 * each -1 to 1.
 */
export interface MoveInput {
  readonly x?: number
  readonly y?: number
  readonly z?: number
  readonly yaw: number
  readonly jump?: boolean
  readonly run?: boolean
  readonly fly?: boolean
}

export interface SpawnOptions {
  readonly position: Vec3
  readonly rotation?: Quat
  readonly scale?: number
  /** Access rules of the prop, bits of Access. Default 0. */
  readonly access?: number
}

/** An avatar at the drawn moment. */
export interface AvatarSample {
  readonly element: ElementId
  readonly player: PlayerId
  readonly user: UserNumber
  readonly name: string
  /** Index in the realm's bodies; 0 if the body is from a package. */
  readonly body: number
  /** The package of its body; null without one. */
  readonly package: PackageHash | null
  /** 1: the size of its body. */
  readonly scale: number
  /** Height of its head at rest above the root, at its scale: draw it until the package is loaded. */
  readonly headMetres: number
  /** True for this client's own avatar. */
  readonly own: boolean
  readonly position: Vec3
  readonly yaw: number
  readonly velocity: Vec3
  readonly grounded: boolean
  readonly flying: boolean
  readonly pose: Pose | null
}

/** A prop at the drawn moment. */
export interface PropSample {
  readonly element: ElementId
  /** For a package, with one box around its colliders instead of them. */
  readonly spec: PropSpec
  /** The prop's package; null without one. */
  readonly package: PackageHash | null
  readonly scale: number
  /** 0: nobody. */
  readonly holder: PlayerId
  /** 0: the realm itself. */
  readonly owner: UserNumber
  /** Access level for each act; sim's `mayAct` evaluates it. */
  readonly access: number
  readonly position: Vec3
  readonly rotation: Quat
  readonly asleep: boolean
}

/**
 * The world at a moment: interpolated between the snapshots before and after it, except the own avatar and held props,
 * which are at their predicted present.
 */
export interface WorldSample {
  /** The moment in ticks, fractional. */
  readonly tick: number
  readonly avatars: readonly AvatarSample[]
  readonly props: readonly PropSample[]
}

export interface ClientStats {
  readonly transport: TransportKind | null
  /** Null before the first answer. */
  readonly rttMs: number | null
  readonly bytesUp: number
  readonly bytesDown: number
  /** Over the last second, bytes per second. */
  readonly bytesUpPerSecond: number
  readonly bytesDownPerSecond: number
  /** Snapshots newer than all before, and all that arrived. */
  readonly snapshotsReceived: number
  readonly snapshotParts: number
  /** Share of the server's packets that were lost on this connection, 0 to 1. */
  readonly loss: number
  /** Inputs sent; repeats do not count. */
  readonly inputsSent: number
  /** Commands without an outcome yet. */
  readonly commandsPending: number
  /** Commands that will get no outcome. */
  readonly inputsLost: number
  readonly reconnects: number
  /** Estimate of the server's newest tick; 0 before the first snapshot. It also rises while the server is silent. */
  readonly serverTick: number
  /** Tick of the newest snapshot that was received; 0 before the first. */
  readonly newestTick: number
  /** How far behind snapshots that arrive in time others are drawn, ms. */
  readonly delayMs: number
  /** How late nearly all recent snapshots were against the quickest, ms. */
  readonly jitterMs: number
  /**
   * Distance of the own avatar from the server's last answer, and the root mean square over the last second, metres.
   */
  readonly correctionMetres: number
  readonly correctionRmsMetres: number
  /** How much faster this machine's clock runs than the server's, parts per million. */
  readonly driftPpm: number
  /** Time since the last packet of the server, ms; 0 without a connection. */
  readonly silenceMs: number
}
