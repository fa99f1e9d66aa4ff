/** Texts of an upload's card. Pure. */
import type { Rejection } from '../../http-contract/index.ts'
import { fillMessage, UPLOAD_MESSAGES, UPLOAD_STAGE_LABELS } from '../../protocol/index.ts'
import type { UploadState } from './upload.ts'

export const phaseLabel = ({ phase, share }: Pick<UploadState, 'phase' | 'share'>): string => {
  const words = UPLOAD_STAGE_LABELS[phase]
  return phase === 'done' || phase === 'rejected' || phase === 'failed' || phase === 'cancelled' || phase === 'queued'
    ? words
    : `${words} … ${Math.floor(share * 100)} %`
}

/** One rejection as lines that can be copied. */
export function rejectionLines({ rule, where, value, limit, message, reducible }: Rejection): readonly string[] {
  return [
    fillMessage(UPLOAD_MESSAGES.rule, rule),
    fillMessage(UPLOAD_MESSAGES.where, where === '' ? UPLOAD_MESSAGES.wholeFile : where),
    ...(value === null ? [] : [fillMessage(UPLOAD_MESSAGES.found, value)]),
    ...(limit === null ? [] : [fillMessage(UPLOAD_MESSAGES.allowed, limit)]),
    reducible === true ? `${message} ${UPLOAD_MESSAGES.reducible}` : message,
  ].filter(Boolean)
}

export function rejectionsAsText(fileName: string, rejections: readonly Rejection[]): string {
  return [`${fileName} was not accepted.`, ...rejections.map((rejection) => rejectionLines(rejection).join('\n'))].join(
    '\n\n',
  )
}

/** Extensions of model files. */
const MODEL = /\.(glb|vrm)$/i

export const isModelFile = (name: string): boolean => MODEL.test(name)

/** The default name of a file's package: its file name without extension and symbols. */
export function nameOfFile(fileName: string): string {
  const words = fileName
    .replace(MODEL, '')
    .replace(/[_\s]+/g, ' ')
    .replace(/[^\p{L}\p{N} .,'()-]/gu, '')
    .trim()
  return words === '' ? 'item' : words.slice(0, 64)
}

/** Why a dropped file is not sent; null if it can be. */
export function fileProblem(file: { readonly name: string; readonly size: number }): string | null {
  if (!isModelFile(file.name))
    return `“${file.name}” is not a model that this page accepts. Export it as a single binary glTF (.glb) or VRM (.vrm) file.`
  if (file.size === 0) return `“${file.name}” is empty.`
  return null
}
