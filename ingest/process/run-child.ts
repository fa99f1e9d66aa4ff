/**
 * Runs the ingest in a child process with limits of memory and time. Whatever a file does to a decoder, the server and
 * its ticks continue. The child inherits only its arguments (no environment, no open files, no standard input), and
 * ends with this process (parent-watch.ts).
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { setPriority } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { INGEST_STAGES } from '../../http-contract/index.ts'
import { isObject, listOf, objectOf, textOf } from '../json.ts'
import { CHILD_LIMITS } from '../limits.ts'
import { sha256 } from '../package.ts'
import {
  type IngestFile,
  type IngestOptions,
  type IngestOutcome,
  type IngestStage,
  type IngestWarning,
  type Picture,
  type Rejection,
} from '../types.ts'
import { readPicture } from './picture-file.ts'

export interface ChildLimits {
  readonly dataBytes: number
  readonly heapMiB: number
  readonly cpuSeconds: number
  readonly wallMs: number
}

export interface ChildSetting {
  /**
   * Empty folder for the child's files, which the caller removes. By default a temporary one beside the file, which is
   * removed.
   */
  readonly directory?: string
  readonly limits?: Partial<ChildLimits>
  /** Aborts the child; the outcome is then a rejection. */
  readonly signal?: AbortSignal
  /** True: the outcome has a picture. Its cost counts towards the limits, but cannot change the outcome otherwise. */
  readonly isPictured?: boolean
  /** Called once if this machine cannot limit memory, and with the output of a child that failed. */
  readonly report?: (message: string) => void
}

/** `picture`: if the setting asks for it, and the child made an outcome. */
export type ChildOutcome = IngestOutcome & { readonly picture?: Picture }

/** Written after the package's files, so that an existing file is complete. */
export const OUTCOME_FILE = 'outcome.json'
/**
 * The lowest priority: the ingest only gets CPU time that a realm's ticks leave. Tests set another, because on a
 * machine with busy cores each file would take minutes.
 */
const NICENESS = Number(process.env['OTHERWORLD_INGEST_NICENESS'] ?? 19)
/** Characters kept of a child's standard error, from its start: the reason comes before the stack traces. */
const LAST_WORDS_MAX = 2_000

const childPath = (): string =>
  fileURLToPath(
    new URL(
      import.meta.url.endsWith('/ingest/process/run-child.ts')
        ? '../../dist/node/ingest-child.js'
        : './ingest-child.js',
      import.meta.url,
    ),
  )
const toolPath = (name: string): string | undefined => [`/usr/bin/${name}`, `/bin/${name}`].find(existsSync)

/**
 * Ingests the file at `path`. A failure that the file causes in the child gives a rejection. The promise rejects if the
 * child cannot start or cannot write, or if the machine is too busy for it. The caller limits how many run at once.
 */
export async function ingestInChild(
  path: string,
  options: IngestOptions,
  setting: ChildSetting = {},
): Promise<ChildOutcome> {
  const directory = setting.directory ?? `${path}.package`
  await mkdir(directory, { recursive: true })
  try {
    return await ingestInto(directory, path, options, setting)
  } finally {
    if (setting.directory === undefined) await rm(directory, { recursive: true, force: true })
  }
}

async function ingestInto(
  directory: string,
  path: string,
  options: IngestOptions,
  setting: ChildSetting,
): Promise<ChildOutcome> {
  const startMs = performance.now()
  const limits = { ...CHILD_LIMITS, ...setting.limits }
  const { onStage, ...plain } = options
  const { cpuSeconds } = limits
  const isPictured = setting.isPictured === true
  const order = { file: path, directory, options: plain, parent: process.pid, cpuSeconds, isPictured }
  const ending = await run(JSON.stringify(order), limits, setting, onStage)
  const milliseconds = Math.round(performance.now() - startMs)
  // A child that failed while it drew has left its outcome.
  if (ending.code === 0 || isPictured) {
    const outcome = await readOutcome(directory)
    if (outcome) return { ...outcome, milliseconds, ...(isPictured ? { picture: await readPicture(directory) } : {}) }
  }
  // Its CPU time was not used up: it has the lowest priority, and the machine is busy. The file is not at fault.
  if (ending.isLate)
    throw new Error(
      `the ingest did not end within ${limits.wallMs / 1_000} s, because the machine is busy: it used less than its ${limits.cpuSeconds} s of processor time. Try again later`,
    )
  if (ending.words !== '') setting.report?.(`an ingest ended with ${ending.signal ?? ending.code}: ${ending.words}`)
  if (isOwnFault(ending))
    throw new Error(
      `the ingest's process ended with code ${ending.code}: ${ending.words.split('\n').find((line) => line.includes('Error')) ?? 'it left no outcome'}`,
    )
  return { accepted: false, rejections: [resourcesRejection(ending, limits)], warnings: [], milliseconds }
}

/**
 * True for a failure that the file did not cause: the child was not killed and not out of memory (a signal, or 134 for
 * the engine's own abort), so it could not read its file, or not write.
 */
const isOwnFault = ({ code, signal }: Ending): boolean => signal === null && code !== 134

interface Ending {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** It was killed by the wall-clock limit. */
  readonly isLate: boolean
  readonly words: string
}

