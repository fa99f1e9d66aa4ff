/** The contents of fixtures/protocol, which docs/protocol.md describes. */
import type { CapturedPacket } from './reader-listener.ts'
import type { Quat, Vec3 } from './reader.ts'
import type { State } from './reader-snapshots.ts'

export interface NamedVector {
  name: string
  rules: string[]
}
export interface SnapshotStep {
  tick: number
  avatars: string
  props: string
  states: State[]
  missing?: number
}
export interface Vectors {
  messages: (NamedVector & { message: string; hex: string; says: unknown })[]
  refused: (NamedVector & { message: string; hex: string })[]
  rotations: { quaternion: Quat; bits: number }[]
  bones: { quaternion: Quat; bits: number }[]
  snapshots: (NamedVector & { boundsMin: Vec3; steps: SnapshotStep[] })[]
}
interface End {
  avatars: {
    element: number
    player: number
    name: string
    position: Vec3
    yaw: number
    head: Vec3
    bones: (Quat | null)[]
  }[]
  props: { element: number; name: string; position: Vec3; rotation: Quat; scale: number; holder: number }[]
  commands: { sequence: number; ok: boolean; reason: string | null }[]
}
export interface Session {
  tickRate: number
  packets: CapturedPacket[]
  end: End
}
export interface Definition {
  id: string
  tickRate: number
  bounds: { min: Vec3 }
  bodies: { offsets: Vec3[] }[]
}
