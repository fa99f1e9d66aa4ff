/** What `otherworld bots --json` prints (`otherworld/bots/1`), as far as tests look at it. */
import type { CrowdFigures } from '../../bots/figures.ts'

export interface BotsReport extends CrowdFigures {
  readonly schema: string
  readonly requested: number
  readonly connected: number
  readonly seconds: number
  readonly lockstep: { readonly peers: number; readonly ticksChecked: number; readonly hashMismatches: number }
  readonly faults: readonly string[]
}
