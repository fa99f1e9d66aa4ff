/** Numbers and ranges as a rejection states them. */
import { RANGES, type RangeName } from '../../sim/limits/ranges.ts'

export const limitOf = (name: RangeName): string =>
  `${RANGES[name].min} to ${RANGES[name].max} ${RANGES[name].unit}`.trim()

/** Six digits are enough for a modeller. */
export const rounded = (x: number): number => Number(x.toPrecision(6))
