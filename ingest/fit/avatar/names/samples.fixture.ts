/** One sample of each convention, with names written out here and not taken from the tables. */
import type { RigSample } from './rig.fixture.ts'
import { FINGERS, fingerBones } from '../bones.ts'

type Extra = RigSample['extra'][number]

interface Spec extends Partial<Omit<RigSample, 'names' | 'below'>> {
  /** Names of hips, spine, chest, upperChest, neck, head; empty where the convention has none. */
  readonly trunk: readonly string[]
  /** Names on the left: shoulder, upper and lower arm, hand, upper and lower leg, foot, toes, eye; empty: none. */
  readonly left: readonly string[]
  /** The part of a left name that is another one on the right. */
  readonly mirror: readonly [left: RegExp, right: string]
  /** Names of the fingers on the left, thumb first; `#` is the segment, or `|` separates the three. */
  readonly fingers?: readonly string[]
  readonly segments?: readonly string[]
  readonly below?: Readonly<Record<string, string | null>>
}

const TRUNK = ['hips', 'spine', 'chest', 'upperChest', 'neck', 'head']
const LEFT = ['Shoulder', 'UpperArm', 'LowerArm', 'Hand', 'UpperLeg', 'LowerLeg', 'Foot', 'Toes', 'Eye']

function sample(convention: string, spec: Spec): RigSample {
  const { trunk, left, mirror, fingers = [], segments = ['1', '2', '3'], below = {}, extra = [], ...rest } = spec
  const names = new Map<string, string>()
  const put = (bone: string, name: string | undefined): void => void (name && names.set(bone, name))
  TRUNK.forEach((bone, i) => put(bone, trunk[i]))
  for (const side of ['left', 'right'] as const) {
    const own = (name: string | undefined): string | undefined =>
      side === 'left' ? name : name?.replace(mirror[0], mirror[1])
    LEFT.forEach((limb, i) => put(`${side}${limb}`, own(left[i])))
    fingers.forEach((finger, f) =>
      fingerBones(side, FINGERS[f] ?? 'Thumb').forEach((bone, i) =>
        put(
          bone,
          own((finger.includes('|') ? finger.split('|')[i] : undefined) ?? finger.replace('#', segments[i] ?? '')),
        ),
      ),
    )
  }
  return {
    convention,
    names,
    pose: 'T',
    axis: 'y',
    unit: 1,
    zUp: false,
    below: new Map(Object.entries(below)),
    extra,
    ...rest,
  }
}

const MIXAMO = {
  trunk: ['Hips', 'Spine', 'Spine1', 'Spine2', 'Neck', 'Head'],
  left: [
    'LeftShoulder',
    'LeftArm',
    'LeftForeArm',
    'LeftHand',
    'LeftUpLeg',
    'LeftLeg',
    'LeftFoot',
    'LeftToeBase',
    'LeftEye',
  ],
  fingers: ['LeftHandThumb#', 'LeftHandIndex#', 'LeftHandMiddle#', 'LeftHandRing#', 'LeftHandPinky#'],
}
const mixamo = (name: string): string => `mixamorig:${name}`

const BLENDER: Spec['mirror'] = [/\.L$/, '.R']
const SMALL: Spec['mirror'] = [/_l$/, '_r']
const FIRST: Spec['mirror'] = [/^l/, 'r']
const RIGIFY_LEFT = ['shoulder', 'upper_arm', 'forearm', 'hand', 'thigh', 'shin', 'foot', 'toe'].map((b) => `${b}.L`)
const RIGIFY_FINGERS = ['thumb', 'f_index', 'f_middle', 'f_ring', 'f_pinky'].map((finger) => `${finger}.0#.L`)
const def = (name: string): string => `DEF-${name}`
/** Bones below `below` on both sides. */
const pair = (left: string, mirror: Spec['mirror'], below: string | null, at: string, skins?: string): Extra[] =>
  (['left', 'right'] as const).map((side) => {
    const own = (name: string): string => (side === 'left' ? name : name.replace(mirror[0], mirror[1]))
    return {
      name: own(left),
      below: below === null ? null : own(below),
      at: `${side}${at}`,
      ...(skins === undefined ? {} : { skins: `${side}${skins}` }),
    }
  })
