/** From the bytes of an upload to JSON and one binary chunk that are safe to decode: preflight, then the validator. */
import { openContainer, writeGlb, type Container, type Malformed } from '../container.ts'
import { dataOf, embed, type Resolve } from '../embed.ts'
import { objectsOf, type JsonObject } from '../json.ts'
import { Rejected, type IngestStage, type IngestWarning } from '../types.ts'
import { preflight } from './preflight.ts'
import { validate, type Verdict } from './validate.ts'

export interface Checked {
  readonly json: JsonObject
  readonly bin: Uint8Array | null
  readonly warnings: readonly IngestWarning[]
}

const isMalformed = (opened: Container | Malformed): opened is Malformed => 'fault' in opened
const nothing: Resolve = () => null

/** The validator's verdict of what the preflight lets through. Throws Rejected where the preflight does not. */
export async function examine(
  bytes: Uint8Array,
  resolve: Resolve = nothing,
  onStage: (stage: IngestStage) => void = () => {},
): Promise<{ readonly opened: Container | Malformed; readonly verdict: Verdict }> {
  onStage('checking')
  const opened = openContainer(bytes)
  if (!isMalformed(opened)) preflight(opened, resolve)
  onStage('validating')
  const readable = !isMalformed(opened) && opened.isUnaligned ? writeGlb(opened.json, opened.bin) : bytes
  return { opened, verdict: await validate(readable, opened.form, resolve) }
}

/** Throws Rejected. */
export async function checkUpload(bytes: Uint8Array, onStage: (stage: IngestStage) => void): Promise<Checked> {
  const { opened, verdict } = await examine(bytes, nothing, onStage)
  if (verdict.rejections.length > 0) throw new Rejected(...verdict.rejections)
  if (isMalformed(opened)) throw new Rejected(opened.fault)
  const unaligned: IngestWarning[] = opened.isUnaligned
    ? [
        {
          rule: 'GLB_CHUNK_LENGTH_UNALIGNED',
          where: 'byte 12',
          message:
            'The chunks of the file are not aligned to 4 bytes, as older Godot exporters write them. They were written anew.',
        },
      ]
    : []
  return {
    ...embed(opened.json, opened.bin, dataOf),
    warnings: [...unaligned, ...summed(verdict.warnings.filter((warning) => !isMistaken(warning, opened.json)))],
  }
}

/** The validator knows neither VRM 0.x's name nor AVIF; both are read here. */
function isMistaken({ rule, where }: IngestWarning, json: JsonObject): boolean {
  if (rule === 'INVALID_EXTENSION_NAME_FORMAT') return true
  const image = /^\/images\/(\d+)/.exec(where)?.[1]
  return (
    image !== undefined &&
    (rule === 'VALUE_NOT_IN_LIST' || rule === 'IMAGE_UNRECOGNIZED_FORMAT') &&
    objectsOf(json, 'images')[Number(image)]?.['mimeType'] === 'image/avif'
  )
}

/** The first of each rule, and how many more there are. */
function summed(warnings: readonly IngestWarning[]): IngestWarning[] {
  const byRule = new Map<string, IngestWarning[]>()
  for (const warning of warnings) byRule.set(warning.rule, [...(byRule.get(warning.rule) ?? []), warning])
  return [...byRule.values()].flatMap(([first, ...rest]) =>
    first
      ? [rest.length === 0 ? first : { ...first, message: `${first.message} (and ${rest.length} more like it)` }]
      : [],
  )
}
