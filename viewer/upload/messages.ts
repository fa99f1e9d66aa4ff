/** What an upload's card says. Pure. */
import type { Rejection } from '../api/answers.ts'
import type { UploadPhase, UploadState } from './upload.ts'

const PHASES: Readonly<Record<UploadPhase, string>> = {
  queued: 'Waits for its turn',
  reading: 'Reading the file',
  declaring: 'Asking the server',
  sending: 'Sending',
  received: 'Arrived, waits to be checked',
  checking: 'Checking the file',
  validating: 'Validating the model',
  normalising: 'Preparing meshes and textures',
  fitting: 'Fitting colliders',
  packaging: 'Packaging',
  storing: 'Storing',
  done: 'Done',
  rejected: 'Not accepted',
  failed: 'It did not work',
  cancelled: 'Cancelled',
}

export const phaseLabel = ({ phase, share }: Pick<UploadState, 'phase' | 'share'>): string => {
  const words = PHASES[phase]
  return phase === 'done' || phase === 'rejected' || phase === 'failed' || phase === 'cancelled' || phase === 'queued'
    ? words
    : `${words} … ${Math.floor(share * 100)} %`
}

/** One rejection in lines that a person can paste into a message. */
export function rejectionLines({ rule, where, value, limit, message }: Rejection): readonly string[] {
  return [
    `Rule ${rule}`,
    `Where: ${where === '' ? 'the whole file' : where}`,
    ...(value === null ? [] : [`Found: ${value}`]),
    ...(limit === null ? [] : [`Allowed: ${limit}`]),
    message,
  ].filter(Boolean)
}

export function rejectionsAsText(fileName: string, rejections: readonly Rejection[]): string {
  return [`${fileName} was not accepted.`, ...rejections.map((rejection) => rejectionLines(rejection).join('\n'))].join(
    '\n\n',
  )
}

/** Endings of files that the server takes. */
const MODEL = /\.(glb|vrm)$/i

export const isModelFile = (name: string): boolean => MODEL.test(name)

/** What a file is called in the realm, until somebody says otherwise: its name without the ending, in words. */
export function nameOfFile(fileName: string): string {
  const words = fileName
    .replace(MODEL, '')
    .replace(/[_\s]+/g, ' ')
    .replace(/[^\p{L}\p{N} .,'()-]/gu, '')
    .trim()
  return words === '' ? 'thing' : words.slice(0, 64)
}

/** Why a dropped file is not even sent. Null: it is worth trying. */
export function fileProblem(file: { readonly name: string; readonly size: number }): string | null {
  if (!isModelFile(file.name))
    return `“${file.name}” is not a model that this page takes. Export it as a binary glTF (.glb) or VRM (.vrm): one file with everything in it.`
  if (file.size === 0) return `“${file.name}” is empty.`
  return null
}
