/** Work that is done some at a time, in the order in which it came; those who wait know how many are before them. */

interface Waiting {
  run(): Promise<void>
  /** How many are before it; called as that changes. */
  moved(before: number): void
}

export class WorkQueue {
  private readonly atOnceMax: number
  private running = 0
  private waiting: Waiting[] = []
  private idle: (() => void)[] = []

  constructor(atOnceMax: number) {
    this.atOnceMax = atOnceMax
  }

  get length(): number {
    return this.waiting.length
  }

  get busy(): number {
    return this.running
  }

  /** `run` must not reject. */
  add(work: Waiting): void {
    this.waiting.push(work)
    this.next()
  }

  /** Nothing more is begun; resolves when what runs has ended. */
  stop(): Promise<void> {
    this.waiting = []
    return this.running === 0 ? Promise.resolve() : new Promise((resolve) => this.idle.push(resolve))
  }

  private next(): void {
    while (this.running < this.atOnceMax) {
      const work = this.waiting.shift()
      if (!work) break
      this.running++
      void work.run().finally(() => this.ended())
    }
    for (const [before, each] of this.waiting.entries()) each.moved(before)
  }

  private ended(): void {
    this.running--
    this.next()
    if (this.running === 0) for (const resolve of this.idle.splice(0)) resolve()
  }
}
