/**
 * Numbers of users are given once, also where the data directory's count of them was lost and the archive was not: else new
 * guests would own what others have left.
 */
import type { ArchiveService } from '../../storage/archive/archive.ts'
import { textOf } from '../error.ts'
import { PATIENCE, patiently, type Patience } from '../uploads/retry.ts'

export interface UserNumbersParts {
  readonly archive: Pick<ArchiveService, 'newestUserNumber'>
  /** Gives no number up to this one from now on; false: it would not have. */
  passUsers(number: number): boolean
  readonly patience?: Pick<Patience, 'nowMs' | 'sleep'>
  log(line: string): void
}

/** Asks until the archive answers or the signal is raised. Resolves when numbers are right, or after `waitMsMax`: logins do not wait for an archive that is away. */
export async function passKnownUsers(parts: UserNumbersParts, waitMsMax: number, signal: AbortSignal): Promise<void> {
  const waited = new AbortController()
  await Promise.race([ask(parts, signal), (parts.patience ?? PATIENCE).sleep(waitMsMax, waited.signal)])
  waited.abort()
}

async function ask(
  { archive, passUsers, patience = PATIENCE, log }: UserNumbersParts,
  signal: AbortSignal,
): Promise<void> {
  try {
    const newest = await patiently({ ...patience, patienceMs: Infinity, signal, say: () => undefined }, () =>
      archive.newestUserNumber(),
    )
    if (!signal.aborted && passUsers(newest))
      log(
        `users: the data directory did not know of the numbers up to ${newest}, which the archive has: new ones come after them`,
      )
  } catch (error) {
    if (!signal.aborted) log(`users: the archive cannot be asked for the numbers given so far: ${textOf(error)}`)
  }
}
