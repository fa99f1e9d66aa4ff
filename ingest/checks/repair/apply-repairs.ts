/** Repairs what the validator reports (repairs.ts), and validates the result, until nothing is left to repair. */
import type { JsonObject } from '../../json.ts'
import { writeGlb } from '../../preflight/container.ts'
import { cmykImages } from '../../preflight/images.ts'
import { Rejected, type IngestWarning } from '../../types.ts'
import type { Draft, RepairStep } from './draft.ts'
import { REPAIRS } from './repairs.ts'
import { rejectionOf, validate, type ValidationResult } from '../validate.ts'

/** Rounds of repairs: one error may hide another, such as an empty list that an earlier repair leaves. */
const ROUNDS_MAX = 4

interface Packed {
  readonly json: JsonObject
  /** All data of the file. */
  readonly bin: Uint8Array | null
}

/** Throws Rejected if an error is left. A file without such errors is returned unchanged. */
export async function applyRepairs(
  packed: Packed,
  first: ValidationResult,
): Promise<Packed & { readonly warnings: readonly IngestWarning[] }> {
  let verdict = first
  if (verdict.rejections.length === 0) return { ...packed, warnings: first.warnings }
  const warnings = [...first.warnings]
  const draft: Draft = { json: structuredClone(packed.json), bin: Uint8Array.from(packed.bin ?? []) }
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const left = verdict.errors.filter(({ code }) => REPAIRS[code] === undefined)
    if (left.length > 0) throw new Rejected(...left.map(rejectionOf))
    applyAll(draft, verdict)
    const before = JSON.stringify(verdict.errors)
    const bin = draft.bin.length > 0 ? draft.bin : null
    const cmyk = cmykImages(draft.json, bin, () => null)
    verdict = await validate(writeGlb(draft.json, bin), 'glb', () => null, cmyk)
    const known = new Set(warnings.map(({ rule }) => rule))
    warnings.push(...verdict.warnings.filter(({ rule }) => !known.has(rule)))
    if (verdict.rejections.length === 0) return { json: draft.json, bin, warnings }
    if (JSON.stringify(verdict.errors) === before) break
  }
  throw new Rejected(...verdict.rejections)
}

/** Runs each repair once, with all findings that it answers. */
function applyAll(draft: Draft, { errors }: ValidationResult): void {
  const steps = new Map<RepairStep, typeof errors>()
  for (const error of errors) {
    const apply = REPAIRS[error.code]?.apply
    if (apply) steps.set(apply, [...(steps.get(apply) ?? []), error])
  }
  for (const [apply, findings] of steps) apply(draft, findings)
}
