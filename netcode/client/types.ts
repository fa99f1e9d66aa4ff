/** What a render client shows to the program that uses it. */
import type { Pose } from '../../sim/avatar/pose.ts'
import type {
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

/** Where the client stands. `reason`s are words for a person. */
export type ClientState =
  | { readonly type: 'idle' }
  /** `waiting`: the server has asked to wait, in its words: the realm is starting, say. It is tried again. */
  | { readonly type: 'connecting'; readonly waiting?: string }
  | {
      readonly type: 'joined'
      readonly transport: TransportKind
      readonly player: PlayerId
      readonly avatar: ElementId
      readonly resumed: boolean
    }
  /** The connection is lost and is being made again; until `giveUpAtMs` the session can be resumed, after it a new one begins, where it may (`rejoin`). */
  | { readonly type: 'reconnecting'; readonly reason: string; readonly attempt: number; readonly giveUpAtMs: number }
  | { readonly type: 'closed'; readonly reason: string }

/** How a command ended: carried out at `tick` (`element`: what it made or concerned), or not and why. `lost`: never answered. */
export type CommandResult =
  | { readonly ok: true; readonly sequence: number; readonly element: ElementId; readonly tick: number }
  | {
      readonly ok: false
      readonly sequence: number
      readonly reason: RejectReason | 'lost' | 'not-joined' | 'too-many' | (string & {})
    }

/** All optional; called from `update` or when a message arrives. */
export interface RenderEvents {
  state?(state: ClientState): void
  /** A transport could not connect and the next is tried. */
  fellBack?(error: ConnectError): void
  welcome?(welcome: Welcome): void
  /** In the realm again, in a new session, after `welcome`: the one before could not be resumed, and its player and avatar are gone. */
  rejoined?(welcome: Welcome): void
  /** Each reliable message, in order, after the world took it. */
  message?(message: ServerMessage): void
}

export interface RenderClientOptions {
  /** http(s) URL of the server. */
  readonly url: string
  /** From `login`. */
  readonly token: string
  /** Tried in order at each connection: WebRTC, then WebSocket. */
  readonly connects: readonly Connect[]
  /** Index of the wished body in the realm's definition. */
  readonly body?: number
  readonly events?: RenderEvents
  /** False: a session that cannot be resumed any more is the end. Default: true, the client joins anew by itself, however long it takes. */
  readonly rejoin?: boolean
  /** Logs in anew, where the server takes the token no more, and gives the new one; rejects with a ConnectError. Without it that is the end. */
  readonly renew?: () => Promise<string>
  /** False: avatars' poses are not kept and samples have none, for programs that do not draw. Default: true. */
  readonly poses?: boolean
  /** False: the own avatar is as the snapshots show it, for programs that do not draw. Default: true. */
  readonly predict?: boolean
  /** Milliseconds that go up evenly, the same clock as `update`'s. Default: performance.now. */
  readonly clock?: () => number
}

/** What the player wants to do; `yaw` is the heading about +Y, 0 looks along -Z. x: right, z: back, y: up while flying, each -1 to 1. */
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
  /** Who may do what with it, bits of Access. Default 0. */
  readonly access?: number
}

/** An avatar at the moment that is drawn. */
export interface AvatarSample {
  readonly element: ElementId
  readonly player: PlayerId
  readonly user: UserNumber
  readonly name: string
  /** Index in the realm's bodies; 0 where it is of a package. */
  readonly body: number
  /** The package that it wears; null: none. */
  readonly package: PackageHash | null
  /** Height of its head at rest above the root: what to draw before the package is there. */
  readonly headMetres: number
  /** This client's own. */
  readonly own: boolean
  readonly position: Vec3
  readonly yaw: number
  readonly velocity: Vec3
  readonly grounded: boolean
  readonly flying: boolean
  readonly pose: Pose | null
}

/** A prop at the moment that is drawn. */
export interface PropSample {
  readonly element: ElementId
  /** Of a package: with one box around its colliders instead of them. */
  readonly spec: PropSpec
  /** The package that it is of; null: none. */
  readonly package: PackageHash | null
  readonly scale: number
  /** 0: nobody. */
  readonly holder: PlayerId
  /** 0: the realm itself. */
  readonly owner: UserNumber
  /** Who may do what with it: sim's `mayAct` says whether somebody may. */
  readonly access: number
  readonly position: Vec3
  readonly rotation: Quat
  readonly asleep: boolean
}

/** The world at a moment: interpolated between the snapshots before and after it, but for the own avatar and what it holds, which are at their predicted present. */
export interface WorldSample {
  /** The moment, in ticks and parts of one. */
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
  /** Snapshots of a newer tick than any before, and all that arrived. */
  readonly snapshotsReceived: number
  readonly snapshotParts: number
  /** Share of the server's packets that did not arrive on this connection, 0 to 1. */
  readonly loss: number
  /** Inputs sent, each counted once. */
  readonly inputsSent: number
  /** Commands without an answer yet. */
  readonly commandsPending: number
  /** Commands that will get no answer: neither carried out nor rejected. */
  readonly inputsLost: number
  readonly reconnects: number
  /** Estimate of the server's newest tick; 0 before the first snapshot. */
  readonly serverTick: number
  /** How far behind what arrives in time the others are drawn, ms. */
  readonly delayMs: number
  /** How late nearly all snapshots of the last seconds were at most, against the quickest, ms. */
  readonly jitterMs: number
  /** How far the own avatar was from where the server's last answer puts it, and the root mean square of the last second's, metres. */
  readonly correctionMetres: number
  readonly correctionRmsMetres: number
  /** How much faster this machine's clock goes than the server's, parts per million. */
  readonly driftPpm: number
  /** Since when nothing was heard of the server, ms; 0 without a connection. */
  readonly silenceMs: number
}
