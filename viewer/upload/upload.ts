/** Uploads one file: hash, declare, send, and follow the server's stages. */
import type { Api, UploadDeclaration } from '../api/api.ts'
import { ApiError, problemOf } from '../api/api.ts'
import { isSettled, type Rejection, type UploadStage, type UploadStatus } from '../../http-contract/index.ts'
import { UPLOAD_MESSAGES } from '../../protocol/index.ts'
import type { Bytes } from '../api/bytes.ts'
import type { Put } from '../api/put.ts'
import type { PackageKind } from '../../packages/manifest.ts'

/** The person's choices for the file. */
export interface UploadChoices {
  readonly name: string
  /** Null if the file shows its kind. */
  readonly kind: PackageKind | null
  /** The file's skeleton map; null without one. */
  readonly humanoid: UploadDeclaration['humanoid']
  readonly sharing: UploadDeclaration['sharing']
  /** True: the server reduces a model above its limits. */
  readonly fit: boolean
}

export type UploadPhase = 'queued' | 'reading' | 'declaring' | 'sending' | Exclude<UploadStage, 'waiting'> | 'cancelled'

export interface UploadState {
  readonly phase: UploadPhase
  /** Total progress, 0 to 1. */
  readonly share: number
  /** Hash of the package once it is done. */
  readonly package: string | null
  readonly kind: PackageKind | null
  readonly rejections: readonly Rejection[]
  readonly warnings: readonly string[]
  /** Why it failed. */
  readonly problem: string | null
  /** The server's reason to wait. */
  readonly note: string | null
}

export const QUEUED: UploadState = {
  phase: 'queued',
  share: 0,
  package: null,
  kind: null,
  rejections: [],
  warnings: [],
  problem: null,
  note: null,
}

export const isOver = ({ phase }: UploadState): boolean =>
  phase === 'done' || phase === 'rejected' || phase === 'failed' || phase === 'cancelled'

/** True if each reason of the refusal is one that `fit` can correct. */
export const isReducible = ({ phase, rejections }: UploadState): boolean =>
  phase === 'rejected' && rejections.every(({ reducible }) => reducible === true)

/** Shares of the progress: reading the file, then sending it; the rest is the server's. */
const READ = 0.06
const SENT = 0.42

export interface UploadTools {
  readonly api: Pick<Api, 'declare' | 'complete' | 'follow' | 'abandon'>
  readonly bytes: Pick<Bytes, 'hash'>
  readonly put: Put
}

/** Uploads a file and calls `changed` for each step; the last one is final. Never rejects. */
export async function upload(
  file: File,
  choices: UploadChoices,
  tools: UploadTools,
  signal: AbortSignal,
  changed: (state: UploadState) => void,
): Promise<UploadState> {
  let state = QUEUED
  const set = (next: Partial<UploadState>): UploadState => {
    // Progress never decreases, in whatever order events arrive.
    state = { ...state, ...next, share: Math.max(state.share, next.share ?? 0) }
    changed(state)
    return state
  }
  try {
    return await run(file, choices, tools, signal, set)
  } catch (error) {
    if (signal.aborted) return set({ phase: 'cancelled' })
    return set({ phase: 'failed', problem: problemOf(error).message })
  }
}

async function run(
  file: File,
  choices: UploadChoices,
  { api, bytes, put }: UploadTools,
  signal: AbortSignal,
  set: (next: Partial<UploadState>) => UploadState,
): Promise<UploadState> {
  set({ phase: 'reading' })
  const sha256 = await bytes.hash(file, (share) => set({ phase: 'reading', share: share * READ }))
  signal.throwIfAborted()
  set({ phase: 'declaring', share: READ })
  const declared = await api.declare({ ...choices, bytes: file.size, sha256, fileName: file.name }, signal)
  try {
    if (declared.put) {
      set({ phase: 'sending' })
      await put(declared.put, file, signal, (share) => set({ phase: 'sending', share: READ + share * (SENT - READ) }))
      tell(await api.complete(declared.id, signal), set)
    } else if (declared.stage === 'waiting') tell(await api.complete(declared.id, signal), set)
    const last = await api.follow(declared.id, signal, (status) => {
      // A final phase is reported once, because it has effects.
      if (!isSettled(status.stage)) tell(status, set)
    })
    return tell(last, set)
  } catch (error) {
    if (signal.aborted) void api.abandon(declared.id)
    throw error
  }
}

function tell(status: UploadStatus, set: (next: Partial<UploadState>) => UploadState): UploadState {
  const { stage, progress, rejections = [], warnings = [], kind = null, message = null } = status
  const share = stage === 'done' ? 1 : SENT + progress * (1 - SENT)
  if (stage === 'failed') return set({ phase: stage, problem: message ?? UPLOAD_MESSAGES.failed })
  if (stage === 'done' && status.package === undefined)
    throw new ApiError(400, 'internal', 'The server reports success but names no package.')
  return set({
    phase: stage === 'waiting' ? 'received' : stage,
    share,
    rejections,
    warnings: warnings.map((warning) => warning.message),
    kind,
    package: status.package ?? null,
    note: stage === 'done' ? null : message,
  })
}
