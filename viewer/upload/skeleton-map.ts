/** Maps that say which node of a model is which bone, as JSON files that come in beside the models. */
import { isObject } from '../api/read.ts'
import { isModelFile, fileProblem } from './messages.ts'

/** Name of the node, as it stands in the file, by VRM 1.0's name of the bone. */
export type SkeletonMap = Readonly<Record<string, string>>

/** A model, and the map that came with it. */
export interface Chosen {
  readonly file: File
  readonly map: SkeletonMap | null
}

/** Bytes of a map: 55 bones with names of 256 characters come to half of it. */
const MAP_BYTES_MAX = 65_536
/** VRM 1.0 knows 55 humanoid bones; the server takes no more than this. */
const ENTRIES_MAX = 64
const EXAMPLE = 'It takes {"hips": "name of the node", "head": "name of the node", …} with the bones of VRM 1.0.'

const isMapFile = ({ name }: { readonly name: string }): boolean => /\.json$/i.test(name)
const stemOf = (name: string): string => name.replace(/\.[^.]*$/, '').toLowerCase()

/** Models with their maps, and why other files are not taken, in words. A model whose map is wrong waits for a right one. */
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
          ? `There are two skeleton maps for “${model.name}”: bring one.`
          : await readMap(file)
    if (typeof read === 'string') refusals.push(read)
    if (typeof model !== 'string') maps.set(model, typeof read === 'string' ? null : read)
  }
  const chosen = models
    .filter((file) => fileProblem(file) === null && maps.get(file) !== null)
    .map((file) => ({ file, map: maps.get(file) ?? null }))
  return { chosen, refusals }
}

/** The one of the same name, or the only one; else words. */
function modelFor(map: File, models: readonly File[]): File | string {
  const [only] = models
  if (only === undefined)
    return `“${map.name}” has no model beside it. A skeleton map comes together with its model: drop both at once.`
  const named = models.filter(({ name }) => stemOf(name) === stemOf(map.name))
  const [model] = named.length === 1 ? named : models.length === 1 ? models : []
  return model ?? `It is not clear which model “${map.name}” is for. Give it the model's name, or drop the two alone.`
}

async function readMap(file: File): Promise<SkeletonMap | string> {
  if (file.size > MAP_BYTES_MAX) return `“${file.name}” is too large for a skeleton map. ${EXAMPLE}`
  const text = await file.text().catch(() => null)
  if (text === null) return `“${file.name}” cannot be read.`
  const read = mapOf(text)
  return typeof read === 'string' ? `“${file.name}” ${read}` : read
}

/** What the text maps, or what is wrong with it. */
export function mapOf(text: string): SkeletonMap | string {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return `is no JSON. ${EXAMPLE}`
  }
  if (!isObject(value)) return `is no skeleton map. ${EXAMPLE}`
  const entries = Object.entries(value)
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
