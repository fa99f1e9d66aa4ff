/** The report of `otherworld ingest`, for programs and for people. */
import type { ChildOutcome, IngestWarning, Rejection } from '../../ingest/index.ts'
import type { PackageManifest } from '../../packages/manifest.ts'
import { formatBytes, paint, rows, type Terminal } from '../output.ts'
import { formatCount, plural } from '../../http-contract/plural.ts'

type Accepted = Extract<ChildOutcome, { accepted: true }>

export interface Ingested {
  readonly file: string
  /** Without the package's files, which would fill the memory if a folder has many models. */
  readonly outcome: Omit<Accepted, 'files'> | Exclude<ChildOutcome, Accepted>
  /** Folder that the package was written to; null without --out. */
  readonly kept: string | null
}

/** The result of `--check`. */
export interface CheckedFile {
  readonly file: string
  readonly accepted: boolean
  readonly rejections: readonly Rejection[]
  readonly warnings: readonly IngestWarning[]
}

/** Fields for other programs, for accepted and rejected files. */
export function ingestJson({ file, outcome, kept }: Ingested): Record<string, unknown> {
  const { milliseconds, warnings } = outcome
  if (!outcome.accepted)
    return {
      file,
      accepted: false,
      kind: null,
      hash: null,
      rank: null,
      triangles: null,
      materials: null,
      textures: null,
      joints: null,
      humanoid: null,
      capsules: [],
      colliders: [],
      rejections: outcome.rejections,
      warnings,
      milliseconds,
    }
  const { hash, manifest } = outcome
  const { kind, rank, counts, capsules, attachments } = manifest
  return {
    file,
    accepted: true,
    kind,
    hash,
    rank,
    triangles: counts.triangles,
    materials: counts.materials,
    textures: counts.textures,
    joints: counts.joints,
    humanoid: humanoidOf(manifest),
    capsules,
    colliders: attachments.colliders,
    rejections: [],
    warnings,
    milliseconds,
    name: manifest.name,
    scale: manifest.scale,
    bounds: manifest.bounds,
    runtimeBytes: manifest.files.runtime.bytes,
    package: kept,
  }
}

/** Name of the node (as uploaded) by humanoid bone, as a map for `--humanoid` has it; null without a humanoid. */
function humanoidOf({ skeleton }: PackageManifest): Readonly<Record<string, string>> | null {
  const bones = (skeleton ?? []).flatMap(({ humanoid, name }) =>
    humanoid === undefined ? [] : [[humanoid, name] as const],
  )
  return bones.length === 0 ? null : Object.fromEntries(bones)
}

export function ingestText(to: Terminal, one: Ingested): string {
  const { file, outcome } = one
  const verdict = outcome.accepted
    ? paint(to, 'green', `accepted as ${outcome.manifest.kind}`)
    : paint(to, 'red', 'rejected')
  const head = `${paint(to, 'bold', file)}: ${verdict} (${formatCount(outcome.milliseconds)} ms)\n`
  return `${head}${foundText(to, one)}${notesText(to, outcome.accepted ? [] : outcome.rejections, outcome.warnings)}`
}

export function checkedText(to: Terminal, { file, accepted, rejections, warnings }: CheckedFile): string {
  return `${paint(to, 'bold', file)}: ${accepted ? paint(to, 'green', 'valid') : paint(to, 'red', 'rejected')}\n${notesText(to, rejections, warnings)}`
}

/** The message of a note, with the option that can correct it. */
export const adviceOf = (note: Rejection | IngestWarning): string =>
  'reducible' in note && note.reducible === true ? `${note.message} The option --fit can correct this.` : note.message

/** Rejections and warnings of a file. */
export function notesText(to: Terminal, rejections: readonly Rejection[], warnings: readonly IngestWarning[]): string {
  const words = (colour: 'red' | 'yellow', note: Rejection | IngestWarning): string =>
    `  ${paint(to, colour, note.rule)}${note.where === '' ? '' : ` at ${note.where}`}\n    ${adviceOf(note)}\n`
  return [...rejections.map((one) => words('red', one)), ...warnings.map((one) => words('yellow', one))].join('')
}

/** Sides of a model, metres. */
export function sizeText({ bounds: { min, max } }: Pick<PackageManifest, 'bounds'>): string {
  const sides = [max.x - min.x, max.y - min.y, max.z - min.z]
  return `${sides.map((side) => `${Number(side.toPrecision(3))}`).join(' × ')} m`
}

function foundText(to: Terminal, { outcome, kept }: Ingested): string {
  if (!outcome.accepted) return ''
  const { hash, manifest } = outcome
  const { counts, files, rank, attachments } = manifest
  const level = files.levels[0]
  const humanoid = Object.keys(humanoidOf(manifest) ?? {}).length
  return rows(to, [
    ['name', manifest.name],
    ['size', `${sizeText(manifest)}${manifest.scale === 1 ? '' : `, scaled by ${manifest.scale}`}`],
    [
      'found',
      [
        plural(counts.triangles, 'triangle'),
        plural(attachments.avatar.meshes.length, 'mesh', 'meshes'),
        plural(counts.materials, 'material'),
        `${plural(counts.textures, 'texture')} (${formatBytes(counts.textureBytes)})`,
        plural(attachments.avatar.animations.length, 'animation'),
      ].join(', '),
    ],
    ...(manifest.skeleton
      ? [
          [
            'skeleton',
            `${plural(counts.joints, 'joint')}, ${humanoid === 0 ? 'not humanoid' : `${humanoid} humanoid`}`,
          ] as const,
        ]
      : []),
    [
      'fitted',
      manifest.kind === 'avatar'
        ? plural(manifest.capsules.length, 'capsule')
        : plural(attachments.colliders.length, 'collider'),
    ],
    ['rank', `${rank.pc} on PC, ${rank.mobile} on mobile`],
    [
      'runtime',
      `${formatBytes(files.runtime.bytes)}${level ? `; simplified ${formatBytes(level.bytes)}, ${plural(level.triangles, 'triangle')}, from ${level.metresMin} m on` : ''}`,
    ],
    ['package', hash],
    ['kept in', kept ?? 'nowhere (use --out DIR)'],
  ])
}
