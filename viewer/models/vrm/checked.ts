/**
 * A VRM's own data as three-vrm may read it. The ingest carries it over as the file's maker wrote it. So everything that the
 * page uses is copied here, field by field: indices exist, numbers are finite and within a range, lists are short. The rest is
 * left out. Sources: VRMC_vrm, VRMC_springBone, VRMC_node_constraint and VRMC_materials_mtoon 1.0, and VRM 0.0 (vrm-c/vrm-specification).
 */
import { flag, indexOf, listOf, number, objectOf, oneOf, vector, type GltfJson, type JsonObject } from './json.ts'
import { mtoon, propertiesOfVrm0 } from './materials.ts'
import { springsOfVrm0, springsOfVrm1 } from './springs.ts'

const EXPRESSIONS_MAX = 32
const BINDS_MAX = 64
const BONES_MAX = 64
/** Nodes whose rotation follows another's. */
const CONSTRAINTS_MAX = 256
/** The expressions that the page shows, by their names in VRM 1.0 and in VRM 0. */
const EXPRESSIONS: Readonly<Record<string, string>> = {
  neutral: 'neutral',
  blink: 'blink',
  blinkLeft: 'blink_l',
  blinkRight: 'blink_r',
  lookUp: 'lookup',
  lookDown: 'lookdown',
  lookLeft: 'lookleft',
  lookRight: 'lookright',
}
const OVERRIDES = ['none', 'block', 'blend'] as const
const COLORS = ['color', 'emissionColor', 'shadeColor', 'matcapColor', 'rimColor', 'outlineColor'] as const
/** three-vrm throws without this licence address. `creditOf` reads the file's own meta data. */
const META = { licenseUrl: 'https://vrm.dev/licenses/1.0/' }
const DEGREES_MAX = 90
const COLOR_MAX = 16
/** Exponent of the colours in VRM 0 (UniVRM, three-vrm). */
const VRM0_GAMMA = 2.2

/** Replaces the VRM data in a glTF's JSON by its checked copy. */
export function checkVrm(json: GltfJson): void {
  const extensions = json.extensions ?? {}
  json.extensions = {
    ...extensions,
    ...checked(extensions, 'VRMC_vrm', (data) => vrm1(data, json)),
    ...checked(extensions, 'VRM', (data) => vrm0(data, json)),
    ...checked(extensions, 'VRMC_springBone', (data) => springsOfVrm1(data, json)),
  }
  let constraints = 0
  for (const node of json.nodes ?? [])
    if (node.extensions?.['VRMC_node_constraint'] !== undefined)
      node.extensions = {
        ...node.extensions,
        VRMC_node_constraint:
          constraints++ < CONSTRAINTS_MAX ? constraint(node.extensions['VRMC_node_constraint'], json) : undefined,
      }
  for (const material of json.materials ?? [])
    material.extensions = {
      ...material.extensions,
      ...checked(material.extensions ?? {}, 'VRMC_materials_mtoon', (data) => mtoon(data, json)),
      ...checked(material.extensions ?? {}, 'VRMC_materials_hdr_emissiveMultiplier', (data) => ({
        emissiveMultiplier: number(data['emissiveMultiplier'], 0, COLOR_MAX, 1),
      })),
    }
}

const checked = (from: JsonObject, name: string, copy: (data: JsonObject) => JsonObject): JsonObject =>
  from[name] === undefined ? {} : { [name]: copy(objectOf(from[name])) }

function vrm1(data: JsonObject, json: GltfJson): JsonObject {
  const bones = objectOf(objectOf(data['humanoid'])['humanBones'])
  const preset = objectOf(objectOf(data['expressions'])['preset'])
  const look = objectOf(data['lookAt'])
  const isExpression = look['type'] === 'expression'
  const range = (name: string): JsonObject => {
    const map = objectOf(look[name])
    return {
      inputMaxValue: number(map['inputMaxValue'], 1, 180, DEGREES_MAX),
      outputScale: number(map['outputScale'], 0, isExpression ? 1 : DEGREES_MAX, isExpression ? 1 : 10),
    }
  }
  return {
    specVersion: data['specVersion'],
    meta: META,
    humanoid: {
      humanBones: Object.fromEntries(
        Object.entries(bones)
          .slice(0, BONES_MAX)
          .flatMap(([bone, value]) => {
            const node = indexOf(objectOf(value)['node'], json.nodes)
            return node === null ? [] : [[bone, { node }]]
          }),
      ),
    },
    expressions: {
      preset: Object.fromEntries(
        Object.keys(EXPRESSIONS).flatMap((name) =>
          preset[name] === undefined ? [] : [[name, expression1(objectOf(preset[name]), json)]],
        ),
      ),
    },
    ...(data['lookAt'] === undefined
      ? {}
      : {
          lookAt: {
            type: isExpression ? 'expression' : 'bone',
            rangeMapHorizontalInner: range('rangeMapHorizontalInner'),
            rangeMapHorizontalOuter: range('rangeMapHorizontalOuter'),
            rangeMapVerticalDown: range('rangeMapVerticalDown'),
            rangeMapVerticalUp: range('rangeMapVerticalUp'),
          },
        }),
  }
}

