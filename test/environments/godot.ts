/** A stock Godot for tests and benchmarks: headless or under Xvfb, with its own folders and a time limit. */
import { spawn, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'

/** A run that does not end is ended after this time, seconds. */
const RUN_SECONDS_MAX = 240

export interface GodotOptions {
  /** Folder with a project.godot. */
  readonly project: string
  /** Prefix of the command, for example to run it in a network namespace. */
  readonly within?: readonly string[]
  /** True: with a window on a virtual display. Default: headless. */
  readonly withWindow?: boolean
  readonly env?: Readonly<Record<string, string>>
  readonly secondsMax?: number
  /** Ends the run once this was printed, for a game that does not end itself. */
  readonly endsAt?: string
  /** Called with both outputs so far, whenever there is more. */
  readonly onOutput?: (output: string) => void
}

export interface GodotRun {
  /** Null: it did not end in time, or was ended by a signal. */
  readonly status: number | null
  /** Both outputs, in order of arrival. */
  readonly output: string
}

const works = (program: string): boolean =>
  spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout?.startsWith('4.') ?? false

/** Throws an error that says what to do if it is missing: a missing Godot is a failure, not a skipped test. */
export function findGodot(): string {
  const fetched = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'otherworld/godot/godot')
  const found = process.env.GODOT === undefined ? ['godot', fetched].find(works) : [process.env.GODOT].find(works)
  if (found === undefined)
    throw new Error(
      'these tests need Godot 4.6: `scripts/get-godot.sh` fetches one (Debian), or set GODOT to the path of yours',
    )
  return found
}

/** Runs Godot to its end. */
export async function runGodot(
  args: readonly string[],
  { project, within = [], withWindow = false, env = {}, secondsMax = RUN_SECONDS_MAX, endsAt, onOutput }: GodotOptions,
): Promise<GodotRun> {
  const godot = findGodot()
  if (withWindow && !existsSync('/usr/bin/xvfb-run'))
    throw new Error('pictures of Godot need Xvfb (Debian: apt-get install xvfb xauth)')
  const home = mkdtempSync(join(tmpdir(), 'otherworld-godot-'))
  // Without an OpenXR runtime Godot prints errors if a project asks for one.
  const display = [
    '--xr-mode',
    'off',
    ...(withWindow ? ['--rendering-driver', 'opengl3', '--audio-driver', 'Dummy'] : ['--headless']),
  ]
  const command = [
    ...within,
    ...(withWindow ? ['xvfb-run', '-a', '-s', '-screen 0 1280x800x24'] : []),
    godot,
    ...display,
    '--path',
    project,
    ...args,
  ]
  const child = spawn(command[0] ?? godot, command.slice(1), {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, XDG_DATA_HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home, ...env },
  })
  let output = ''
  let isOver = false
  const end = (): void => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL')
  }
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
      onOutput?.(output)
      if (isOver || endsAt === undefined || !output.includes(endsAt)) return
      isOver = true
      end()
    })
  const limit = setTimeout(() => {
    output += `\nended after ${secondsMax} s\n`
    end()
  }, secondsMax * 1_000)
  try {
    const status = await new Promise<number | null>((resolve, reject) =>
      child.once('error', reject).once('close', resolve),
    )
    return { status: isOver ? 0 : status, output }
  } finally {
    clearTimeout(limit)
    rmSync(home, { recursive: true, force: true })
  }
}

/** Lets the editor list a project's classes and import its files. */
export async function importProject(project: string): Promise<void> {
  const { status, output } = await runGodot(['--import'], { project })
  if (status !== 0 || /^(SCRIPT )?ERROR/m.test(output))
    throw new Error(`the project ${project} does not import:\n${output}`)
}

/**
 * Creates a project in a new folder below `folder` with only the addon, as a user would copy it, and with the
 * webrtc-native extension if `extension` names a folder with its addons/. Import the project before you use it.
 */
export function projectWithAddon(folder: string, extension?: string): string {
  const project = join(folder, 'project')
  cpSync('godot-bridge/addons', join(project, 'addons'), { recursive: true })
  writeFileSync(
    join(project, 'project.godot'),
    'config_version=5\n\n[application]\n\nconfig/name="Addon alone"\nconfig/features=PackedStringArray("4.6")\n',
  )
  if (extension !== undefined) addExtension(project, extension)
  return project
}

/**
 * Registers the extension before the first start: an editor that finds webrtc-native while it runs aborts at its end,
 * after its work.
 */
function addExtension(project: string, extension: string): void {
  cpSync(extension, project, { recursive: true })
  const found = readdirSync(extension, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.gdextension'),
  )
  if (found.length === 0) throw new Error(`there is no *.gdextension in ${extension}`)
  mkdirSync(join(project, '.godot'))
  writeFileSync(join(project, '.godot/extension_list.cfg'), found.map((file) => `res://${file}\n`).join(''))
}
