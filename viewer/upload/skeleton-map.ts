/** Skeleton maps: JSON files that name the node of each bone, dropped together with the models. */
import { isModelFile, fileProblem } from './messages.ts'

/** Node name in the file by VRM 1.0 bone name. */
export type SkeletonMap = Readonly<Record<string, string>>

/** A model with its map. */
export interface Chosen {
  readonly file: File
  readonly map: SkeletonMap | null
}

/** Largest map, bytes: 55 bones with names of 256 characters need half of it. */
const MAP_BYTES_MAX = 65_536
/** Most bones that the server accepts; VRM 1.0 has 55. */
const ENTRIES_MAX = 64
const EXAMPLE = 'Write {"hips": "name of the node", "head": "name of the node", …} with the bone names of VRM 1.0.'

const isMapFile = ({ name }: { readonly name: string }): boolean => /\.json$/i.test(name)
const stemOf = (name: string): string => name.replace(/\.[^.]*$/, '').toLowerCase()

/** Pairs models with maps, and says why other files are refused. A model with a wrong map waits for a correct one. */
export async function chosenOf(
  files: readonly File[],
): Promise<{ readonly chosen: readonly Chosen[]; readonly refusals: readonly string[] }> {
  const models = files.filter((file) => !isMapFile(file))
  const refusals = models.flatMap((file) => fileProblem(file) ?? [])
  const maps = new Map<File, SkeletonMap | null>()
  for (const file of files.filter(isMapFile)) {
    const model = modelFor(
      file,
      models.filter(({ name }) => isModelFile(name)),
    )
    const read =
      typeof model === 'string'
        ? model
        : maps.has(model)
          ? `There are two skeleton maps for “${model.name}”. Add only one.`
          : await readMap(file)
    if (typeof read === 'string') refusals.push(read)
    if (typeof model !== 'string') maps.set(model, typeof read === 'string' ? null : read)
  }
  const chosen = models
    .filter((file) => fileProblem(file) === null && maps.get(file) !== null)
    .map((file) => ({ file, map: maps.get(file) ?? null }))
  return { chosen, refusals }
}

/** The model of the same name, or the only one; otherwise a message. */
function modelFor(map: File, models: readonly File[]): File | string {
  const [only] = models
  if (only === undefined) return `“${map.name}” has no model. Drop a skeleton map together with its model.`
  const named = models.filter(({ name }) => stemOf(name) === stemOf(map.name))
  const [model] = named.length === 1 ? named : models.length === 1 ? models : []
  return model ?? `It is not clear which model “${map.name}” is for. Give it the model's name, or drop only these two.`
}

async function readMap(file: File): Promise<SkeletonMap | string> {
  if (file.size > MAP_BYTES_MAX) return `“${file.name}” is too large for a skeleton map. ${EXAMPLE}`
  const text = await file.text().catch(() => null)
  if (text === null) return `“${file.name}” cannot be read.`
  const read = mapOf(text)
  return typeof read === 'string' ? `“${file.name}” ${read}` : read
}

/** The parsed map, or a message about what is wrong. */
export function mapOf(text: string): SkeletonMap | string {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return `is no JSON. ${EXAMPLE}`
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return `is no skeleton map. ${EXAMPLE}`
  const entries = Object.entries(value as Readonly<Record<string, unknown>>)
  if (entries.length === 0) return `names no bone. ${EXAMPLE}`
  if (entries.length > ENTRIES_MAX) return `has ${entries.length} entries; there are at most ${ENTRIES_MAX}. ${EXAMPLE}`
  const map: Record<string, string> = {}
  for (const [bone, node] of entries) {
    if (!/^[A-Za-z]{1,40}$/.test(bone)) return `has an entry “${bone.slice(0, 40)}”, which is no bone. ${EXAMPLE}`
    if (typeof node !== 'string' || node === '') return `names no node for ${bone}. ${EXAMPLE}`
    map[bone] = node
  }
  return map
}
