/** Kills a program that writes into an archive, and checks what remains. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Effect } from 'effect'
import { build } from 'esbuild'
import { expect } from 'vitest'
import type { ArchiveService } from '../../storage/archive/index.ts'
import { elementOf, uuid } from '../../storage/archive/archive.fixture.ts'

const root = resolve(import.meta.dirname, '../..')

/** The built program, inside the repository, so that it finds its packages. */
export async function buildChild(): Promise<string> {
  mkdirSync(join(root, '.tmp'), { recursive: true })
  const outfile = join(root, '.tmp', `archive-crash-${process.pid}.mjs`)
  await build({
    entryPoints: [join(root, 'test/system/archive-crash-child.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    logLevel: 'warning',
  })
  return outfile
}

export interface Acknowledged {
  readonly records: readonly string[]
  /** Tick of the last save. */
  readonly tick: number
}

/**
 * Runs it until it has printed that many lines and `msLater` have passed. `disturb` may change something about the
 * database in between.
 */
export async function writeAndKill(
  child: string,
  args: readonly string[],
  lines: number,
  msLater: number,
  disturb?: () => Promise<void>,
): Promise<Acknowledged> {
  const writer = spawn(process.execPath, [child, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  let isDue = false
  writer.stdout.setEncoding('utf8')
  writer.stdout.on('data', (more: string) => {
    text += more
    if (isDue || text.split('\n').length <= lines) return
    isDue = true
    setTimeout(() => void (disturb?.() ?? Promise.resolve()).then(() => writer.kill('SIGKILL')), msLater)
  })
  await once(writer, 'close')
  const said = text
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split(' '))
  return {
    records: said.flatMap(([what, id]) => (what === 'record' && id !== undefined ? [id] : [])),
    tick: Math.max(0, ...said.map(([what, , tick]) => (what === 'save' ? Number(tick) : 0))),
  }
}

/**
 * Checks that everything that run `epoch` printed exists, and at most one more entry of each kind, whose
 * acknowledgement was not printed any more.
 */
export async function expectThere(
  archive: ArchiveService,
  epoch: number,
  { records, tick }: Acknowledged,
): Promise<void> {
  const stored = (await Effect.runPromise(archive.recordsOf(uuid(epoch, 0)))).map(({ id }) => id)
  expect(stored).toEqual(expect.arrayContaining([...records]))
  expect(stored.length - records.length).toBeLessThanOrEqual(1)
  const saved = await Effect.runPromise(archive.savedRealm('crash'))
  expect(saved?.epoch).toBe(epoch)
  expect([tick, tick + 1]).toContain(saved?.tick)
  const last = saved?.tick ?? 0
  expect(saved?.elements.map(({ element }) => element)).toEqual(Array.from({ length: last }, (_, i) => i + 1))
  expect(saved?.elements[0]).toEqual(last === 1 ? elementOf(1) : elementOf(1, { position: { x: last, y: 0, z: 0 } }))
}
