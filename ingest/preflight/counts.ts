/** Limits the number of items of each kind, before anything walks them. */
import { isObject, listOf, objectOf, objectsOf, refuse, type JsonObject } from '../json.ts'
import { CHECK_LIMITS } from '../limits.ts'

const LISTS: readonly (readonly [key: string, max: number, advice: string])[] = [
  ['nodes', CHECK_LIMITS.nodes, 'Join objects and remove empties.'],
  ['accessors', CHECK_LIMITS.accessors, 'Merge meshes or remove animations.'],
  ['bufferViews', CHECK_LIMITS.bufferViews, 'Merge meshes or remove animations.'],
  ['buffers', CHECK_LIMITS.buffers, 'Export as .glb.'],
  ['meshes', CHECK_LIMITS.meshes, 'Join meshes.'],
  ['materials', CHECK_LIMITS.materials, 'Merge materials.'],
  ['textures', CHECK_LIMITS.textures, 'Merge textures into an atlas.'],
  ['images', CHECK_LIMITS.images, 'Merge textures into an atlas.'],
  ['samplers', CHECK_LIMITS.samplers, 'Export the model again.'],
  ['skins', CHECK_LIMITS.skins, 'Join the skinned meshes onto one armature.'],
  ['animations', CHECK_LIMITS.animations, 'Keep only the animations that are used.'],
  ['cameras', CHECK_LIMITS.cameras, 'Remove the cameras.'],
  ['scenes', CHECK_LIMITS.scenes, 'Export one scene.'],
  ['extensionsUsed', CHECK_LIMITS.extensions, 'Export the model again without them.'],
  ['extensionsRequired', CHECK_LIMITS.extensions, 'Export the model again without them.'],
]

function atMost(where: string, what: string, count: number, max: number, advice: string): void {
  if (count > max)
    refuse(
      'COUNT',
      where,
      `There are ${count.toLocaleString('en-US')} ${what}; at most ${max.toLocaleString('en-US')} are allowed. ${advice}`,
      count,
      max,
    )
}

/** Throws Rejected. */
export function checkCounts(json: JsonObject): void {
  for (const [key, max, advice] of LISTS) atMost(`/${key}`, key, listOf(json[key]).length, max, advice)
  checkMeshes(json)
  checkSkins(json)
  checkAnimations(json)
}

function checkMeshes(json: JsonObject): void {
  let primitives = 0
  for (const [i, mesh] of objectsOf(json, 'meshes').entries()) {
    const list = objectsOf(mesh, 'primitives')
    primitives += list.length
    atMost('/meshes', 'primitives', primitives, CHECK_LIMITS.primitives, 'Join meshes that share a material.')
    for (const [k, primitive] of list.entries()) {
      const where = `/meshes/${i}/primitives/${k}`
      atMost(
        `${where}/attributes`,
        'attributes',
        keyCount(primitive['attributes']),
        CHECK_LIMITS.attributes,
        'Export the model again without custom attributes.',
      )
      const targets = listOf(primitive['targets'])
      atMost(
        `${where}/targets`,
        'morph targets',
        targets.length,
        CHECK_LIMITS.morphTargets,
        'Remove shape keys that are not used.',
      )
      for (const target of targets)
        atMost(
          `${where}/targets`,
          'attributes of one morph target',
          keyCount(target),
          CHECK_LIMITS.attributes,
          'Export the model again.',
        )
    }
  }
}

const keyCount = (value: unknown): number => (isObject(value) ? Object.keys(value).length : 0)

function checkSkins(json: JsonObject): void {
  for (const [i, skin] of objectsOf(json, 'skins').entries())
    atMost(
      `/skins/${i}/joints`,
      'joints',
      listOf(skin['joints']).length,
      CHECK_LIMITS.joints,
      'Remove bones that move nothing.',
    )
}

function checkAnimations(json: JsonObject): void {
  let channels = 0
  let samplers = 0
  for (const animation of objectsOf(json, 'animations')) {
    channels += listOf(animation['channels']).length
    samplers += listOf(animation['samplers']).length
    atMost(
      '/animations',
      'animation channels',
      channels,
      CHECK_LIMITS.channels,
      'Keep only the animations that are used.',
    )
    atMost(
      '/animations',
      'animation samplers',
      samplers,
      CHECK_LIMITS.channels,
      'Keep only the animations that are used.',
    )
  }
  atMost(
    '/extensions',
    'extensions',
    Object.keys(objectOf(json['extensions'])).length,
    CHECK_LIMITS.extensions,
    'Export the model again without them.',
  )
}
