/**
 * Published names of skeletons: which node is which humanoid bone (VRM 1.0's names). A name counts only as it is
 * written here, with the convention's own prefix, or as Godot or three.js rewrites it (spelling.ts).
 *
 * Sources of the names:
 * - Mixamo, Ready Player Me, VRoid Studio, Unreal Engine, 3ds Max Biped (Bip01, Microsoft Rocketbox), Rigify's metarig
 *   and the armature of the VRM add-on: the tables of VRM Add-on for Blender (common/human_bone_mapper/*.py).
 * - Rigify's deforming bones: `DEF-` before the metarig's names, as Rigify generates them (rigify/utils/naming.py).
 * - Quaternius, Universal Animation Library: its bones as listed for Godot's BoneMap. Quaternius, earlier characters:
 *   the joints of its glTF packs, and of three.js's example RobotExpressive.
 * - KayKit: the joints of KayKit Character Pack: Adventurers, Knight.glb.
 * - Godot: SkeletonProfileHumanoid in Godot's class reference.
 * - Daz Genesis 1 to 9: target_rigs/genesis3.trg of MakeWalk, and the table for Unreal of the DAZ Importer for Blender.
 */
import { FINGERS, fingerBones } from '../bones.ts'

export interface Convention {
  /** For the report. */
  readonly name: string
  /** Pattern of a prefix. All names of a file have the same prefix. */
  readonly prefix: RegExp | null
  /** Names of the node by bone, in the order of preference. */
  readonly names: ReadonlyMap<string, readonly string[]>
}

type Trunk = Readonly<Partial<Record<'hips' | 'spine' | 'chest' | 'upperChest' | 'neck' | 'head' | 'jaw', string>>>
type Limb = 'Shoulder' | 'UpperArm' | 'LowerArm' | 'Hand' | 'UpperLeg' | 'LowerLeg' | 'Foot' | 'Toes' | 'Eye'

interface Table {
  readonly prefix?: RegExp
  readonly trunk: Trunk
  /** `*` is the side; `|` separates names of which a rig has one. */
  readonly limbs: Readonly<Partial<Record<Limb, string>>>
  /** Replacements of `*` on the left and on the right side. */
  readonly sides: readonly [left: string, right: string]
  /** Name of a finger's segment. `finger`: 0 is the thumb; `segment`: 1 is the nearest to the hand. */
  readonly finger?: (finger: number, segment: number) => string
}

const PINKY = ['Thumb', 'Index', 'Middle', 'Ring', 'Pinky'] as const

function convention(name: string, { prefix, trunk, limbs, sides, finger }: Table): Convention {
  const names = new Map<string, readonly string[]>(Object.entries(trunk).map(([bone, node]) => [bone, [node]]))
  for (const [i, side] of (['left', 'right'] as const).entries()) {
    const onSide = (pattern: string): readonly string[] => pattern.replaceAll('*', sides[i] ?? '').split('|')
    for (const [limb, pattern] of Object.entries(limbs)) names.set(`${side}${limb}`, onSide(pattern))
    if (finger)
      for (const [f, which] of FINGERS.entries())
        for (const [segment, bone] of fingerBones(side, which).entries())
          names.set(bone, onSide(finger(f, segment + 1)))
  }
  return { name, prefix: prefix ?? null, names }
}

/** Names of Mixamo's bones. Ready Player Me uses the same, without the prefix. */
const MIXAMO: Table = {
  sides: ['Left', 'Right'],
  trunk: { hips: 'Hips', spine: 'Spine', chest: 'Spine1', upperChest: 'Spine2', neck: 'Neck', head: 'Head' },
  limbs: {
    Shoulder: '*Shoulder',
    UpperArm: '*Arm',
    LowerArm: '*ForeArm',
    Hand: '*Hand',
    UpperLeg: '*UpLeg',
    LowerLeg: '*Leg',
    Foot: '*Foot',
    Toes: '*ToeBase',
    Eye: '*Eye',
  },
  finger: (finger, segment) => `*Hand${PINKY[finger]}${segment}`,
}

const rigifyLimbs = (before: string): Table['limbs'] => ({
  Shoulder: `${before}shoulder.*`,
  UpperArm: `${before}upper_arm.*`,
  LowerArm: `${before}forearm.*`,
  Hand: `${before}hand.*`,
  UpperLeg: `${before}thigh.*`,
  LowerLeg: `${before}shin.*`,
  Foot: `${before}foot.*`,
  Toes: `${before}toe.*`,
  Eye: `${before}eye.*`,
})

