/** The server's answers about uploads and packages: the fields that the page uses. */
import type { PackageKind } from '../../packages/manifest.ts'
import { AnswerError, readList, readNumber, readObject, readOneOf, readOptional, readText } from './read.ts'

const KINDS: readonly PackageKind[] = ['avatar', 'object']

/** Stages of an upload on the server, in order. The last three are final. */
export const UPLOAD_STAGES = [
  'waiting',
  'received',
  'checking',
  'validating',
  'normalising',
  'fitting',
  'packaging',
  'storing',
  'done',
  'rejected',
  'failed',
] as const
export type UploadStage = (typeof UPLOAD_STAGES)[number]

export const isSettled = (stage: UploadStage): boolean => stage === 'done' || stage === 'rejected' || stage === 'failed'

/** The rule that a file breaks, the place, and the limit. */
export interface Rejection {
  readonly rule: string
  readonly where: string
  readonly value: string | null
  readonly limit: string | null
  readonly message: string
}

export interface UploadStatus {
  readonly id: string
  readonly stage: UploadStage
  /** Progress of the server's work, 0 to 1. */
  readonly progress: number
  /** Hash of the package once it is done. */
  readonly package: string | null
  readonly kind: PackageKind | null
  readonly rejections: readonly Rejection[]
  readonly warnings: readonly string[]
  readonly message: string | null
}

/** A signed link for one upload or download. */
export interface Link {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly expiresAtMs: number
}

export interface DeclaredUpload extends UploadStatus {
  /** Null if the server already has these bytes. */
  readonly put: Link | null
}

export type Sharing = 'owner' | 'everyone'

/** A package that you own, or that is shared with you. */
export interface PackageRecord {
  readonly hash: string
  readonly name: string
  readonly kind: PackageKind
  readonly sharing: Sharing
  readonly own: boolean
}

const shown = (value: unknown): string | null =>
  value === undefined || value === null ? null : typeof value === 'string' ? value : JSON.stringify(value)

function readRejection(value: unknown, where: string): Rejection {
  const o = readObject(value, where)
  return {
    rule: readText(o.rule, `${where}/rule`),
    where: shown(o.where) ?? '',
    value: shown(o.value),
    limit: shown(o.limit),
    message: shown(o.message) ?? '',
  }
}

/** A warning is a string, or an object with a message. */
function readWarning(value: unknown, where: string): string {
  return typeof value === 'string' ? value : readText(readObject(value, where).message, `${where}/message`)
}

export const readHash = (value: unknown, where: string): string => {
  const hash = readText(value, where)
  if (/^[0-9a-f]{64}$/.test(hash)) return hash
  throw new AnswerError(where, '64 hex digits')
}

export function readStatus(value: unknown): UploadStatus {
  const o = readObject(value, 'the upload')
  return {
    id: readText(o.id, 'id'),
    stage: readOneOf(o.stage, UPLOAD_STAGES, 'stage'),
    progress: Math.min(1, Math.max(0, readOptional(o.progress, 'progress', readNumber) ?? 0)),
    package: readOptional(o.package, 'package', readHash),
    kind: readOptional(o.kind, 'kind', (kind, where) => readOneOf(kind, KINDS, where)),
    rejections: readList(o.rejections, 'rejections', readRejection),
    warnings: readList(o.warnings, 'warnings', readWarning),
    message: readOptional(o.message, 'message', readText),
  }
}

export function readLink(value: unknown, where: string): Link {
  const o = readObject(value, where)
  const headers = Object.entries(readOptional(o.headers, `${where}/headers`, readObject) ?? {}).map(
    ([name, text]) => [name, readText(text, `${where}/headers/${name}`)] as const,
  )
  return {
    url: readText(o.url, `${where}/url`),
    headers: Object.fromEntries(headers),
    expiresAtMs: readNumber(o.expiresAtMs, `${where}/expiresAtMs`),
  }
}

export function readDeclared(value: unknown): DeclaredUpload {
  return { ...readStatus(value), put: readOptional(readObject(value, 'the upload').put, 'put', readLink) }
}

function readRecord(value: unknown, where: string): PackageRecord {
  const o = readObject(value, where)
  return {
    hash: readHash(o.hash ?? o.package, `${where}/hash`),
    name: readText(o.name, `${where}/name`),
    kind: readOneOf(o.kind, KINDS, `${where}/kind`),
    sharing: o.sharing === 'everyone' ? 'everyone' : 'owner',
    own: o.own !== false,
  }
}

export function readRecords(value: unknown): readonly PackageRecord[] {
  return readList(readObject(value, 'the packages').packages, 'packages', readRecord)
}
