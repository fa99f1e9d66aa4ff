/** The packages of a simulated world, and an archive that answers about them late, not at all, or that it is away. */
import { DEFAULT_BODY, type PackageHash, type PackagePhysics, type PropSpec } from '../../sim/index.ts'
import { IDENTITY } from '../../sim/maths/maths.ts'
import type { PackageAccessAnswer } from '../../server/both-threads/realm-messages.ts'
import type { Dice } from '../../bots/bot-behaviour.ts'

const CUP: PropSpec = {
  name: 'cup',
  motion: 'dynamic',
  density: 300,
  friction: 0.5,
  restitution: 0.25,
  color: 0xf2e9e4,
  colliders: [0, 0.125].map((y) => ({
    shape: { type: 'sphere' as const, radius: 0.125 },
    position: { x: 0, y, z: 0 },
    rotation: IDENTITY,
  })),
}
const TALL: PackagePhysics = {
  kind: 'avatar',
  body: {
    ...DEFAULT_BODY,
    name: 'tall',
    offsets: DEFAULT_BODY.offsets.map(({ x, y, z }) => ({ x, y: Math.fround(y * 1.25), z })),
  },
}

const hashOf = (byte: string): PackageHash => byte.repeat(32)
const [CUP_HASH, TALL_HASH, PRIVATE_HASH, NOWHERE_HASH] = ['c0', '7a', '91', '00'].map(hashOf) as [
  PackageHash,
  PackageHash,
  PackageHash,
  PackageHash,
]

/** Packages that players try to spawn and wear, including ones of the wrong kind and ones without permission. */
export const PACKAGE_HASHES: readonly PackageHash[] = [
  CUP_HASH,
  CUP_HASH,
  CUP_HASH,
  TALL_HASH,
  TALL_HASH,
  PRIVATE_HASH,
  NOWHERE_HASH,
]

const ANSWERS: Readonly<Record<PackageHash, PackageAccessAnswer>> = {
  [CUP_HASH]: { ok: true, physics: { kind: 'object', prop: CUP } },
  [TALL_HASH]: { ok: true, physics: TALL },
  [PRIVATE_HASH]: { ok: false, reason: 'not-permitted' },
}

/** Response time of the archive, ms, and how often it never answers or is away. */
const ANSWER_MS: readonly [number, number] = [1, 600]
const SILENT_SHARE = 0.05
const AWAY_SHARE = 0.05

/** The archive's answer and its delay from now, ms; null if it never answers. */
export function askArchive(
  hash: PackageHash,
  dice: Dice,
): { readonly inMs: number; readonly answer: PackageAccessAnswer } | null {
  const drawn = dice.unit()
  if (drawn < SILENT_SHARE) return null
  const inMs = dice.between(...ANSWER_MS)
  if (drawn < SILENT_SHARE + AWAY_SHARE) return { inMs, answer: { ok: false, reason: 'archive-away' } }
  return { inMs, answer: ANSWERS[hash] ?? { ok: false, reason: 'unknown-package' } }
}
