/** Writes the results of commands. */
import { writeFile } from 'node:fs/promises'
import { UsageError } from '../command.ts'

/** Never replaces a file: it may be the recording itself. Throws UsageError. */
export async function writeNew(path: string, bytes: Uint8Array | string): Promise<void> {
  try {
    await writeFile(path, bytes, { flag: 'wx' })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') throw new UsageError(`${path} exists already; name another file for --out`, { cause: error })
    throw new UsageError(`cannot write ${path}: ${code === 'ENOENT' ? 'there is no such folder' : message}`, {
      cause: error,
    })
  }
}
