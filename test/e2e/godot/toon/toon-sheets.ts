/** The materials that the page and Godot draw, and the patches of their pictures that must agree. */
import type { JsonObject } from '../../../../ingest/json.ts'
import { RADIUS, type Cell, type GridOptions, type Painter, type Shape } from './toon-model.ts'

/** A place in a cell, in radii from its centre, y up: on the front of the shape, or beside it. `half`: pixels round it. */
export type Patch = readonly [x: number, y: number, half?: number]

export interface ToonCell extends Cell {
  readonly name: string
  readonly patches: Readonly<Record<string, Patch>>
}

export interface Sheet extends Omit<GridOptions, 'cells'> {
  readonly cells: readonly ToonCell[]
}

const LIT: Patch = [-0.4, 0.4]
const SHADE: Patch = [0.62, -0.62]
/** Surface that is at right angles to the light. */
const TERMINATOR: Patch = [0.6, -0.28]
const SPHERE = { lit: LIT, shade: SHADE, terminator: TERMINATOR }
const QUARTERS = {
  'top left': [-0.5, 0.5],
  'top right': [0.5, 0.5],
  'bottom left': [-0.5, -0.5],
  'bottom right': [0.5, -0.5],
} as const
const HALVES = { left: [-0.5, 0.2], right: [0.5, 0.2] } as const
/** The middle of an outline of 0.05 m. */
const OUTLINE = {
  'outline right': [1.06, 0, 1],
  'outline above': [0, 1.06, 1],
  'outline below': [0, -1.06, 1],
} as const

const [HALF, BLACK_AND_WHITE, QUARTER, GRADIENT, NORMALS, HALF_CLEAR] = [0, 1, 2, 3, 4, 5].map((index) => ({ index }))

const IMAGES: readonly Painter[] = [
  (u) => (u < 0.5 ? [230, 60, 40] : [40, 90, 220]),
  (u) => (u < 0.5 ? [0, 0, 0] : [255, 255, 255]),
  (u, v) => (v < 0.5 ? (u < 0.5 ? [220, 40, 40] : [40, 200, 60]) : u < 0.5 ? [50, 80, 230] : [230, 210, 60]),
  (u, v) => [Math.round(u * 200), Math.round(v * 200), 60],
  (u) => (u < 0.5 ? [210, 128, 225] : [128, 210, 225]),
  (u) => [220, 150, 60, u < 0.5 ? 60 : 255],
]

const LIT_COLOR = [0.8, 0.5, 0.3]
const SHADE_COLOR = [0.3, 0.1, 0.4]

function cell(
  name: string,
  patches: Readonly<Record<string, Patch>>,
  mtoon: JsonObject,
  gltf: JsonObject = {},
  shape: Shape = 'sphere',
): ToonCell {
  const material = {
    pbrMetallicRoughness: { baseColorFactor: [...LIT_COLOR, 1] },
    ...gltf,
    extensions: { VRMC_materials_mtoon: { specVersion: '1.0', shadeColorFactor: SHADE_COLOR, ...mtoon } },
  }
  return { name, patches, shape, material }
}

const textured = (baseColorTexture: JsonObject | undefined, alpha = 1): JsonObject => ({
  pbrMetallicRoughness: { baseColorFactor: [1, 1, 1, alpha], baseColorTexture },
})
const outlined = (mtoon: JsonObject): JsonObject => ({
  outlineWidthMode: 'worldCoordinates',
  outlineWidthFactor: 0.05,
  outlineColorFactor: [0.1, 0.3, 0.7],
  outlineLightingMixFactor: 0,
  ...mtoon,
})
const RIM = {
  parametricRimColorFactor: [0.2, 0.5, 0.9],
  parametricRimFresnelPowerFactor: 3,
  parametricRimLiftFactor: 0.1,
}
const RIM_PATCHES = {
  ...SPHERE,
  'rim in light': [-0.66, 0.66],
  'rim in shade': [0.66, -0.66],
  'rim right': [0.93, 0],
} as const