function expression1(data: JsonObject, json: GltfJson): JsonObject {
  return {
    isBinary: flag(data['isBinary']),
    overrideBlink: oneOf(data['overrideBlink'], OVERRIDES),
    overrideLookAt: oneOf(data['overrideLookAt'], OVERRIDES),
    overrideMouth: oneOf(data['overrideMouth'], OVERRIDES),
    morphTargetBinds: listOf(data['morphTargetBinds'], BINDS_MAX).flatMap((bind) => {
      const node = indexOf(bind['node'], json.nodes)
      const index = morphTarget(bind['index'], node === null ? undefined : json.nodes?.[node]?.mesh, json)
      return index === null ? [] : [{ node, index, weight: number(bind['weight'], 0, 1, 1) }]
    }),
    materialColorBinds: listOf(data['materialColorBinds'], BINDS_MAX).flatMap((bind) => {
      const material = indexOf(bind['material'], json.materials)
      const targetValue = vector(bind['targetValue'], 4, COLOR_MAX)
      return material === null || !targetValue ? [] : [{ material, targetValue, type: oneOf(bind['type'], COLORS) }]
    }),
    textureTransformBinds: listOf(data['textureTransformBinds'], BINDS_MAX).flatMap((bind) => {
      const material = indexOf(bind['material'], json.materials)
      return material === null
        ? []
        : [{ material, offset: vector(bind['offset'], 2, 100), scale: vector(bind['scale'], 2, 100) }]
    }),
  }
}

/** A morph target that every primitive of the mesh has; null if it does not exist. */
function morphTarget(index: unknown, mesh: number | undefined, json: GltfJson): number | null {
  const primitives = mesh === undefined ? [] : (json.meshes?.[mesh]?.primitives ?? [])
  const targets = Math.min(...primitives.map((primitive) => primitive.targets?.length ?? 0))
  return primitives.length > 0 && Number.isInteger(index) && Number(index) >= 0 && Number(index) < targets
    ? Number(index)
    : null
}

function vrm0(data: JsonObject, json: GltfJson): JsonObject {
  const look = objectOf(data['firstPerson'])
  const isExpression = look['lookAtTypeName'] === 'BlendShape'
  const degrees = (name: string): JsonObject => {
    const map = objectOf(look[name])
    return {
      // three-vrm reads no other curve, and warns about each.
      curve: [0, 0, 0, 1, 1, 1, 1, 0],
      xRange: number(map['xRange'], 1, 180, DEGREES_MAX),
      yRange: number(map['yRange'], 0, isExpression ? 1 : DEGREES_MAX, isExpression ? 1 : 10),
    }
  }
  return {
    meta: {},
    humanoid: {
      humanBones: listOf(objectOf(data['humanoid'])['humanBones'], BONES_MAX).flatMap(({ bone, node: value }) => {
        const node = indexOf(value, json.nodes)
        return typeof bone !== 'string' || node === null ? [] : [{ bone, node }]
      }),
    },
    firstPerson: {
      lookAtTypeName: isExpression ? 'BlendShape' : 'Bone',
      lookAtHorizontalInner: degrees('lookAtHorizontalInner'),
      lookAtHorizontalOuter: degrees('lookAtHorizontalOuter'),
      lookAtVerticalDown: degrees('lookAtVerticalDown'),
      lookAtVerticalUp: degrees('lookAtVerticalUp'),
    },
    blendShapeMaster: {
      blendShapeGroups: listOf(objectOf(data['blendShapeMaster'])['blendShapeGroups'], 4 * EXPRESSIONS_MAX).flatMap(
        (group) => {
          const presetName = String(group['presetName']).toLowerCase()
          return Object.values(EXPRESSIONS).includes(presetName) ? [{ presetName, ...expression0(group, json) }] : []
        },
      ),
    },
    secondaryAnimation: springsOfVrm0(objectOf(data['secondaryAnimation']), json),
    materialProperties: propertiesOfVrm0(data['materialProperties'], json),
  }
}

function expression0(group: JsonObject, json: GltfJson): JsonObject {
  return {
    isBinary: flag(group['isBinary']),
    binds: listOf(group['binds'], BINDS_MAX).flatMap((bind) => {
      const mesh = indexOf(bind['mesh'], json.meshes)
      const index = morphTarget(bind['index'], mesh ?? undefined, json)
      return index === null ? [] : [{ mesh, index, weight: number(bind['weight'], 0, 100, 100) }]
    }),
    materialValues: listOf(group['materialValues'], BINDS_MAX).flatMap(
      ({ materialName, propertyName, targetValue }) => {
        const value = vector(targetValue, 4, COLOR_MAX)
        return typeof materialName !== 'string' || typeof propertyName !== 'string' || !value
          ? []
          : [{ materialName, propertyName, targetValue: propertyName === '_MainTex_ST' ? value : decoded(value) }]
      },
    ),
  }
}

/** A linear colour. Those of VRM 0 are encoded; three-vrm decodes those of its materials, but not those of its expressions. */
const decoded = ([red = 0, green = 0, blue = 0, alpha = 1]: readonly number[]): number[] => [
  ...[red, green, blue].map((part) => Math.min(Math.max(part, 0) ** VRM0_GAMMA, COLOR_MAX)),
  alpha,
]

function constraint(data: unknown, json: GltfJson): JsonObject | undefined {
  const { specVersion, constraint: kinds } = objectOf(data)
  for (const kind of ['roll', 'aim', 'rotation'] as const) {
    const value = objectOf(objectOf(kinds)[kind])
    const source = indexOf(value['source'], json.nodes)
    if (source === null) continue
    const own = {
      source,
      weight: number(value['weight'], 0, 1, 1),
      rollAxis: oneOf(value['rollAxis'], ['X', 'Y', 'Z']),
      aimAxis: oneOf(value['aimAxis'], ['PositiveX', 'NegativeX', 'PositiveY', 'NegativeY', 'PositiveZ', 'NegativeZ']),
    }
    return { specVersion, constraint: { [kind]: own } }
  }
  return undefined
}
