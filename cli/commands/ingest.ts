/** `otherworld ingest`: runs the server's ingest offline. */
import { accessSync, constants, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, extname, join } from 'node:path'
import {
  checkUpload,
  ingestInChild,
  readAsGlb,
  Rejected,
  type ChildOutcome,
  type IngestOptions,
  type Rejection,
} from '../../ingest/index.ts'
import { makeFolder } from '../../storage/folder.ts'
import { modelFiles } from '../files/model-files.ts'
import { ingestHtml } from '../reports/ingest-html.ts'
import { checkedText, ingestJson, ingestText, type CheckedFile, type Ingested } from '../reports/ingest-report.ts'
import { printJson, tellRegularly, terminal, type Terminal } from '../output.ts'
import { Exit, UsageError, type Arguments, type CliCommand } from '../command.ts'

const SCHEMA = 'otherworld/ingest/1'
/** Packages are for whomever the user's umask lets read them, as other files of theirs. */
const PUBLIC_MODE = 0o777
const KINDS = ['auto', 'avatar', 'object'] as const

export async function runIngest(args: Arguments, to: Terminal): Promise<number> {
  if (args.positionals.length === 0) throw new UsageError('name at least one file: otherworld ingest FILE...')
  const files = modelFiles(args.positionals)
  const options = optionsOf(args)
  const report = args.text('report')
  if (report !== undefined) prepareReport(report, args.flag('check'))
  const out = args.text('out')
  if (out !== undefined && !args.flag('check')) prepareOutput(out)
  if (args.flag('check')) return runCheck(files, args.flag('json'), to)
  const done: Ingested[] = []
  for (const file of files) {
    const one = await ingestOne(file, options, { out, isPictured: report !== undefined }, to)
    done.push(one)
    if (!args.flag('json')) to.out(ingestText(to, one))
  }
  if (report !== undefined) writeFileSync(report, ingestHtml(done))
  const [first] = done
  if (args.flag('json') && first)
    printJson(
      to,
      SCHEMA,
      done.length === 1
        ? ingestJson(first)
        : { accepted: done.every(({ outcome }) => outcome.accepted), files: done.map(ingestJson) },
    )
  return codeOf(done.flatMap(({ outcome }) => (outcome.accepted ? [] : outcome.rejections)))
}

/** Runs only the checks (preflight and validator), without a package. */
async function runCheck(files: readonly string[], isJson: boolean, to: Terminal): Promise<number> {
  const done: CheckedFile[] = []
  for (const file of files) {
    const one = await checkOne(file)
    done.push(one)
    if (!isJson) to.out(checkedText(to, one))
  }
  const accepted = done.every((one) => one.accepted)
  if (isJson)
    printJson(
      to,
      SCHEMA,
      done.length === 1 ? { checkOnly: true, ...done[0] } : { checkOnly: true, accepted, files: done },
    )
  return codeOf(done.flatMap(({ rejections }) => rejections))
}

async function checkOne(file: string): Promise<CheckedFile> {
  try {
    const { warnings } = await checkUpload(await readAsGlb(file))
    return { file, accepted: true, rejections: [], warnings }
  } catch (error) {
    if (!(error instanceof Rejected)) throw error
    return { file, accepted: false, rejections: error.rejections, warnings: [] }
  }
}

/** Exit code: corrupt if a file is not glTF; failed if any file was refused. */
function codeOf(refused: readonly Rejection[]): number {
  if (refused.some(({ rule }) => rule === 'NOT_GLTF')) return Exit.corrupt
  return refused.length > 0 ? Exit.failed : Exit.ok
}

function optionsOf(args: Arguments): IngestOptions {
  const kind = KINDS.find((one) => one === (args.text('kind') ?? 'auto'))
  if (!kind) throw new UsageError(`--kind is "${args.text('kind')}"; it takes ${KINDS.join(', ')}`)
  const origin = (['ground', 'author'] as const).find((one) => one === (args.text('origin') ?? 'ground'))
  if (!origin) throw new UsageError(`--origin is "${args.text('origin')}"; it takes ground, author`)
  const [map, name] = [args.text('humanoid'), args.text('name')]
  return {
    kind,
    origin,
    ...(name === undefined ? {} : { name }),
    ...(args.flag('fit') ? { fit: true } : {}),
    ...(map === undefined ? {} : { humanoid: readMap(map) }),
  }
}

/** {"hips": "mixamorig:Hips", …} */
export function readMap(path: string): Record<string, string> {
  let json: unknown
  try {
    json = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new UsageError(`--humanoid: "${path}" cannot be read as JSON: ${(error as Error).message}`, { cause: error })
  }
  if (
    typeof json !== 'object' ||
    json === null ||
    Array.isArray(json) ||
    !Object.values(json).every((name) => typeof name === 'string')
  )
    throw new UsageError(
      `--humanoid: "${path}" must be an object of node names by bone, e.g. {"hips": "Hips", "head": "Head"}`,
    )
  return json as Record<string, string>
}

