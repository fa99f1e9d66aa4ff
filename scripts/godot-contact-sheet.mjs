/**
 * Draws every model of a folder as Godot shows it, on one image: ingested by a real server, downloaded and drawn by the
 * addon.
 *   node scripts/godot-contact-sheet.mjs FOLDER OUT.png [--humanoid FOLDER] [--poses NAMES] [--columns N]
 *   node scripts/godot-contact-sheet.mjs --rigs OUT.png [--poses NAMES] [--columns N]
 * FOLDER contains `avatars` and `objects` (GLB, VRM, glTF). Bone maps are FOLDER/NAME.json of --humanoid (default:
 * fixtures/assets/humanoid). --rigs draws the sample of each naming convention instead, and prints a table of them.
 * --poses are those of the avatars, with commas between them: rest, walk, hands (raised, and the head turned), capsules;
 * by default all, and of rigs hands. --columns is the number of models side by side (default: all, and 5 rigs).
 * Needs Godot 4.6 (GODOT, or what scripts/get-godot.sh fetches), Xvfb, and `npm run build`.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { basename, extname, join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { importTypescript } from './import-typescript.mjs'
import { readOptions, someOf, wholeNumber, wrongUsage } from './options.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const CLI = join(ROOT, 'cli/otherworld.js')
const BRIDGE = join(ROOT, 'godot-bridge')
const EXTENSIONS = ['.glb', '.vrm', '.gltf']
const POSES = ['rest', 'walk', 'hands', 'capsules']
/** Starts each line that godot-bridge/tools/contact_sheet.gd prints for a drawn package. */
const MARK = 'drawn: '
/** Godot is ended if it draws no model for this time, ms. Software rendering is slow. */
const SILENT_MS_MAX = 300_000

const { values, positionals } = readOptions(
  {
    humanoid: { type: 'string', default: join(ROOT, 'fixtures/assets/humanoid') },
    rigs: { type: 'boolean', default: false },
    poses: { type: 'string' },
    columns: { type: 'string' },
  },
  2,
)
const folder = values.rigs ? null : positionals[0]
const picture = values.rigs ? positionals[0] : positionals[1]
if (folder === undefined || picture === undefined || (values.rigs && positionals.length > 1))
  wrongUsage('give the folder of the models (or --rigs) and the picture to write')
const poses = someOf('poses', values.poses ?? (values.rigs ? 'hands' : ''), POSES)
const columnsMax =
  values.columns === undefined ? (values.rigs ? 5 : Infinity) : wholeNumber('columns', values.columns, 1)