const rigifyFinger =
  (before: string) =>
  (finger: number, segment: number): string =>
    `${before}${finger === 0 ? '' : 'f_'}${PINKY[finger]?.toLowerCase()}.0${segment}.*`

const rigify = (before: string): Table => ({
  sides: ['L', 'R'],
  trunk: {
    hips: `${before}spine`,
    spine: `${before}spine.001`,
    chest: `${before}spine.002`,
    upperChest: `${before}spine.003`,
    neck: `${before}spine.004`,
    head: `${before}spine.006`,
  },
  limbs: rigifyLimbs(before),
  finger: rigifyFinger(before),
})

/** Legs, arms and fingers of Daz Genesis up to 8; `arm` and `leg` are the ends of upper arms, lower arms and thighs. */
const genesis = (trunk: Trunk, arm: string, forearm: string, thigh: string): Table => ({
  sides: ['l', 'r'],
  trunk,
  limbs: {
    Shoulder: '*Collar',
    UpperArm: arm,
    LowerArm: forearm,
    Hand: '*Hand',
    UpperLeg: thigh,
    LowerLeg: '*Shin',
    Foot: '*Foot',
    Toes: '*Toe',
    Eye: '*Eye',
  },
  finger: (finger, segment) => `*${['Thumb', 'Index', 'Mid', 'Ring', 'Pinky'][finger]}${segment}`,
})

const capital = (bone: string): string => `${bone.charAt(0).toUpperCase()}${bone.slice(1)}`
const PLAIN_TRUNK = ['hips', 'spine', 'chest', 'upperChest', 'neck', 'head'] as const