function resourcesRejection({ signal }: Ending, limits: ChildLimits): Rejection {
  const isTime = signal === 'SIGXCPU' || signal === 'SIGKILL'
  return isTime
    ? {
        rule: 'RESOURCES',
        where: '',
        value: null,
        limit: limits.cpuSeconds,
        message:
          'The file took too long to unpack and check. Use fewer vertices, animations and morph targets, and smaller textures.',
      }
    : {
        rule: 'RESOURCES',
        where: '',
        value: null,
        limit: limits.dataBytes,
        message:
          'The file took too much memory to unpack and check. Use fewer vertices, animations and morph targets, and smaller textures.',
      }
}

/**
 * A command that has the kernel kill what it runs when this process dies (PR_SET_PDEATHSIG of prctl(2)), however little
 * of the processor the child gets. Empty without the setpriv of util-linux 2.33; that of BusyBox has no such option.
 */
export async function dyingWithParent(): Promise<readonly string[]> {
  if (knownDying !== null) return knownDying
  const setpriv = toolPath('setpriv')
  if (setpriv === undefined) return []
  const command = [setpriv, '--pdeathsig', 'KILL', '--']
  const works = await new Promise<boolean>((resolve) => {
    execFile(setpriv, [...command.slice(1), process.execPath, '--version'], { timeout: PROBE_MS_MAX }, (error) =>
      resolve(error === null),
    )
  })
  // A failure may have been a lack of memory, so the next ingest tries again.
  if (works) knownDying = command
  return works ? command : []
}

let knownDying: readonly string[] | null = null
/** A busy machine may need seconds to start a process, ms. */
const PROBE_MS_MAX = 10_000

let saidUnlimited = false

function start(
  argument: string,
  limits: ChildLimits,
  dying: readonly string[],
  report: ((message: string) => void) | undefined,
): ChildProcess {
  const [nice, prlimit] = [toolPath('nice'), toolPath('prlimit')]
  if (prlimit === undefined && !saidUnlimited) {
    saidUnlimited = true
    report?.('This machine has no prlimit (util-linux): an ingest is only limited in time and JavaScript heap.')
  }
  const words = [
    ...(nice === undefined ? [] : [nice, '-n', String(NICENESS)]),
    ...dying,
    ...(prlimit === undefined
      ? []
      : [prlimit, `--data=${limits.dataBytes}`, `--cpu=${Math.ceil(limits.cpuSeconds)}`, '--core=0', '--']),
    process.execPath,
    `--max-old-space-size=${limits.heapMiB}`,
    childPath(),
    argument,
  ]
  const [command = process.execPath, ...args] = words
  const child = spawn(command, args, {
    env: { NODE_OPTIONS: '', VIPS_CONCURRENCY: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: false,
  })
  if (nice === undefined && child.pid !== undefined) setPriority(child.pid, NICENESS)
  return child
}

async function run(
  argument: string,
  limits: ChildLimits,
  { signal: abort, report }: ChildSetting,
  onStage: ((stage: IngestStage) => void) | undefined,
): Promise<Ending> {
  const dying = await dyingWithParent()
  return new Promise((resolve, reject) => {
    const child = start(argument, limits, dying, report)
    let isLate = false
    let words = ''
    const kill = (): void => void child.kill('SIGKILL')
    const timer = setTimeout(() => {
      isLate = true
      kill()
    }, limits.wallMs)
    abort?.addEventListener('abort', kill, { once: true })
    if (abort?.aborted) kill()
    child.stdout?.setEncoding('utf8').on('data', stageReader(onStage))
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (words = (words + text).slice(0, LAST_WORDS_MAX)))
    const end = (code: number | null, signal: NodeJS.Signals | null): void => {
      clearTimeout(timer)
      abort?.removeEventListener('abort', kill)
      resolve({ code, signal, isLate, words: words.trim() })
    }
    child.once('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    child.once('close', end)
  })
}

/** Reads lines "stage NAME"; ignores all else. */
function stageReader(onStage: ((stage: IngestStage) => void) | undefined): (text: string) => void {
  let rest = ''
  return (text) => {
    const lines = (rest + text).slice(-4_096).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const stage = INGEST_STAGES.find((name) => line === `stage ${name}`)
      if (stage) onStage?.(stage)
    }
  }
}

/** Returns null if the child left no complete outcome. */
async function readOutcome(directory: string): Promise<IngestOutcome | null> {
  const text = await readFile(join(directory, OUTCOME_FILE), 'utf8').catch(() => null)
  if (text === null) return null
  const json = objectOf(JSON.parse(text))
  const warnings = listOf(json['warnings']) as IngestWarning[]
  if (json['accepted'] !== true)
    return { accepted: false, rejections: listOf(json['rejections']) as Rejection[], warnings, milliseconds: 0 }
  const files = new Map<string, IngestFile>()
  for (const entry of listOf(json['files']).filter(isObject)) {
    const [hash, mediaType] = [textOf(entry['sha256']) ?? '', textOf(entry['mediaType']) ?? '']
    if (!/^[0-9a-f]{64}$/.test(hash)) return null
    const bytes = new Uint8Array(await readFile(join(directory, hash)))
    if (sha256(bytes) !== hash) return null
    files.set(hash, { bytes, mediaType })
  }
  const hash = textOf(json['hash']) ?? ''
  const manifest = files.get(hash)
  return manifest
    ? {
        accepted: true,
        hash,
        manifest: JSON.parse(new TextDecoder().decode(manifest.bytes)),
        files,
        warnings,
        milliseconds: 0,
      }
    : null
}
