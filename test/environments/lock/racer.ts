/**
 * One process of a race for a lock. It reads lines: `take FILE AT` tries to take the lock at that Unix time, ms, and
 * prints `held` or `refused`; `free` releases it. A kill ends it while it holds the lock.
 */
import { createInterface } from 'node:readline'
import { LockHeld, takeLock, type HeldLock } from '../../../storage/lock-file.ts'

let held: HeldLock | null = null

function acquire(file: string): string {
  try {
    held = takeLock(file)
    return 'held'
  } catch (error) {
    if (error instanceof LockHeld) return 'refused'
    throw error
  }
}

function free(): string {
  held?.release()
  held = null
  return 'free'
}

for await (const line of createInterface(process.stdin)) {
  const [what = '', file = '', at = ''] = line.split('\t')
  // All begin within the same fraction of a millisecond; a timer would spread them.
  while (performance.timeOrigin + performance.now() < Number(at)) continue
  process.stdout.write(`${what === 'take' ? acquire(file) : free()}\n`)
}
