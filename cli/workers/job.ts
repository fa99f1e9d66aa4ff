/**
 * Jobs that run in worker threads. A kind of job is one file with `defineJob`, listed in kinds.ts. Inputs and outputs are
 * copied between threads, so they are plain data.
 */

/** What a job gets besides its input. */
export interface JobContext {
  /** Aborts if the job is no longer needed. The job then ends soon, with any output. */
  readonly signal: AbortSignal
  /** Reports how much is done, in any unit. */
  progress(done: number, total: number): void
  /** The thread takes no further job: this one may have damaged what is loaded in it. */
  retire(): void
}

/** Runs a job. The thread receives cancellations only while the job awaits a timer or a message. */
export type JobKind<In, Out> = (input: In, context: JobContext) => Promise<Out>

/** A kind is called only with its own input: JobPool's `run` requires its type. */
export type JobKinds = Readonly<Record<string, JobKind<never, unknown>>>
export type InputOf<Kind> = Kind extends JobKind<infer In, unknown> ? In : never
export type OutputOf<Kind> = Kind extends JobKind<never, infer Out> ? Out : never

/** Messages to a thread. `id` is the number of the job. */
export type ToWorker =
  | { readonly type: 'run'; readonly id: number; readonly kind: string; readonly input: unknown }
  | { readonly type: 'cancel'; readonly id: number }

/** Messages from a thread. */
export type FromWorker =
  | { readonly type: 'progress'; readonly id: number; readonly done: number; readonly total: number }
  | { readonly type: 'done'; readonly id: number; readonly output: unknown; readonly retires: boolean }
  | { readonly type: 'failed'; readonly id: number; readonly message: string }
