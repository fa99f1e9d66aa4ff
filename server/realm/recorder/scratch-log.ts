/** The log of a realm that is not recorded: the warm-up's, and the base of the log that tests read. */
import { decodeFrame, encodeFrame } from '../../../protocol/index.ts'
import { CHECKPOINT_EVERY_TICKS } from '../../../replay/index.ts'
import { phaseHash, type Realm } from '../../../sim/index.ts'
import { RemovalNotices } from './removal-notices.ts'
import { SequenceTracker } from './sequence-tracker.ts'
import { UndeliveredOutcomes } from './undelivered-outcomes.ts'
import type { RealmLog } from './realm-log-interface.ts'

/** Stands for a frame that cannot be decoded. The realm itself would meet that fault and report it. */
const UNREAD = { tick: 0, inputs: [] }

/** Writes nothing, and costs what a recording costs apart from the disk. */
export function scratchLog(realm: Realm): RealmLog {
  return {
    realm,
    epoch: 0,
    sequences: new SequenceTracker(),
    undelivered: new UndeliveredOutcomes(),
    removalNotices: new RemovalNotices(),
    isSpaceLow: () => false,
    isLost: () => false,
    space: () => ({ recordedBytes: 0, freeBytes: 0, checkpoints: { tick: 0, bytes: 0, skipped: 0, warning: null } }),
    frame: (frame) => {
      const read = decodeFrame(encodeFrame(frame))
      return read.ok ? read.value : { ...UNREAD, tick: frame.tick }
    },
    hash: () => undefined,
    sample: () => void phaseHash(realm),
    checkpointDue: (tick) => tick % CHECKPOINT_EVERY_TICKS === 0,
    checkpoint: () => undefined,
    trackUndelivered: () => undefined,
    rollIfDue: () => undefined,
    close: () => Promise.resolve(),
  }
}