/** All conventions. No two have the same required names. */
export const CONVENTIONS: readonly Convention[] = [
  convention('Mixamo', { ...MIXAMO, prefix: /^mixamorig\d*[:_]?/ }),
  convention('Ready Player Me, or Mixamo without its prefix', MIXAMO),
  convention('VRoid Studio', {
    sides: ['L', 'R'],
    trunk: Object.fromEntries(PLAIN_TRUNK.map((bone) => [bone, `J_Bip_C_${capital(bone)}`])),
    limbs: {
      Shoulder: 'J_Bip_*_Shoulder',
      UpperArm: 'J_Bip_*_UpperArm',
      LowerArm: 'J_Bip_*_LowerArm',
      Hand: 'J_Bip_*_Hand',
      UpperLeg: 'J_Bip_*_UpperLeg',
      LowerLeg: 'J_Bip_*_LowerLeg',
      Foot: 'J_Bip_*_Foot',
      Toes: 'J_Bip_*_ToeBase',
      Eye: 'J_Adj_*_FaceEye',
    },
    finger: (finger, segment) => `J_Bip_*_${FINGERS[finger]}${segment}`,
  }),
  convention('Unreal Engine mannequin', {
    sides: ['l', 'r'],
    trunk: {
      hips: 'pelvis',
      spine: 'spine_01',
      chest: 'spine_02',
      upperChest: 'spine_03',
      neck: 'neck_01',
      head: 'head',
    },
    limbs: {
      Shoulder: 'clavicle_*',
      UpperArm: 'upperarm_*',
      LowerArm: 'lowerarm_*',
      Hand: 'hand_*',
      UpperLeg: 'thigh_*',
      LowerLeg: 'calf_*',
      Foot: 'foot_*',
      Toes: 'ball_*',
    },
    finger: (finger, segment) => `${PINKY[finger]?.toLowerCase()}_0${segment}_*`,
  }),
  convention('Rigify', rigify('DEF-')),
  convention('Rigify metarig', rigify('')),
  convention('VRM add-on for Blender', {
    sides: ['L', 'R'],
    trunk: { hips: 'hips', spine: 'spine', chest: 'chest', upperChest: 'upper_chest', neck: 'neck', head: 'head' },
    limbs: {
      Shoulder: 'shoulder.*',
      UpperArm: 'upper_arm.*',
      LowerArm: 'lower_arm.*',
      Hand: 'hand.*',
      UpperLeg: 'upper_leg.*',
      LowerLeg: 'lower_leg.*',
      Foot: 'foot.*',
      Toes: 'toes.*',
      Eye: 'eye.*',
    },
    finger: (finger, segment) => {
      const part = finger === 0 ? ['metacarpal', 'proximal', 'distal'] : ['proximal', 'intermediate', 'distal']
      return ['_', '.'].map((mark) => `${FINGERS[finger]?.toLowerCase()}${mark}${part[segment - 1]}.*`).join('|')
    },
  }),
  convention('Quaternius, Universal Animation Library', {
    sides: ['L', 'R'],
    trunk: {
      hips: 'DEF-hips',
      spine: 'DEF-spine.001',
      chest: 'DEF-spine.002',
      upperChest: 'DEF-spine.003',
      neck: 'DEF-neck',
      head: 'DEF-head',
    },
    limbs: rigifyLimbs('DEF-'),
    finger: rigifyFinger('DEF-'),
  }),
  convention('Quaternius', {
    sides: ['L', 'R'],
    trunk: { hips: 'Hips', spine: 'Abdomen', chest: 'Torso', neck: 'Neck', head: 'Head' },
    limbs: {
      Shoulder: 'Shoulder.*',
      UpperArm: 'UpperArm.*',
      LowerArm: 'LowerArm.*',
      Hand: 'Wrist.*|Palm.*|Palm2.*|Fist.*',
      UpperLeg: 'UpperLeg.*',
      LowerLeg: 'LowerLeg.*',
      Foot: 'Foot.*',
    },
  }),
  convention('KayKit', {
    sides: ['l', 'r'],
    trunk: { hips: 'hips', spine: 'spine', chest: 'chest', head: 'head' },
    limbs: {
      UpperArm: 'upperarm.*',
      LowerArm: 'lowerarm.*',
      Hand: 'wrist.*',
      UpperLeg: 'upperleg.*',
      LowerLeg: 'lowerleg.*',
      Foot: 'foot.*',
      Toes: 'toes.*',
    },
  }),
  convention('Godot SkeletonProfileHumanoid', {
    sides: ['Left', 'Right'],
    trunk: { ...Object.fromEntries(PLAIN_TRUNK.map((bone) => [bone, capital(bone)])), jaw: 'Jaw' },
    limbs: Object.fromEntries(
      (
        ['Shoulder', 'UpperArm', 'LowerArm', 'Hand', 'UpperLeg', 'LowerLeg', 'Foot', 'Toes', 'Eye'] satisfies Limb[]
      ).map((limb) => [limb, `*${limb}`]),
    ),
    finger: (finger, segment) =>
      capital(fingerBones('left', FINGERS[finger] ?? 'Thumb')[segment - 1] ?? '').replace('Left', '*'),
  }),
  convention('3ds Max Biped', {
    prefix: /^Bip\d+[ _]/,
    sides: ['L', 'R'],
    trunk: { hips: 'Pelvis', spine: 'Spine', chest: 'Spine1', upperChest: 'Spine2', neck: 'Neck', head: 'Head' },
    limbs: {
      Shoulder: '* Clavicle',
      UpperArm: '* UpperArm',
      LowerArm: '* Forearm',
      Hand: '* Hand',
      UpperLeg: '* Thigh',
      LowerLeg: '* Calf',
      Foot: '* Foot',
      Toes: '* Toe0',
    },
    finger: (finger, segment) => `* Finger${finger}${segment === 1 ? '' : segment - 1}`,
  }),
  convention(
    'Daz Genesis 3 and 8',
    genesis(
      {
        hips: 'hip',
        spine: 'abdomenLower',
        chest: 'chestLower',
        upperChest: 'chestUpper',
        neck: 'neckLower',
        head: 'head',
      },
      '*ShldrBend',
      '*ForearmBend',
      '*ThighBend',
    ),
  ),
  convention(
    'Daz Genesis 1 and 2',
    genesis(
      { hips: 'hip', spine: 'abdomen', chest: 'chest', neck: 'neck', head: 'head' },
      '*Shldr',
      '*ForeArm',
      '*Thigh',
    ),
  ),
  convention('Daz Genesis 9', {
    sides: ['l', 'r'],
    trunk: { hips: 'hip', spine: 'spine1', chest: 'spine3', upperChest: 'spine4', neck: 'neck1', head: 'head' },
    limbs: {
      Shoulder: '*_shoulder',
      UpperArm: '*_upperarm',
      LowerArm: '*_forearm',
      Hand: '*_hand',
      UpperLeg: '*_thigh',
      LowerLeg: '*_shin',
      Foot: '*_foot',
      Toes: '*_toes',
      Eye: '*_eye',
    },
    finger: (finger, segment) => `*_${['thumb', 'index', 'mid', 'ring', 'pinky'][finger]}${segment}`,
  }),
]
