/** Checked copies of MToon materials, of VRM 1.0 (VRMC_materials_mtoon) and of VRM 0 (materialProperties). */
import { flag, indexOf, listOf, number, objectOf, oneOf, vector, type GltfJson, type JsonObject } from './json.ts'

/** An outline beyond this width, metres or shares of the view's height, would cover the view. */
const OUTLINE_MAX = 0.05
const COLOR_MAX = 16
const NUMBER_MAX = 1_000
/** VRM 0 counts outlines in centimetres. */
const VRM0_OUTLINE = 0.01

const COLORS = ['shadeColorFactor', 'matcapFactor', 'parametricRimColorFactor', 'outlineColorFactor']
const NUMBERS = [
  'shadingShiftFactor',
  'shadingToonyFactor',
  'giEqualizationFactor',
  'rimLightingMixFactor',
  'parametricRimFresnelPowerFactor',
  'parametricRimLiftFactor',
  'outlineLightingMixFactor',
  'uvAnimationScrollXSpeedFactor',
  'uvAnimationScrollYSpeedFactor',
  'uvAnimationRotationSpeedFactor',
]
const TEXTURES = [
  'shadeMultiplyTexture',
  'shadingShiftTexture',
  'matcapTexture',
  'rimMultiplyTexture',
  'outlineWidthMultiplyTexture',
  'uvAnimationMaskTexture',
]

/** The fields of `names` that `copy` accepts. */
const pick = (names: readonly string[], from: JsonObject, copy: (value: unknown) => unknown): JsonObject =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = from[name] === undefined ? undefined : copy(from[name])
      return value === undefined ? [] : [[name, value]]
    }),
  )

const finite = (value: unknown): number | undefined =>
  typeof value === 'number' ? number(value, -NUMBER_MAX, NUMBER_MAX, 0) : undefined

export function mtoon(data: JsonObject, json: GltfJson): JsonObject {
  return {
    specVersion: data['specVersion'],
    transparentWithZWrite: flag(data['transparentWithZWrite']),
    renderQueueOffsetNumber: number(data['renderQueueOffsetNumber'], -9, 9, 0),
    outlineWidthMode: oneOf(data['outlineWidthMode'], ['none', 'worldCoordinates', 'screenCoordinates']),
    outlineWidthFactor: number(data['outlineWidthFactor'], 0, OUTLINE_MAX, 0),
    ...pick(COLORS, data, (value) => vector(value, 3, COLOR_MAX)),
    ...pick(NUMBERS, data, finite),
    ...pick(TEXTURES, data, (value) => {
      const info = objectOf(value)
      return indexOf(info['index'], json.textures) === null ? undefined : textureInfo(info)
    }),
  }
}

const textureInfo = ({ index, texCoord, scale, extensions }: JsonObject): JsonObject => {
  const transform = objectOf(extensions)['KHR_texture_transform']
  return {
    index,
    texCoord: number(texCoord, 0, 3, 0),
    scale: number(scale, -NUMBER_MAX, NUMBER_MAX, 1),
    ...(transform === undefined
      ? {}
      : {
          extensions: {
            KHR_texture_transform: pick(['offset', 'scale', 'rotation'], objectOf(transform), (value) =>
              typeof value === 'number' ? finite(value) : vector(value, 2, NUMBER_MAX),
            ),
          },
        }),
  }
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** In the order of the glTF's materials. */
export function propertiesOfVrm0(value: unknown, json: GltfJson): readonly JsonObject[] {
  return listOf(value, json.materials?.length ?? 0).map((data) => {
    const [floats, vectors, textures, keywords] = [
      'floatProperties',
      'vectorProperties',
      'textureProperties',
      'keywordMap',
    ].map((name) => objectOf(data[name]))
    const numbers = pick(Object.keys(floats ?? {}), floats ?? {}, finite)
    return {
      name: textOf(data['name']),
      shader: textOf(data['shader']) ?? 'VRM_USE_GLTFSHADER',
      renderQueue: number(data['renderQueue'], 0, 5_000, 2_000),
      floatProperties: {
        ...numbers,
        _OutlineWidth: number(numbers['_OutlineWidth'], 0, OUTLINE_MAX / VRM0_OUTLINE, 0),
      },
      vectorProperties: pick(Object.keys(vectors ?? {}), vectors ?? {}, (each) => vector(each, 4, NUMBER_MAX)),
      textureProperties: pick(
        Object.keys(textures ?? {}),
        textures ?? {},
        (each) => indexOf(each, json.textures) ?? undefined,
      ),
      keywordMap: pick(Object.keys(keywords ?? {}), keywords ?? {}, (each) => (each === true ? true : undefined)),
    }
  })
}