export const VRM_1: Sheet = {
  columns: 7,
  images: IMAGES,
  cells: [
    cell('plain', SPHERE, {}),
    cell('soft and shifted', SPHERE, { shadingToonyFactor: 0.3, shadingShiftFactor: -0.2 }),
    cell(
      'shading shift texture',
      { ...SPHERE, left: [-0.5, -0.5], right: [0.2, -0.7] },
      {
        shadingShiftTexture: { ...BLACK_AND_WHITE, scale: -0.9 },
        shadingShiftFactor: 0.3,
        shadingToonyFactor: 0.6,
      },
    ),
    cell(
      'base and shade texture',
      { ...SPHERE, 'lit left': [-0.3, 0.3] },
      { shadeColorFactor: [1, 1, 1], shadeMultiplyTexture: QUARTER },
      textured(HALF),
    ),
    cell('rim', RIM_PATCHES, { ...RIM, rimLightingMixFactor: 0 }),
    cell('rim in light, masked', RIM_PATCHES, { ...RIM, rimLightingMixFactor: 1, rimMultiplyTexture: BLACK_AND_WHITE }),
    cell('matcap', RIM_PATCHES, { matcapTexture: GRADIENT, matcapFactor: [0.6, 0.8, 1], rimLightingMixFactor: 0.5 }),
    cell('emission', SPHERE, {}, { emissiveFactor: [0.1, 0.3, 0.2], emissiveTexture: HALF }),
    cell(
      'normal map',
      { ...SPHERE, left: [-0.3, -0.3], right: [0.3, 0.3] },
      { ...RIM, shadingToonyFactor: 0.2 },
      { normalTexture: { ...NORMALS, scale: 0.8 } },
    ),
    cell('normal map on a square', HALVES, { shadingToonyFactor: 0.2 }, { normalTexture: NORMALS }, 'square'),
    cell(
      'texture transform',
      QUARTERS,
      {},
      textured({
        ...QUARTER,
        extensions: { KHR_texture_transform: { offset: [0.1, 0.2], scale: [0.7, 1.2], rotation: 0.4 } },
      }),
      'square',
    ),
    cell(
      'animation',
      QUARTERS,
      { uvAnimationRotationSpeedFactor: 0.6, uvAnimationScrollXSpeedFactor: 0.1, uvAnimationScrollYSpeedFactor: 0.3 },
      textured(QUARTER),
      'square',
    ),
    cell(
      'animation, masked',
      QUARTERS,
      { uvAnimationScrollYSpeedFactor: 0.5, uvAnimationMaskTexture: BLACK_AND_WHITE },
      textured(QUARTER),
      'square',
    ),
    cell('mask', HALVES, {}, { ...textured(HALF_CLEAR), alphaMode: 'MASK', alphaCutoff: 0.5 }, 'square'),
    cell('blend', HALVES, {}, { ...textured(HALF_CLEAR, 0.8), alphaMode: 'BLEND' }, 'square'),
    cell(
      'blend with depth',
      SPHERE,
      { transparentWithZWrite: true },
      { ...textured(undefined, 0.6), alphaMode: 'BLEND' },
    ),
    cell('both sides', { centre: [0, 0] }, {}, { doubleSided: true }, 'away'),
    cell('one side', { centre: [0, 0] }, {}, {}, 'away'),
    cell('outline', { ...SPHERE, ...OUTLINE }, outlined({})),
    cell('outline, enlarged', { ...SPHERE, ...OUTLINE }, outlined({}), {}, 'enlarged'),
    cell(
      'outline in light',
      { ...SPHERE, ...OUTLINE },
      outlined({ outlineLightingMixFactor: 1, outlineColorFactor: [0.9, 0.8, 1], ...RIM }),
    ),
    cell('outline in some light', { ...SPHERE, ...OUTLINE }, outlined({ outlineLightingMixFactor: 0.5 }), {
      emissiveFactor: [0.2, 0.1, 0],
    }),
    cell(
      'outline on the screen',
      { ...SPHERE, 'outline right': [1.04, 0, 1] },
      outlined({ outlineWidthMode: 'screenCoordinates', outlineWidthFactor: 0.02 }),
    ),
    cell(
      'outline, width texture',
      { left: [-1.06, 0, 1], right: [1.06, 0, 1] },
      outlined({ outlineWidthMultiplyTexture: BLACK_AND_WHITE }),
    ),
    cell(
      'all at once',
      { ...RIM_PATCHES, ...OUTLINE },
      outlined({
        ...RIM,
        matcapTexture: GRADIENT,
        matcapFactor: [0.3, 0.3, 0.3],
        shadeMultiplyTexture: HALF,
        shadingToonyFactor: 0.5,
      }),
      { ...textured(QUARTER), emissiveFactor: [0.05, 0.05, 0.1] },
    ),
  ],
}

function old(
  name: string,
  patches: Readonly<Record<string, Patch>>,
  {
    vectors = {},
    shape = 'sphere',
    ...properties
  }: JsonObject & { readonly vectors?: JsonObject; readonly shape?: Shape },
): ToonCell {
  const colors = { _Color: [0.9, 0.7, 0.6, 1], _ShadeColor: [0.6, 0.3, 0.65, 1] }
  return {
    name,
    patches,
    shape,
    material: {},
    properties: { shader: 'VRM/MToon', renderQueue: 2_000, ...properties, vectorProperties: { ...colors, ...vectors } },
  }
}

const WHITE = { _Color: [1, 1, 1, 1] }

