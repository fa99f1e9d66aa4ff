/** One upload: its declaration, its status, its followers. It knows neither stores nor time. */
import type { Fiber } from 'effect'
import { isSettled, type UploadStage, type UploadStatus } from '../../http-contract/index.ts'
import type { Claims } from '../accounts/tokens.ts'
import type { Declaration } from './declaration.ts'
import { progressOf } from './progress.ts'

type StatusDetails = Pick<UploadStatus, 'queue' | 'package' | 'kind' | 'rank' | 'rejections' | 'warnings' | 'message'>

export class Upload {
  /** UUID; also the name of its incoming file. */
  readonly id: string
  readonly owner: Claims
  readonly declaration: Declaration
  readonly declaredAtMs: number
  /** Called once, when it is settled, before its followers. */
  onSettled: () => void = () => undefined
  /** Unix time; null until the upload is settled. */
  settledAtMs: number | null = null
  /** Why it was abandoned: by its owner, or because the server stops. Empty otherwise. */
  givenUp = ''
  /** The fiber that waits for a turn or runs the upload. */
  fiber: Fiber.Fiber<void> | null = null
  #stage: UploadStage = 'waiting'
  #progress = progressOf('waiting')
  #details: StatusDetails = {}
  readonly #followers = new Set<(status: UploadStatus) => void>()

  constructor(id: string, owner: Claims, declaration: Declaration, declaredAtMs: number) {
    this.id = id
    this.owner = owner
    this.declaration = declaration
    this.declaredAtMs = declaredAtMs
  }

  /** Its key in the store until it is settled. */
  get key(): string {
    return `incoming/${this.id}`
  }

  get status(): UploadStatus {
    const { name, bytes } = this.declaration
    return {
      schema: 'otherworld/upload/1',
      id: this.id,
      name,
      bytes,
      stage: this.#stage,
      progress: Math.round(this.#progress * 1_000) / 1_000,
      ...this.#details,
    }
  }

  get settled(): boolean {
    return isSettled(this.#stage)
  }

  /** `share`: the finished part of the stage, 0 to 1. Fields that are no longer reported are omitted. */
  moveTo(stage: UploadStage, details: StatusDetails = {}, share = 0): void {
    if (this.settled) return
    this.#stage = stage
    const next = stage === 'storing' ? progressOf('done') : progressOf(stage)
    this.#progress = progressOf(stage) + share * (next - progressOf(stage))
    this.#details = details
    if (this.settled) this.onSettled()
    for (const follower of this.#followers) follower(this.status)
    if (this.settled) this.#followers.clear()
  }

  /** Reports a message about the current stage. */
  setMessage(message: string | null): void {
    const { message: before = null, ...others } = this.#details
    if (before === message) return
    this.moveTo(this.#stage, message === null ? others : { ...others, message })
  }

  get followerCount(): number {
    return this.#followers.size
  }

  /** Calls `follower` at each change until the upload is settled. Returns a function that unsubscribes. */
  follow(follower: (status: UploadStatus) => void): () => void {
    this.#followers.add(follower)
    return () => void this.#followers.delete(follower)
  }
}
