/** Cost of a JavaScript thread: processor time, event loop, heap, garbage collection. */
import { constants, performance, PerformanceObserver } from 'node:perf_hooks'
import { getHeapStatistics } from 'node:v8'
import { threadCpuMs } from '../both-threads/thread-time.ts'
import { THREAD_FAMILIES, type GC_KINDS } from './families.ts'
import type { MetricTable } from './table.ts'

type GcKind = (typeof GC_KINDS)[number]

const KINDS: Readonly<Record<number, GcKind>> = {
  [constants.NODE_PERFORMANCE_GC_MINOR]: 'minor',
  [constants.NODE_PERFORMANCE_GC_MAJOR]: 'major',
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: 'incremental',
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: 'weakcb',
}

export class ThreadMeter {
  readonly #table: MetricTable<typeof THREAD_FAMILIES>
  readonly #observer: PerformanceObserver

  /** Counts pauses of the current thread until `stop`. */
  constructor(table: MetricTable<typeof THREAD_FAMILIES>) {
    this.#table = table
    this.#observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries())
        table.observe('gc', entry.duration / 1_000, table.rowOf('gc', kindOf(entry)))
    })
    this.#observer.observe({ entryTypes: ['gc'] })
  }

  /** Samples the other figures. Call it in the same thread once a second. */
  sample(): void {
    const { active, idle } = performance.eventLoopUtilization()
    this.#table.set('active', active / 1_000)
    this.#table.set('idle', idle / 1_000)
    this.#table.set('heapUsed', getHeapStatistics().used_heap_size)
    const cpuMs = threadCpuMs()
    if (cpuMs !== null) this.#table.set('cpu', cpuMs / 1_000)
  }

  stop(): void {
    this.#observer.disconnect()
  }
}

/** Node reports the kind in an entry's `detail`, which its types do not include. */
function kindOf(entry: object): GcKind {
  const detail = 'detail' in entry ? entry.detail : null
  const kind = typeof detail === 'object' && detail !== null && 'kind' in detail ? Number(detail.kind) : 0
  return KINDS[kind] ?? 'other'
}
