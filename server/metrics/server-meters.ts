/** Metrics that the main thread counts, as a service for every part that counts. */
import { Context, Effect, Layer } from 'effect'
import { SERVER_FAMILIES, THREAD_FAMILIES } from './families.ts'
import { MetricTable } from './table.ts'
import { ThreadMeter } from './thread-meter.ts'

export type ServerTable = MetricTable<typeof SERVER_FAMILIES>

export class ServerMeters extends Context.Service<
  ServerMeters,
  {
    readonly table: ServerTable
    readonly thread: MetricTable<typeof THREAD_FAMILIES>
    /** Samples the main thread's own metrics. */
    sampleThread(): void
  }
>()('otherworld/ServerMeters') {
  static readonly layer = Layer.effect(
    ServerMeters,
    Effect.gen(function* () {
      const thread = new MetricTable(THREAD_FAMILIES)
      const meter = yield* Effect.acquireRelease(
        Effect.sync(() => new ThreadMeter(thread)),
        (running) => Effect.sync(() => running.stop()),
      )
      return { table: new MetricTable(SERVER_FAMILIES), thread, sampleThread: () => meter.sample() }
    }),
  )
}