const home = mkdtempSync(join(tmpdir(), 'otherworld-sheet-'))
const server = spawn(process.execPath, [CLI, 'serve', '--port', '0', '--json', '--data', join(home, 'data')], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
try {
  const url = await new Promise((ready, failed) => {
    server.stdout.setEncoding('utf8').once('data', (line) => ready(JSON.parse(line.split('\n')[0]).url))
    server.once('exit', (code) => failed(new Error(`the server ended with ${code}`)))
  })
  const files = values.rigs ? await writeRigs() : filesOf(folder)
  const packages = files.map((file, i) => upload(url, file, `${i + 1} of ${files.length}`))
  const [avatars, objects] = ['avatar', 'object'].map((kind) => packages.filter((made) => made.kind === kind))
  const columns = Math.min(columnsMax, Math.max(avatars.length, objects.length))
  const drawn = await draw({ url, avatars, objects, poses, columns, picture: resolve(picture) }, packages.length)
  writeFileSync(picture, await sharp(resolve(picture)).png({ palette: true, effort: 10 }).toBuffer())
  if (values.rigs) process.stdout.write(tableOf(avatars, drawn))
  console.log(picture)
} finally {
  server.kill()
  rmSync(home, { recursive: true, force: true })
}

/** Models of a folder and its subfolders. */
function modelsIn(place) {
  return readdirSync(place, { withFileTypes: true })
    .flatMap((entry) =>
      entry.isDirectory()
        ? modelsIn(join(place, entry.name))
        : EXTENSIONS.includes(extname(entry.name))
          ? [join(place, entry.name)]
          : [],
    )
    .toSorted()
}

function filesOf(place) {
  return ['avatar', 'object'].flatMap((kind) =>
    modelsIn(join(place, `${kind}s`)).map((path) => ({ path, kind, title: basename(path, extname(path)) })),
  )
}

/** A file for the sample of each naming convention. */
async function writeRigs() {
  const { SAMPLES } = await importTypescript('ingest/fit/avatar/names/samples.fixture.ts')
  const { rigGlb } = await importTypescript('ingest/fit/avatar/names/rig.fixture.ts')
  const files = []
  for (const [i, sample] of SAMPLES.entries()) {
    const path = join(home, `rig-${i}.glb`)
    writeFileSync(path, await rigGlb(sample))
    files.push({ path, kind: 'avatar', title: sample.convention })
  }
  return files
}

/** The package of a file that was uploaded and ingested, and what its report says about the humanoid. */
function upload(url, { path, kind, title }, progress) {
  const name = basename(path, extname(path))
  const map = join(values.humanoid, `${name}.json`)
  const run = spawnSync(
    process.execPath,
    [
      CLI,
      'upload',
      path,
      '--url',
      url,
      '--json',
      '--name',
      name,
      '--kind',
      kind,
      '--identity',
      join(home, 'identities.json'),
      ...(existsSync(map) && kind === 'avatar' ? ['--humanoid', map] : []),
    ],
    { encoding: 'utf8' },
  )
  if (run.status !== 0) throw new Error(`${path} was not accepted:\n${run.stdout}${run.stderr}`)
  const { package: hash, warnings } = JSON.parse(run.stdout)
  process.stderr.write(`uploaded ${progress}: ${title}\n`)
  const recognised = warnings.find(({ rule }) => rule === 'HUMANOID_BY_NAMES')?.message ?? ''
  return { kind, title, hash, humanoid: /^humanoid: (.* bones)/.exec(recognised)?.[1] ?? 'no' }
}

/** Lets Godot draw the sheet. Resolves with what it reports of each package. */
async function draw(order, count) {
  const godot =
    process.env.GODOT ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'otherworld/godot/godot')
  const env = {
    ...process.env,
    OTHERWORLD_SHEET: JSON.stringify(order),
    XDG_DATA_HOME: home,
    XDG_CONFIG_HOME: home,
    XDG_CACHE_HOME: home,
  }
  const project = ['--xr-mode', 'off', '--path', join(BRIDGE, 'demo')]
  spawnSync(godot, ['--headless', ...project, '--import'], { env, timeout: SILENT_MS_MAX })
  const display = ['--rendering-driver', 'opengl3', '--audio-driver', 'Dummy', '--resolution', '640x360']
  const child = spawn(
    'xvfb-run',
    ['-a', '-s', '-screen 0 1280x720x24', godot, ...display, ...project, '-s', join(BRIDGE, 'tools/contact_sheet.gd')],
    // A group of its own, so that Xvfb and Godot end with it.
    { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true },
  )
  const end = () => child.pid !== undefined && process.kill(-child.pid, 'SIGKILL')
  const limit = setTimeout(end, SILENT_MS_MAX)
  const [drawn, output] = [[], []]
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => {
      if (!line.startsWith(MARK)) return void output.push(line)
      limit.refresh()
      drawn.push(JSON.parse(line.slice(MARK.length)))
      process.stderr.write(`drew ${drawn.length} of ${count}: ${drawn.at(-1).title}\n`)
    })
  const code = await new Promise((ended, failed) => {
    child.once('error', failed).once('close', ended)
  }).finally(() => clearTimeout(limit))
  if (code !== 0 || output.some((line) => /^(SCRIPT )?ERROR/.test(line)))
    throw new Error(`Godot ended with ${code} after ${drawn.length} of ${count} models:\n${output.join('\n')}`)
  return drawn
}

/** A Markdown table of rigs: what the ingest recognised, and what Godot draws with raised hands. */
function tableOf(avatars, drawn) {
  const rows = avatars.map(({ title, humanoid }) => {
    const { capsules, handsUp } = drawn.find((report) => report.title === title)
    const metres = handsUp === null ? 'not measured' : handsUp.map((height) => height.toFixed(2)).join(', ')
    return `| ${title} | ${humanoid} | ${capsules} | ${metres} |\n`
  })
  const head = ['convention', 'recognised', 'capsules', 'left and right hand above the head in Godot, m']
  return `| ${head.join(' | ')} |\n|${'---|'.repeat(head.length)}\n${rows.join('')}`
}