export const VRM_0: Sheet = {
  columns: 5,
  images: IMAGES,
  cells: [
    old('plain', SPHERE, { floatProperties: { _ShadeShift: 0, _ShadeToony: 0.9 } }),
    old('soft and shifted', SPHERE, { floatProperties: { _ShadeShift: 0.3, _ShadeToony: 0.4 } }),
    old('rim and matcap', RIM_PATCHES, {
      floatProperties: { _RimFresnelPower: 3, _RimLift: 0.1, _RimLightingMix: 0.5 },
      vectors: { _RimColor: [0.5, 0.6, 0.9, 1] },
      textureProperties: { _SphereAdd: 3 },
    }),
    old('offset and scale', QUARTERS, {
      vectors: { ...WHITE, _MainTex: [0.2, 0.1, 0.6, 0.8] },
      textureProperties: { _MainTex: 2, _ShadeTexture: 2 },
      shape: 'square',
    }),
    old('cutout', HALVES, {
      keywordMap: { _ALPHATEST_ON: true },
      floatProperties: { _Cutoff: 0.5 },
      vectors: WHITE,
      textureProperties: { _MainTex: 5 },
      shape: 'square',
    }),
    old('transparent', HALVES, {
      keywordMap: { _ALPHABLEND_ON: true },
      renderQueue: 3_000,
      vectors: WHITE,
      textureProperties: { _MainTex: 5 },
      shape: 'square',
    }),
    old('both sides', { centre: [0, 0] }, { floatProperties: { _CullMode: 0 }, shape: 'away' }),
    old(
      'outline',
      { ...SPHERE, ...OUTLINE },
      {
        floatProperties: { _OutlineWidthMode: 1, _OutlineWidth: 5, _OutlineColorMode: 0 },
        vectors: { _OutlineColor: [0.3, 0.6, 0.9, 1] },
      },
    ),
    old(
      'outline on the screen, in light',
      { ...SPHERE, 'outline right': [1.04, 0, 1] },
      {
        floatProperties: { _OutlineWidthMode: 2, _OutlineWidth: 2, _OutlineColorMode: 1, _OutlineLightingMix: 0.5 },
        vectors: { _OutlineColor: [0.3, 0.6, 0.9, 1] },
      },
    ),
    old('scroll', QUARTERS, {
      floatProperties: { _UvAnimScrollX: 0.1, _UvAnimScrollY: 0.3 },
      vectors: WHITE,
      textureProperties: { _MainTex: 2, _ShadeTexture: 2 },
      shape: 'square',
    }),
    old('unlit', HALVES, { shader: 'VRM/UnlitTexture', vectors: WHITE, textureProperties: { _MainTex: 0 } }),
    old('unlit cutout', HALVES, {
      shader: 'VRM/UnlitCutout',
      floatProperties: { _Cutoff: 0.5 },
      vectors: WHITE,
      textureProperties: { _MainTex: 5 },
      shape: 'square',
    }),
    old('unlit transparent', HALVES, {
      shader: 'VRM/UnlitTransparent',
      renderQueue: 3_000,
      vectors: WHITE,
      textureProperties: { _MainTex: 5 },
      shape: 'square',
    }),
    old('unlit transparent with depth', HALVES, {
      shader: 'VRM/UnlitTransparentZWrite',
      renderQueue: 2_501,
      vectors: WHITE,
      textureProperties: { _MainTex: 5 },
      shape: 'square',
    }),
  ],
}

const see = (color: readonly number[]): JsonObject => ({
  pbrMetallicRoughness: { baseColorFactor: [...color, 0.6] },
  alphaMode: 'BLEND',
})
const RED = see([0.8, 0.1, 0.1])
const BLUE = see([0.1, 0.2, 0.8])

/** The nearer square of a pair is drawn first, because of its offset, or because it writes depth and hides the other. */
export const ORDER: Sheet = {
  columns: 2,
  images: IMAGES,
  cells: [
    cell('the offset decides', { centre: [0, 0] }, { renderQueueOffsetNumber: 0 }, RED, 'square'),
    cell('depth decides', { centre: [0, 0] }, {}, RED, 'square'),
    { ...cell('drawn first', {}, { renderQueueOffsetNumber: -2 }, BLUE, 'square'), over: 0 },
    { ...cell('writes depth', {}, { transparentWithZWrite: true }, BLUE, 'square'), over: 1 },
  ],
}

/** A square hangs between the light and the third sphere, and shades a part of the second one. */
export const SHADOWS: Sheet = {
  columns: 3,
  images: IMAGES,
  cells: [
    cell('in light', SPHERE, {}),
    cell('partly in shadow', {}, {}),
    cell('in shadow', { 'in shadow': LIT, shade: SHADE }, {}),
  ],
  blocker: { shape: 'square', material: { doubleSided: true }, scale: 1.7, position: [0, 1, 1.2] },
}

/** A sphere with an outline, 0.2 m and 0.25 m in radius, hangs between the light and the square. */
export const OUTLINE_SHADOW: Sheet = {
  columns: 3,
  images: IMAGES,
  cells: [
    cell('left', {}, {}),
    cell('middle', {}, {}),
    cell('square', { 'in shadow': [0, 0], 'beside the shadow': [0.42, 0.42, 1] }, {}, {}, 'square'),
  ],
  blocker: { ...cell('blocker', {}, outlined({})), scale: 0.2 / RADIUS, position: [0, 1, 1.2] },
}

/** Only in Godot: the page does not equalise ambient light. */
export const SKY: Sheet = {
  columns: 2,
  images: IMAGES,
  cells: [0, 1].map((giEqualizationFactor) => cell(`equalised ${giEqualizationFactor}`, {}, { giEqualizationFactor })),
}
