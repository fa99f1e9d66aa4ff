/**
 * Draws every model of a folder as Godot shows it, on one image: ingested by a real server, downloaded and drawn by the
 * addon.
 *   node scripts/godot-contact-sheet.mjs FOLDER OUT.png [--humanoid FOLDER]
 * FOLDER contains `avatars` and `objects` (GLB, VRM, glTF). Bone maps are FOLDER/NAME.json of --humanoid (default:
 * fixtures/assets/humanoid). Needs Godot 4.6 (GODOT, or what scripts/get-godot.sh fetches), Xvfb, and `npm run build`.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { basename, extname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { readOptions, wrongUsage } from './options.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const CLI = join(ROOT, 'cli/otherworld.js')
const BRIDGE = join(ROOT, 'godot-bridge')
const EXTENSIONS = ['.glb', '.vrm', '.gltf']
/** Software rendering is slow, ms. */
const GODOT_MS_MAX = 300_000

const { values, positionals } = readOptions(
  { humanoid: { type: 'string', default: join(ROOT, 'fixtures/assets/humanoid') } },
  2,
)
const [folder, picture] = positionals
if (folder === undefined || picture === undefined) wrongUsage('give the folder of the models and the picture to write')

/** Models of a folder and its subfolders. */
const modelsIn = (place) =>
  readdirSync(place, { withFileTypes: true })
    .flatMap((entry) =>
      entry.isDirectory()
        ? modelsIn(join(place, entry.name))
        : EXTENSIONS.includes(extname(entry.name))
          ? [join(place, entry.name)]
          : [],
    )
    .toSorted()

const home = mkdtempSync(join(tmpdir(), 'otherworld-sheet-'))
const server = spawn(process.execPath, [CLI, 'serve', '--port', '0', '--json', '--data', join(home, 'data')], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
try {
  const url = await new Promise((ready, failed) => {
    server.stdout.setEncoding('utf8').once('data', (line) => ready(JSON.parse(line.split('\n')[0]).url))
    server.once('exit', (code) => failed(new Error(`the server ended with ${code}`)))
  })
  const hashes = (kind) =>
    modelsIn(join(folder, `${kind}s`))
      .map((file) => upload(url, file, kind))
      .join(',')
  render({
    OTHERWORLD_URL: url,
    OTHERWORLD_AVATARS: hashes('avatar'),
    OTHERWORLD_OBJECTS: hashes('object'),
    OTHERWORLD_PICTURE: resolve(picture),
  })
  writeFileSync(picture, await sharp(resolve(picture)).png({ palette: true, effort: 10 }).toBuffer())
  console.log(picture)
} finally {
  server.kill()
  rmSync(home, { recursive: true, force: true })
}

/** NAME=HASH of a file that was uploaded and ingested. */
function upload(url, file, kind) {
  const name = basename(file, extname(file))
  const map = join(values.humanoid, `${name}.json`)
  const run = spawnSync(
    process.execPath,
    [
      CLI,
      'upload',
      file,
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
  if (run.status !== 0) throw new Error(`${file} was not accepted:\n${run.stdout}${run.stderr}`)
  return `${name}=${JSON.parse(run.stdout).package}`
}

function render(env) {
  const godot =
    process.env.GODOT ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'otherworld/godot/godot')
  const options = {
    encoding: 'utf8',
    timeout: GODOT_MS_MAX,
    env: { ...process.env, ...env, XDG_DATA_HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home },
  }
  const project = ['--xr-mode', 'off', '--path', join(BRIDGE, 'demo')]
  spawnSync(godot, ['--headless', ...project, '--import'], options)
  const run = spawnSync(
    'xvfb-run',
    [
      '-a',
      '-s',
      '-screen 0 1600x1200x24',
      godot,
      '--rendering-driver',
      'opengl3',
      '--audio-driver',
      'Dummy',
      '--resolution',
      '640x360',
      ...project,
      '-s',
      join(BRIDGE, 'tools/contact_sheet.gd'),
    ],
    options,
  )
  const output = `${run.stdout}${run.stderr}`
  if (run.status !== 0 || /^(SCRIPT )?ERROR/m.test(output))
    throw new Error(`Godot ended with ${run.status}:\n${output}`)
}
