/**
 * Runs the Khronos glTF validator. Its errors refuse the upload, with its own codes and pointers; its warnings are
 * passed on. A few common errors of exporters that can be repaired without loss are warnings here (REPAIRED).
 */
import { createRequire } from 'node:module'
import { isObject, listOf, objectOf, textOf } from '../json.ts'
import { OUTCOME_ENTRIES_MAX, VALIDATOR_ISSUES_MAX } from '../limits.ts'
import type { IngestWarning, Rejection } from '../types.ts'

interface ValidatorOptions {
  readonly format: 'glb' | 'gltf'
  readonly maxIssues: number
  readonly writeTimestamp: false
  readonly externalResourceFunction: (uri: string) => Promise<Uint8Array>
}

/** Loaded on demand, so that uploads refused by the preflight never wait for it. */
const load = (): { validateBytes(bytes: Uint8Array, options: ValidatorOptions): Promise<unknown> } =>
  createRequire(import.meta.url)('gltf-validator')

const ERROR = 0
const WARNING = 1

/** Errors that the ingest repairs, and how. */
export const REPAIRED: Readonly<Record<string, string>> = {
  ACCESSOR_MIN_MISMATCH: 'The bounds were recomputed.',
  ACCESSOR_MAX_MISMATCH: 'The bounds were recomputed.',
  ACCESSOR_ELEMENT_OUT_OF_MIN_BOUND: 'The bounds were recomputed.',
  ACCESSOR_ELEMENT_OUT_OF_MAX_BOUND: 'The bounds were recomputed.',
  ACCESSOR_WEIGHTS_NON_NORMALIZED: 'The weights were scaled to a sum of 1.',
  ACCESSOR_JOINTS_INDEX_DUPLICATE: 'The weights of one bone on one vertex were added up.',
  ACCESSOR_VECTOR3_NON_UNIT: 'The normals and tangents were scaled to length 1.',
  IMAGE_MIME_TYPE_INVALID: 'The type was set to the real type of the image.',
}

/** Advice for errors that modellers meet. */
const ADVICE: Readonly<Record<string, string>> = {
  ACCESSOR_INDEX_OOB: 'The mesh refers to vertices that do not exist. Export it again.',
  ACCESSOR_INVALID_FLOAT:
    'The mesh has coordinates that are not numbers. Look for broken modifiers or zero scales, then export again.',
  ACCESSOR_TOO_LONG: 'The file was cut off or is damaged. Export it again.',
  ACCESSOR_JOINTS_INDEX_OOB:
    'A vertex is weighted to a bone that its armature does not have. Remove vertex groups without bones, then export again.',
  BUFFER_VIEW_TOO_LONG: 'The file was cut off or is damaged. Export it again.',
  BUFFER_BYTE_LENGTH_MISMATCH: 'The file was cut off or is damaged. Export it again.',
  EMPTY_ENTITY: 'The exporter wrote an empty list or object. Use a newer exporter.',
  IMAGE_DATA_INVALID: 'The texture is damaged. Save it again as PNG or JPEG.',
  IMAGE_UNEXPECTED_EOS: 'The texture is cut off. Save it again as PNG or JPEG.',
  INVALID_JSON: 'The file is damaged. Export it again.',
  MESH_PRIMITIVE_POSITION_ACCESSOR_WITHOUT_BOUNDS: 'Use a newer exporter.',
  NODE_MATRIX_NON_TRS: "Apply the object's transform (it is sheared), then export again.",
  NODE_SKIN_NO_SCENE: 'Put the armature into the scene that is exported.',
  SKIN_NO_COMMON_ROOT: 'The bones of one armature must have one root. Parent them to one bone or empty.',
  UNRESOLVED_REFERENCE: 'The file refers to something that it does not hold. Export it again.',
}

interface Issue {
  readonly code: string
  readonly message: string
  readonly severity: number
  readonly where: string
}

export interface ValidationResult {
  /** Errors that are not repaired. Empty: accepted. */
  readonly rejections: readonly Rejection[]
  readonly warnings: readonly IngestWarning[]
  /** All errors, in the validator's order. */
  readonly errors: readonly { readonly code: string; readonly where: string }[]
}

/** Validates bytes that passed the preflight. `resolve` returns the bytes of files beside a .gltf. */
export async function validate(
  bytes: Uint8Array,
  format: 'glb' | 'gltf',
  resolve: (uri: string) => Uint8Array | null,
): Promise<ValidationResult> {
  const report = objectOf(
    await load().validateBytes(bytes, {
      format,
      maxIssues: VALIDATOR_ISSUES_MAX,
      writeTimestamp: false,
      externalResourceFunction: async (uri) => resolve(uri) ?? Promise.reject(new Error('it is not in the file')),
    }),
  )
  const found = objectOf(report['issues'])
  const issues = listOf(found['messages']).flatMap(issueOf)
  const errors = issues.filter(({ severity }) => severity === ERROR)
  // The report may be full of notes before the errors; the count still shows them.
  if (errors.length < Number(found['numErrors']))
    errors.push({
      code: 'VALIDATOR_ISSUES',
      severity: ERROR,
      where: '',
      message: `There are ${Number(found['numErrors'])} errors; not all are listed.`,
    })
  const refused = errors.filter(({ code }) => REPAIRED[code] === undefined)
  return {
    rejections: refused.slice(0, OUTCOME_ENTRIES_MAX).map(({ code, where, message }) => ({
      rule: code,
      where,
      value: null,
      limit: null,
      message: ADVICE[code] ? `${message} ${ADVICE[code]}` : message,
    })),
    warnings: issues.flatMap(warningOf),
    errors: errors.map(({ code, where }) => ({ code, where })),
  }
}

function warningOf({ severity, code, where, message }: Issue): IngestWarning[] {
  if (severity === ERROR)
    return REPAIRED[code] === undefined ? [] : [{ rule: code, where, message: `${message} ${REPAIRED[code]}` }]
  return severity === WARNING ? [{ rule: code, where, message }] : []
}

function issueOf(value: unknown): Issue[] {
  if (!isObject(value)) return []
  const offset = value['offset']
  return [
    {
      code: textOf(value['code']) ?? 'UNKNOWN',
      message: textOf(value['message']) ?? '',
      severity: Number(value['severity']),
      where: textOf(value['pointer']) ?? (typeof offset === 'number' ? `byte ${offset}` : ''),
    },
  ]
}
