/** The fields of `otherworld bots --json` (`otherworld/bots/1`) that tests use. */
import type { CrowdFigures } from '../../bots/figures.ts'

export interface BotsReport extends CrowdFigures {
  readonly schema: string
  readonly requested: number
  readonly connected: number
  readonly seconds: number
  readonly lockstep: { readonly peers: number; readonly ticksChecked: number; readonly hashMismatches: number }
  readonly faults: readonly string[]
}
