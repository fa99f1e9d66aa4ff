/** SHA-256 of bytes in memory, in steps that leave the event loop time for other work. */
import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { AssetError } from './assets.ts'
import { CHUNK_BYTES } from './limits.ts'

/** Returns 64 lower-case hex digits. */
export async function sha256Of(bytes: Uint8Array): Promise<string> {
  const hash = createHash('sha256')
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    hash.update(bytes.subarray(at, at + CHUNK_BYTES))
    await setImmediate()
  }
  return hash.digest('hex')
}

/** Throws AssetError `wrong-hash` if a file does not match its key. */
export async function requireContent(bytes: Uint8Array, sha256: string, where: string): Promise<void> {
  const found = await sha256Of(bytes)
  if (found === sha256) return
  throw new AssetError({
    reason: 'wrong-hash',
    what: `the file has changed in the store: its SHA-256 is now ${found}`,
    where,
    fix: 'restore it from a backup; if there is none, remove it and upload it again',
  })
}