async function ingestOne(
  file: string,
  options: IngestOptions,
  { out, isPictured }: { readonly out: string | undefined; readonly isPictured: boolean },
  to: Terminal,
): Promise<Ingested> {
  const directory = temporaryFolder()
  try {
    const named = { ...options, name: options.name ?? basename(file, extname(file)) }
    const outcome = await ingestPacked(file, named, { directory, isPictured }, to)
    if (!outcome.accepted) return { file, outcome, kept: null }
    const { files: _, ...rest } = outcome
    return { file, outcome: rest, kept: out === undefined ? null : keep(out, outcome) }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

function temporaryFolder(): string {
  try {
    return mkdtempSync(join(tmpdir(), 'otherworld-ingest-'))
  } catch (error) {
    throw new UsageError(
      `there is no temporary folder to work in: ${(error as Error).message}; name one that can be written with TMPDIR=DIR`,
      { cause: error },
    )
  }
}

async function ingestPacked(
  file: string,
  options: IngestOptions,
  { directory, isPictured }: { readonly directory: string; readonly isPictured: boolean },
  to: Terminal,
): Promise<ChildOutcome> {
  const startMs = performance.now()
  const packed = join(directory, 'upload')
  try {
    writeFileSync(packed, await readAsGlb(file))
  } catch (error) {
    if (!(error instanceof Rejected)) throw error
    return {
      accepted: false,
      rejections: error.rejections,
      warnings: [],
      milliseconds: Math.round(performance.now() - startMs),
    }
  }
  let stage = 'starting'
  const onStage = (name: string): void => {
    stage = name
    if (to.errIsTerminal) to.err(`\r\x1b[2K${basename(file)}: ${name}`)
  }
  const lines = tellRegularly(to, () => `${basename(file)}: ${stage}`)
  const outcome = await ingestInChild(
    packed,
    { ...options, onStage },
    {
      directory: join(directory, 'package'),
      isPictured,
      report: (message) => to.err(`otherworld ingest: ${message}\n`),
    },
  ).finally(() => lines.end())
  if (to.errIsTerminal) to.err('\r\x1b[2K')
  return outcome
}

/** Makes the file of `--report` before the work begins. Throws UsageError. */
function prepareReport(path: string, isCheck: boolean): void {
  if (isCheck) throw new UsageError('--report lists packages, and --check makes none: leave one of them out')
  try {
    writeFileSync(path, '')
  } catch (error) {
    throw new UsageError(
      `--report: "${path}" cannot be written: ${(error as Error).message}; name a file in a folder that you may write to`,
      { cause: error },
    )
  }
}

/** Makes the folder of `--out` before the work begins. Throws UsageError. */
function prepareOutput(out: string): void {
  try {
    makeFolder(out, PUBLIC_MODE)
    accessSync(out, constants.W_OK)
  } catch (error) {
    throw new UsageError(
      `--out: the folder "${out}" cannot be written: ${(error as Error).message}; name a folder that you may write to`,
      { cause: error },
    )
  }
}

/** Writes the package to a folder named by its hash, with readable file names. */
function keep(out: string, { hash, manifest, files }: Extract<ChildOutcome, { accepted: true }>): string {
  const folder = join(out, hash)
  makeFolder(join(folder, 'textures'), PUBLIC_MODE)
  const put = (name: string, sha256: string): void => {
    const file = files.get(sha256)
    if (file) writeFileSync(join(folder, name), file.bytes)
  }
  put('manifest.json', hash)
  put('runtime.glb', manifest.files.runtime.sha256)
  put(
    manifest.files.original.mediaType === 'model/gltf-binary' ? 'original.glb' : 'original.gltf',
    manifest.files.original.sha256,
  )
  for (const [i, level] of manifest.files.levels.entries()) put(`level-${i + 1}.glb`, level.sha256)
  for (const { id, sha256, mediaType } of manifest.files.textures)
    put(join('textures', `${id}.${mediaType.replace('image/', '')}`), sha256)
  return folder
}

/** The help of `--fit`. */
export const FIT_HELP =
  'reduce a model that is too large: join materials, decimate meshes, scale textures; the original is kept'

/** The help of `--humanoid`. */
export const HUMANOID_HELP =
  'JSON file that maps bones to node names, e.g. {"hips": "Hips"}; for skinned models that are not VRM'

export const command: CliCommand = {
  name: 'ingest',
  summary: [
    'Checks .glb, .vrm or .gltf files without a server, and makes the packages that a server would make of them.',
    '',
    'Exits with 0 if all files are accepted, 1 if a file is rejected, 2 for wrong usage, 3 if a file is not glTF.',
  ].join('\n'),
  positionals: 'FILE...',
  options: {
    kind: {
      type: 'string',
      value: 'KIND',
      help: 'auto, avatar or object; auto: skinned and humanoid models are avatars',
      default: 'auto',
    },
    humanoid: {
      type: 'string',
      value: 'FILE',
      help: HUMANOID_HELP,
    },
    origin: {
      type: 'string',
      value: 'ORIGIN',
      help: 'ground: move the model onto the ground; author: keep its origin',
      default: 'ground',
    },
    name: { type: 'string', value: 'NAME', help: "name of the package (default: the file's name)" },
    fit: { type: 'boolean', help: FIT_HELP },
    check: { type: 'boolean', help: 'only check the file, without making a package' },
    report: {
      type: 'string',
      value: 'FILE',
      help: 'write an HTML page with a picture, the verdict, rank and reasons of each file',
    },
    out: { type: 'string', value: 'DIR', help: 'write the package to DIR/HASH (default: write nothing)' },
  },
  run: (args) => runIngest(args, terminal),
}
