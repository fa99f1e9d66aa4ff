/**
 * All checks of a file: the preflight (ingest/preflight/), which bounds what a file may cost, then the Khronos
 * validator, which finds what is wrong with it. From the bytes of an upload to JSON and one binary chunk that are safe
 * to decode.
 */
import { openContainer, writeGlb, type Container, type Malformed } from '../preflight/container.ts'
import { dataOf, embed, type Resolve } from '../preflight/embed.ts'
import { readImageHeader, type ImageType } from '../preflight/image-header.ts'
import { cmykImages, imageBytes } from '../preflight/images.ts'
import { objectsOf, type JsonObject } from '../json.ts'
import { Rejected, type IngestWarning } from '../types.ts'
import { preflight } from '../preflight/index.ts'
import { applyRepairs } from './repair/apply-repairs.ts'
import { validate, type ValidationResult } from './validate.ts'

export interface Checked {
  readonly json: JsonObject
  readonly bin: Uint8Array | null
  readonly warnings: readonly IngestWarning[]
}

export type PreflightResult = Container | Malformed

const isMalformed = (opened: PreflightResult): opened is Malformed => 'fault' in opened
const AVIF: ImageType = 'image/avif'
const nothing: Resolve = () => null

/**
 * Opens the container and runs the preflight. `resolve` returns the bytes of a file beside a .gltf. Throws Rejected.
 */
export function preflightUpload(bytes: Uint8Array, resolve: Resolve = nothing): PreflightResult {
  const opened = openContainer(bytes)
  if (!isMalformed(opened)) preflight(opened, resolve)
  return opened
}

/** Runs the validator on an upload that passed the preflight. */
export function validateUpload(
  opened: PreflightResult,
  bytes: Uint8Array,
  resolve: Resolve = nothing,
): Promise<ValidationResult> {
  if (isMalformed(opened)) return validate(bytes, opened.form, resolve)
  const readable = opened.isUnaligned ? writeGlb(opened.json, opened.bin) : bytes
  return validate(readable, opened.form, resolve, cmykImages(opened.json, opened.bin, resolve))
}

/** Runs preflight and validator. Throws Rejected if the preflight rejects; the result has what the validator found. */
export async function examine(
  bytes: Uint8Array,
  resolve: Resolve = nothing,
): Promise<{ readonly opened: PreflightResult; readonly verdict: ValidationResult }> {
  const opened = preflightUpload(bytes, resolve)
  return { opened, verdict: await validateUpload(opened, bytes, resolve) }
}

/** Runs the checks of an upload without the rest of the ingest. Throws Rejected. */
export async function checkUpload(bytes: Uint8Array): Promise<Checked> {
  const { opened, verdict } = await examine(bytes)
  return acceptValidation(opened, verdict)
}

/** Repairs the errors that the validator found. Throws Rejected if one is left. */
export async function acceptValidation(
  opened: PreflightResult,
  verdict: ValidationResult,
  resolve: Resolve = nothing,
): Promise<Checked> {
  if (isMalformed(opened)) {
    if (verdict.rejections.length > 0) throw new Rejected(...verdict.rejections)
    throw new Rejected(opened.fault)
  }
  const { json, bin, warnings } = await applyRepairs(
    embed(opened.json, opened.bin, (uri) => dataOf(uri) ?? resolve(uri)),
    verdict,
  )
  const isAvif = objectsOf(opened.json, 'images').map(({ mimeType }) => mimeType === AVIF)
  for (const [i, image] of imageBytes(json, bin, resolve).entries())
    if (image && readImageHeader(image)?.type === AVIF) isAvif[i] = true
  const unaligned: IngestWarning[] = opened.isUnaligned
    ? [
        {
          rule: 'GLB_CHUNK_LENGTH_UNALIGNED',
          where: 'byte 12',
          message:
            'The chunks of the file are not aligned to 4 bytes, as older Godot exporters write them. They were written again.',
        },
      ]
    : []
  return {
    json,
    bin,
    warnings: [...unaligned, ...summed(warnings.filter((warning) => !isMistaken(warning, isAvif)))],
  }
}

/**
 * True for false alarms: warnings about VRM 0.x's extension name and AVIF, which the validator does not know but this
 * server reads.
 */
function isMistaken({ rule, where }: IngestWarning, isAvif: readonly boolean[]): boolean {
  if (rule === 'INVALID_EXTENSION_NAME_FORMAT') return true
  const image = /^\/images\/(\d+)/.exec(where)?.[1]
  return (
    image !== undefined &&
    (rule === 'VALUE_NOT_IN_LIST' || rule === 'IMAGE_UNRECOGNIZED_FORMAT') &&
    isAvif[Number(image)] === true
  )
}

/** The first warning of each rule, with the number of the others. */
function summed(warnings: readonly IngestWarning[]): IngestWarning[] {
  const byRule = new Map<string, IngestWarning[]>()
  for (const warning of warnings) byRule.set(warning.rule, [...(byRule.get(warning.rule) ?? []), warning])
  return [...byRule.values()].flatMap(([first, ...rest]) =>
    first
      ? [rest.length === 0 ? first : { ...first, message: `${first.message} (and ${rest.length} more like it)` }]
      : [],
  )
}
