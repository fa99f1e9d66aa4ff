/**
 * Cost of showing a realm in Godot. First the view's part of a frame with 100 avatars that move all bones and 200 props
 * that move (headless). Then the frame times while an avatar's package is downloaded and read, under Xvfb with software
 * rendering, because without a screen models are read on the main thread. Loads the files of the command line (their
 * bone maps: fixtures/assets/humanoid), by default Cesium Man.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, extname, join, resolve } from 'node:path'
import { importProject, runGodot } from '../test/environments/godot.ts'
import { serve } from '../test/soak/programs.ts'
import type { BenchReport, BenchRow } from './report.ts'

const PROJECT = 'godot-bridge/demo'
const [AVATARS, PROPS, FRAMES] = [100, 200, 240]
const FILES = ['fixtures/assets/avatars/CesiumMan.glb']

type FrameFigures = Readonly<Record<string, number>>

/** The line of JSON that a script of godot-bridge/bench prints. */
async function measured(
  script: string,
  args: readonly string[],
  withWindow = false,
): Promise<Readonly<Record<string, unknown>>> {
  const { status, output } = await runGodot(['-s', resolve('godot-bridge/bench', script), '--', ...args], {
    project: PROJECT,
    withWindow,
  })
  const line = output.split('\n').find((text) => text.startsWith('{'))
  if (status !== 0 || line === undefined || /^(SCRIPT )?ERROR/m.test(output))
    throw new Error(`Godot did not measure to the end:\n${output}`)
  return JSON.parse(line) as Readonly<Record<string, unknown>>
}

async function crowdRows(): Promise<BenchRow[]> {
  const figures = (await measured('show.gd', [AVATARS, PROPS, FRAMES].map(String))) as FrameFigures
  return [
    {
      what: `view, ${AVATARS} avatars and ${PROPS} props, median`,
      value: (figures.viewUsP50 ?? 0) / 1_000,
      unit: 'ms',
    },
    { what: 'view, p99', value: (figures.viewUsP99 ?? 0) / 1_000, unit: 'ms' },
  ]
}

/** The package's hash. */
function upload(url: string, file: string, folder: string): string {
  const name = basename(file, extname(file))
  const map = `fixtures/assets/humanoid/${name}.json`
  const uploaded = spawnSync(
    process.execPath,
    [
      'cli/otherworld.js',
      'upload',
      file,
      '--url',
      url,
      '--json',
      '--identity',
      join(folder, 'identities.json'),
      ...(existsSync(map) ? ['--humanoid', map] : []),
    ],
    { encoding: 'utf8' },
  )
  const hash: unknown =
    uploaded.status === 0 ? (JSON.parse(uploaded.stdout) as Readonly<Record<string, unknown>>).package : undefined
  if (typeof hash !== 'string') throw new Error(`${file} was not accepted:\n${uploaded.stdout}${uploaded.stderr}`)
  return hash
}

async function loadRows(url: string, file: string, folder: string): Promise<BenchRow[]> {
  const figures = (await measured('load.gd', [url, upload(url, file, folder)], true)) as Readonly<
    Record<string, FrameFigures>
  >
  return [
    ['idle', 'nothing loads'],
    ['download', 'downloaded and read'],
    ['disk', 'from the disk'],
  ].flatMap(([key = '', words]) => {
    const { shownMs = 0, frameMsMax = 0 } = figures[key] ?? {}
    return [
      { what: `${basename(file)}: longest frame, ${words}`, value: frameMsMax, unit: 'ms' },
      ...(key === 'idle' ? [] : [{ what: `${basename(file)}: shown after, ${words}`, value: shownMs, unit: 'ms' }]),
    ]
  })
}

export async function run(files: readonly string[]): Promise<BenchReport> {
  const folder = mkdtempSync(join(tmpdir(), 'otherworld-bench-'))
  const server = await serve(['--data', join(folder, 'data')])
  try {
    await importProject(PROJECT)
    const rows = await crowdRows()
    for (const file of files.length > 0 ? files : FILES) rows.push(...(await loadRows(server.url, file, folder)))
    return {
      name: 'godot-show',
      about: `headless Godot, ${FRAMES} frames, the least of five runs of the same; frames are 60 a second at most where something loads`,
      rows,
    }
  } finally {
    server.process.kill()
    rmSync(folder, { recursive: true, force: true })
  }
}
