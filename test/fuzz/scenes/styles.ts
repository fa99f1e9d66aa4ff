/** Styles of scenes: how many guests do how much of what, and how far from ordinary. */
import type { ClientCommandType } from '../../../protocol/index.ts'
import type { Draw } from './edge-numbers.ts'

export type CommandKind = ClientCommandType | 'server'

export interface Style {
  readonly name: string
  readonly weight: number
  /** From 0, as people play, to 1. */
  readonly wild: number
  /** Share of spawns and drags at the one common point. */
  readonly gathers: number
  /** Weights of a player's next command. */
  readonly commandWeights: Partial<Record<CommandKind, number>>
  /** The type of spawned props; null for all types. */
  readonly propType: 'pair' | 'pile' | 'burst' | 'bloat' | null
  /** Number of props of this type that all players spawn together. */
  count(draw: Draw): number
  /** Commands of one player in one tick. */
  pace(draw: Draw): number
}

const HANDS = { grab: 3, drag: 5, release: 1, scale: 2, move: 2 } as const
const seldom = (draw: Draw): number => (draw.chance(0.15) ? draw.whole(1, 3) : 0)
const burst = (draw: Draw): number => (draw.chance(0.6) ? 16 : draw.whole(0, 16))

export const STYLES: readonly Style[] = [
  {
    name: 'edges',
    weight: 30,
    wild: 1,
    gathers: 0.4,
    commandWeights: { ...HANDS, spawn: 8, despawn: 1, pose: 1, access: 0.5, wear: 0.5, server: 0.3 },
    propType: null,
    count: (draw) => draw.whole(4, 50),
    pace: seldom,
  },
  {
    name: 'mixed',
    weight: 12,
    wild: 0.4,
    gathers: 0.5,
    commandWeights: { ...HANDS, spawn: 5, despawn: 1, pose: 2, access: 0.5, wear: 0.5, server: 0.3 },
    propType: null,
    count: (draw) => draw.whole(4, 50),
    pace: seldom,
  },
  {
    name: 'pair',
    weight: 25,
    wild: 1,
    gathers: 1,
    commandWeights: { spawn: 4, scale: 1, grab: 0.5, drag: 0.5, move: 1 },
    propType: 'pair',
    count: (draw) => draw.whole(2, 6),
    pace: (draw) => (draw.chance(0.05) ? 1 : 0),
  },
  {
    name: 'hands',
    weight: 12,
    wild: 0.3,
    gathers: 0.6,
    commandWeights: { ...HANDS, grab: 5, drag: 10, scale: 5, spawn: 2, pose: 1 },
    propType: null,
    count: () => 30,
    pace: (draw) => draw.whole(0, 6),
  },
  {
    name: 'bodies',
    weight: 6,
    wild: 0.8,
    gathers: 0.5,
    commandWeights: { server: 4, wear: 5, move: 3, pose: 4, spawn: 2, grab: 1, drag: 2 },
    propType: null,
    count: () => 30,
    pace: seldom,
  },
  {
    name: 'pile',
    weight: 6,
    wild: 0.2,
    gathers: 1,
    commandWeights: { spawn: 20, scale: 0.5, move: 0.2, grab: 0.2, drag: 0.2 },
    propType: 'pile',
    count: (draw) =>
      draw.weighted([
        [6, draw.whole(20, 120)],
        [2, draw.whole(120, 400)],
        [0.5, 1_000],
      ]),
    pace: burst,
  },
  {
    name: 'burst',
    weight: 4,
    wild: 0.3,
    gathers: 1,
    commandWeights: { spawn: 1 },
    propType: 'burst',
    count: (draw) =>
      draw.weighted([
        [3, draw.whole(2, 6)],
        [1, draw.whole(6, 36)],
      ]),
    pace: burst,
  },
  {
    name: 'bloat',
    weight: 3,
    wild: 0.2,
    gathers: 0.3,
    commandWeights: { spawn: 10, scale: 1, move: 1 },
    propType: 'bloat',
    count: (draw) => draw.whole(3, 40),
    pace: (draw) => draw.whole(0, 2),
  },
]

export const drawStyle = (draw: Draw): Style => draw.weighted(STYLES.map((style) => [style.weight, style] as const))

export function styleNamed(name: string): Style {
  const found = STYLES.find((style) => style.name === name)
  if (!found) throw new Error(`There is no style "${name}"; there are ${STYLES.map((style) => style.name).join(', ')}.`)
  return found
}
