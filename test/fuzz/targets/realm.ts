/**
 * The simulation with frames that the decoder accepts: it carries out or rejects any finite numbers, and never traps.
 */
import {
  DEFAULT_DEFINITION,
  free,
  genesis,
  hash,
  loadEngine,
  step,
  type Engine,
  type InputFrame,
  type Realm,
} from '../../../sim/index.ts'
import { decodeFrame } from '../../../protocol/index.ts'
import { splitRecords, type FuzzTarget } from '../target.ts'

const DEFINITION = { ...DEFAULT_DEFINITION, props: DEFAULT_DEFINITION.props.slice(0, 3) }
const PLAYERS = [1, 2]
/** Frames of one input, and ticks after each in which its effects continue. */
const FRAMES_MAX = 12
const TICKS_AFTER = 3

let loading: Promise<Engine> | null = null

function run(realm: Realm, inputs: InputFrame['inputs']): void {
  step(realm, { tick: realm.tick + 1, inputs })
  for (let i = 0; i < TICKS_AFTER; i += 1) step(realm, { tick: realm.tick + 1, inputs: [] })
}

async function take(bytes: Uint8Array): Promise<boolean> {
  loading ??= loadEngine()
  const realm = genesis(await loading, DEFINITION)
  let isMoved = false
  try {
    run(
      realm,
      PLAYERS.map((player) => ({
        player: 0,
        sequence: player,
        command: { type: 'join', player, user: player, name: `Player ${player}`, body: 0, permissions: 31 },
      })),
    )
    for (const record of splitRecords(bytes).slice(0, FRAMES_MAX)) {
      const frame = decodeFrame(record)
      if (!frame.ok) continue
      run(realm, frame.value.inputs)
      isMoved ||= frame.value.inputs.length > 0
    }
    hash(realm)
    return isMoved
  } finally {
    free(realm)
  }
}

export const realmTarget: FuzzTarget = { name: 'realm', run: take, share: 0.000_2 }