/** Both sides of a table of parents. */
const sides = (table: Readonly<Record<string, string | null>>, mirror: Spec['mirror']): Record<string, string | null> =>
  Object.fromEntries(
    Object.entries(table).flatMap(([name, below]) => [
      [name, below],
      [name.replace(mirror[0], mirror[1]), below === null ? null : below.replace(mirror[0], mirror[1])],
    ]),
  )

const QUATERNIUS_LEFT = ['Shoulder', 'UpperArm', 'LowerArm', 'Palm', 'UpperLeg', 'LowerLeg', 'Foot'].map(
  (b) => `${b}.L`,
)
const BIP = (name: string): string => `Bip01 ${name}`
const BIPED: Spec['mirror'] = [/ L /, ' R ']

export const SAMPLES: readonly RigSample[] = [
  sample('Mixamo ("mixamorig:")', {
    trunk: MIXAMO.trunk.map(mixamo),
    left: MIXAMO.left.slice(0, 8).map(mixamo),
    fingers: MIXAMO.fingers.map(mixamo),
    mirror: [/Left/, 'Right'],
    unit: 0.01,
  }),
  sample('Ready Player Me, or Mixamo without its prefix', { ...MIXAMO, mirror: [/Left/, 'Right'], pose: 'A' }),
  sample('VRoid Studio', {
    trunk: ['Hips', 'Spine', 'Chest', 'UpperChest', 'Neck', 'Head'].map((bone) => `J_Bip_C_${bone}`),
    left: [
      ...['Shoulder', 'UpperArm', 'LowerArm', 'Hand', 'UpperLeg', 'LowerLeg', 'Foot', 'ToeBase'].map(
        (b) => `J_Bip_L_${b}`,
      ),
      'J_Adj_L_FaceEye',
    ],
    fingers: ['Thumb', 'Index', 'Middle', 'Ring', 'Little'].map((finger) => `J_Bip_L_${finger}#`),
    mirror: [/_L_/, '_R_'],
    axis: 'world',
  }),
  sample('Unreal Engine mannequin', {
    trunk: ['pelvis', 'spine_01', 'spine_02', 'spine_03', 'neck_01', 'head'],
    left: ['clavicle_l', 'upperarm_l', 'lowerarm_l', 'hand_l', 'thigh_l', 'calf_l', 'foot_l', 'ball_l'],
    fingers: ['thumb_0#_l', 'index_0#_l', 'middle_0#_l', 'ring_0#_l', 'pinky_0#_l'],
    mirror: SMALL,
    pose: 'A',
    axis: 'x',
    unit: 0.01,
    zUp: true,
    // As in UE5: more bones of spine and neck, metacarpals, and controls at the root.
    extra: [
      { name: 'root', below: null },
      { name: 'ik_foot_root', below: 'root' },
      { name: 'ik_foot_l', below: 'ik_foot_root', at: 'leftFoot' },
      { name: 'ik_hand_root', below: 'root' },
      { name: 'ik_hand_gun', below: 'ik_hand_root', at: 'rightHand' },
      { name: 'spine_04', below: 'spine_03', at: 'upperChest' },
      { name: 'spine_05', below: 'spine_04', at: 'upperChest' },
      { name: 'neck_02', below: 'neck_01', at: 'neck' },
      ...pair('index_metacarpal_l', SMALL, 'hand_l', 'Hand'),
      ...pair('upperarm_twist_01_l', SMALL, 'upperarm_l', 'UpperArm'),
    ],
    below: {
      pelvis: 'root',
      neck_01: 'spine_05',
      head: 'neck_02',
      ...sides({ clavicle_l: 'spine_05', index_01_l: 'index_metacarpal_l' }, SMALL),
    },
  }),
  // The deforming bones only, as Blender exports them: Rigify's limbs hang from bones that are left out.
  sample('Rigify', {
    trunk: ['spine', 'spine.001', 'spine.002', 'spine.003', 'spine.004', 'spine.006'].map(def),
    left: RIGIFY_LEFT.map(def),
    fingers: RIGIFY_FINGERS.map(def),
    mirror: BLENDER,
    pose: 'A',
    extra: [
      { name: 'DEF-spine.005', below: 'DEF-spine.004', at: 'neck' },
      ...pair('DEF-upper_arm.L.001', [/\.L/, '.R'], 'DEF-upper_arm.L', 'UpperArm'),
      ...pair('DEF-pelvis.L', BLENDER, null, 'UpperLeg'),
      ...pair('DEF-breast.L', BLENDER, null, 'Shoulder', 'Shoulder'),
    ],
    below: {
      'DEF-spine.006': 'DEF-spine.005',
      ...sides({ 'DEF-shoulder.L': null, 'DEF-upper_arm.L': null, 'DEF-thigh.L': null }, BLENDER),
      ...sides({ 'DEF-forearm.L': 'DEF-upper_arm.L.001' }, [/\.L/, '.R']),
    },
  }),
  sample('Rigify metarig', {
    trunk: ['spine', 'spine.001', 'spine.002', 'spine.003', 'spine.004', 'spine.006'],
    left: [...RIGIFY_LEFT, 'eye.L'],
    fingers: RIGIFY_FINGERS,
    mirror: BLENDER,
    extra: [{ name: 'spine.005', below: 'spine.004', at: 'neck' }],
    below: { 'spine.006': 'spine.005' },
  }),
  sample('VRM add-on for Blender', {
    trunk: ['hips', 'spine', 'chest', 'upper_chest', 'neck', 'head'],
    left: ['shoulder', 'upper_arm', 'lower_arm', 'hand', 'upper_leg', 'lower_leg', 'foot', 'toes', 'eye'].map(
      (b) => `${b}.L`,
    ),
    fingers: ['thumb_metacarpal.L|thumb_proximal.L|thumb_distal.L', 'index_#.L', 'middle_#.L'],
    segments: ['proximal', 'intermediate', 'distal'],
    mirror: BLENDER,
    extra: [{ name: 'root', below: null }],
    below: { hips: 'root' },
  }),
  sample('Quaternius, Universal Animation Library', {
    trunk: ['hips', 'spine.001', 'spine.002', 'spine.003', 'neck', 'head'].map(def),
    left: RIGIFY_LEFT.map(def),
    fingers: RIGIFY_FINGERS.map(def),
    mirror: BLENDER,
    pose: 'A',
    extra: [{ name: 'root', below: null }],
    below: { 'DEF-hips': 'root' },
  }),
  // Feet are targets of inverse kinematics at the root, and torso and hips hang from a control.
  sample('Quaternius', {
    trunk: ['Hips', 'Abdomen', 'Torso', '', 'Neck', 'Head'],
    left: QUATERNIUS_LEFT,
    mirror: BLENDER,
    extra: [
      { name: 'Bone', below: null },
      { name: 'Body', below: 'Bone', at: 'hips', skins: 'hips' },
      ...pair('PoleTarget.L', BLENDER, 'Bone', 'LowerLeg'),
    ],
    below: { Hips: 'Body', Abdomen: 'Body', 'Foot.L': 'Bone', 'Foot.R': 'Bone' },
  }),
  sample('KayKit', {
    trunk: ['hips', 'spine', 'chest', '', '', 'head'],
    left: ['', 'upperarm', 'lowerarm', 'wrist', 'upperleg', 'lowerleg', 'foot', 'toes'].map((b) => b && `${b}.l`),
    mirror: [/\.l$/, '.r'],
    extra: [
      { name: 'root', below: null },
      { name: 'handIK.l', below: 'root', at: 'leftHand' },
      { name: 'control-toe-roll.l', below: 'root', at: 'leftToes' },
      { name: 'IK-foot.l', below: 'control-toe-roll.l', at: 'leftFoot' },
    ],
    below: { hips: 'root' },
  }),
  sample('Godot SkeletonProfileHumanoid', {
    trunk: ['Hips', 'Spine', 'Chest', 'UpperChest', 'Neck', 'Head'],
    left: [
      'LeftShoulder',
      'LeftUpperArm',
      'LeftLowerArm',
      'LeftHand',
      'LeftUpperLeg',
      'LeftLowerLeg',
      'LeftFoot',
      'LeftToes',
      'LeftEye',
    ],
    fingers: [
      'LeftThumbMetacarpal|LeftThumbProximal|LeftThumbDistal',
      'LeftIndex#',
      'LeftMiddle#',
      'LeftRing#',
      'LeftLittle#',
    ],
    segments: ['Proximal', 'Intermediate', 'Distal'],
    mirror: [/Left/, 'Right'],
    extra: [{ name: 'Root', below: null }],
    below: { Hips: 'Root' },
  }),
  // Biped hangs the arms from the neck and the legs from the spine.
  sample('3ds Max Biped ("Bip01 ")', {
    trunk: ['Pelvis', 'Spine', 'Spine1', 'Spine2', 'Neck', 'Head'].map(BIP),
    left: ['Clavicle', 'UpperArm', 'Forearm', 'Hand', 'Thigh', 'Calf', 'Foot', 'Toe0'].map((b) => BIP(`L ${b}`)),
    fingers: [0, 1, 2, 3, 4].map((finger) => BIP(`L Finger${finger}#`)),
    segments: ['', '1', '2'],
    mirror: BIPED,
    pose: 'A',
    axis: 'x',
    unit: 0.01,
    zUp: true,
    extra: [{ name: 'Bip01', below: null, at: 'hips' }],
    below: {
      'Bip01 Pelvis': 'Bip01',
      ...sides({ 'Bip01 L Clavicle': 'Bip01 Neck', 'Bip01 L Thigh': 'Bip01 Spine' }, BIPED),
    },
  }),
  sample('Daz Genesis 3 and 8', {
    trunk: ['hip', 'abdomenLower', 'chestLower', 'chestUpper', 'neckLower', 'head'],
    left: ['Collar', 'ShldrBend', 'ForearmBend', 'Hand', 'ThighBend', 'Shin', 'Foot', 'Toe', 'Eye'].map((b) => `l${b}`),
    fingers: ['lThumb#', 'lIndex#', 'lMid#', 'lRing#', 'lPinky#'],
    mirror: FIRST,
    axis: 'x',
    unit: 0.01,
    pose: 'A',
    extra: [
      { name: 'Genesis8Female', below: null },
      { name: 'pelvis', below: 'hip', at: 'hips', skins: 'hips' },
      { name: 'abdomenUpper', below: 'abdomenLower', at: 'spine' },
      { name: 'neckUpper', below: 'neckLower', at: 'neck' },
      ...pair('lShldrTwist', FIRST, 'lShldrBend', 'UpperArm', 'UpperArm'),
      ...pair('lForearmTwist', FIRST, 'lForearmBend', 'LowerArm'),
      ...pair('lThighTwist', FIRST, 'lThighBend', 'UpperLeg'),
    ],
    below: {
      hip: 'Genesis8Female',
      chestLower: 'abdomenUpper',
      head: 'neckUpper',
      ...sides(
        { lForearmBend: 'lShldrTwist', lHand: 'lForearmTwist', lThighBend: 'pelvis', lShin: 'lThighTwist' },
        FIRST,
      ),
    },
  }),
  sample('Daz Genesis 1 and 2', {
    trunk: ['hip', 'abdomen', 'chest', '', 'neck', 'head'],
    left: ['Collar', 'Shldr', 'ForeArm', 'Hand', 'Thigh', 'Shin', 'Foot', 'Toe', 'Eye'].map((b) => `l${b}`),
    fingers: ['lThumb#', 'lIndex#', 'lMid#', 'lRing#', 'lPinky#'],
    mirror: FIRST,
    extra: [
      { name: 'pelvis', below: 'hip', at: 'hips' },
      { name: 'abdomen2', below: 'abdomen', at: 'chest' },
    ],
    below: { chest: 'abdomen2', lThigh: 'pelvis', rThigh: 'pelvis' },
  }),
  sample('Daz Genesis 9', {
    trunk: ['hip', 'spine1', 'spine3', 'spine4', 'neck1', 'head'],
    left: ['shoulder', 'upperarm', 'forearm', 'hand', 'thigh', 'shin', 'foot', 'toes', 'eye'].map((b) => `l_${b}`),
    fingers: ['l_thumb#', 'l_index#', 'l_mid#', 'l_ring#', 'l_pinky#'],
    mirror: FIRST,
    pose: 'A',
    unit: 0.01,
    extra: [
      { name: 'pelvis', below: 'hip', at: 'hips' },
      { name: 'spine2', below: 'spine1', at: 'spine' },
      { name: 'neck2', below: 'neck1', at: 'neck' },
    ],
    below: { spine3: 'spine2', head: 'neck2', l_thigh: 'pelvis', r_thigh: 'pelvis' },
  }),
]
