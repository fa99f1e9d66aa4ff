/**
 * Runs the Khronos glTF validator. Its errors refuse the upload, with its own codes and pointers; its warnings are
 * passed on. Errors that exporters write and loaders ignore are repaired (repairs.ts).
 */
import { createRequire } from 'node:module'
import { isObject, listOf, objectOf, textOf } from '../json.ts'
import { OUTCOME_ENTRIES_MAX, VALIDATOR_ISSUES_MAX } from '../limits.ts'
import type { IngestWarning, Rejection } from '../types.ts'
import { ADVICE, WARNING_ADVICE } from './advice.ts'
import { REPAIRS } from './repair/repairs.ts'

interface ValidatorOptions {
  readonly format: 'glb' | 'gltf'
  readonly maxIssues: number
  readonly ignoredIssues: readonly string[]
  readonly writeTimestamp: false
  readonly externalResourceFunction: (uri: string) => Promise<Uint8Array>
}

/** Loaded on demand, so that uploads refused by the preflight never wait for it. */
const load = (): { validateBytes(bytes: Uint8Array, options: ValidatorOptions): Promise<unknown> } =>
  createRequire(import.meta.url)('gltf-validator')

const ERROR = 0
const WARNING = 1
/** Runs of the validator on one file: each ignores more codes than the one before. */
const RUNS_MAX = 6

interface Issue {
  readonly code: string
  readonly message: string
  readonly severity: number
  readonly where: string
}

export interface ValidationResult {
  /** Errors that the later stages do not repair. Empty: accepted. */
  readonly rejections: readonly Rejection[]
  readonly warnings: readonly IngestWarning[]
  /** All errors, in the validator's order. */
  readonly errors: readonly { readonly code: string; readonly where: string; readonly message: string }[]
}

/** True for an error that refuses the file unless a repair changes its JSON or data. */
const refuses = ({ severity, code }: Issue): boolean => {
  const repair = REPAIRS[code]
  return severity === ERROR && (repair === undefined || repair.apply !== undefined)
}

/**
 * Validates bytes that passed the preflight. `resolve` returns the bytes of files beside a .gltf. `cmyk`: pointers of
 * JPEGs with four channels, which the validator calls invalid; the ingest decodes and converts them.
 */
export async function validate(
  bytes: Uint8Array,
  format: 'glb' | 'gltf',
  resolve: (uri: string) => Uint8Array | null,
  cmyk: ReadonlySet<string> = new Set(),
): Promise<ValidationResult> {
  const issues = await allIssues(bytes, format, resolve, cmyk)
  return {
    rejections: issues.filter(refuses).slice(0, OUTCOME_ENTRIES_MAX).map(rejectionOf),
    warnings: issues.flatMap(warningOf),
    errors: issues
      .filter(({ severity }) => severity === ERROR)
      .map(({ code, where, message }) => ({ code, where, message })),
  }
}

/**
 * The validator stops at VALIDATOR_ISSUES_MAX findings, also at notes. It runs again without the codes that do not
 * refuse the file, so that they never hide one that does.
 */
async function allIssues(
  bytes: Uint8Array,
  format: 'glb' | 'gltf',
  resolve: (uri: string) => Uint8Array | null,
  cmyk: ReadonlySet<string>,
): Promise<Issue[]> {
  const issues: Issue[] = []
  const ignored = new Set<string>()
  for (let run = 0; run < RUNS_MAX; run++) {
    const report = objectOf(
      await load().validateBytes(bytes, {
        format,
        maxIssues: VALIDATOR_ISSUES_MAX,
        ignoredIssues: [...ignored],
        writeTimestamp: false,
        externalResourceFunction: async (uri) => resolve(uri) ?? Promise.reject(new Error('it is not in the file')),
      }),
    )
    const found = objectOf(report['issues'])
    const fresh = listOf(found['messages'])
      .flatMap(issueOf)
      .filter((issue) => !isCmyk(issue, cmyk))
    const listed = new Set(issues.map(({ code, where }) => `${code} ${where}`))
    issues.push(...fresh.filter(({ code, where }) => run === 0 || !listed.has(`${code} ${where}`)))
    if (found['truncated'] !== true) return issues
    const harmless = fresh.filter((issue) => !refuses(issue))
    if (harmless.length === 0) return issues
    for (const { code } of harmless) ignored.add(code)
  }
  // Every run was cut off: a file with so many kinds of findings is not examined to its end.
  if (!issues.some(refuses))
    issues.push({
      code: 'VALIDATOR_ISSUES',
      severity: ERROR,
      where: '',
      message: `There are more than ${RUNS_MAX * VALIDATOR_ISSUES_MAX} findings; not all are listed.`,
    })
  return issues
}

export const rejectionOf = ({ code, where, message }: Pick<Issue, 'code' | 'where' | 'message'>): Rejection => ({
  rule: code,
  where,
  value: null,
  limit: null,
  message: withAdvice(message, ADVICE[code]),
})

const withAdvice = (message: string, advice: string | undefined): string =>
  advice === undefined ? message : `${message} ${advice}`

function warningOf({ severity, code, where, message }: Issue): IngestWarning[] {
  const repair = REPAIRS[code]
  if (severity === ERROR) return repair ? [{ rule: code, where, message: `${message} ${repair.says}` }] : []
  return severity === WARNING ? [{ rule: code, where, message: withAdvice(message, WARNING_ADVICE[code]) }] : []
}

const isCmyk = ({ code, where, message }: Issue, cmyk: ReadonlySet<string>): boolean =>
  code === 'IMAGE_DATA_INVALID' && message.includes('Invalid number of JPEG color channels') && cmyk.has(where)

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
