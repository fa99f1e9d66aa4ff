/** Reads the clips of fixtures/motion/ from disk (Node). */
import { readdir, readFile } from 'node:fs/promises'
import { MotionFileError, readMotionFile, type Clip } from './clip.ts'

/** The bundles in dist/node are one folder deeper than this file. */
const FOLDER = new URL(
  import.meta.url.endsWith('.ts') ? '../fixtures/motion/' : '../../fixtures/motion/',
  import.meta.url,
)

/** All clips of all files, by file name. Throws MotionFileError naming the file. */
export async function loadClips(): Promise<Clip[]> {
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.json')).toSorted()
  const files = await Promise.all(
    names.map(async (name) => {
      try {
        return readMotionFile(JSON.parse(await readFile(new URL(name, FOLDER), 'utf8')))
      } catch (error) {
        throw new MotionFileError(
          `fixtures/motion/${name}: ${error instanceof Error ? error.message : String(error)}`,
          { cause: error },
        )
      }
    }),
  )
  return files.flat()
}
