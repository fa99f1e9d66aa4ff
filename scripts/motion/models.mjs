// The models that clips are taken from: which node is which humanoid bone, and which of their animations are used.

/** Clips are sampled at this rate; players interpolate between the samples. */
export const RATE_HZ = 30

/** As in sim/types.ts. */
export const BONES = [
  'hips', 'spine', 'chest', 'upperChest', 'neck', 'head',
  'leftUpperArm', 'leftLowerArm', 'leftHand', 'rightUpperArm', 'rightLowerArm', 'rightHand',
  'leftUpperLeg', 'leftLowerLeg', 'leftFoot', 'rightUpperLeg', 'rightLowerLeg', 'rightFoot',
]

const walk = (from) => ({ kind: 'walk', from })
const run = (from) => ({ kind: 'run', from })
const idle = (from) => ({ kind: 'idle', from })
const act = (from) => ({ kind: 'act', from })

/** File name → its map. `space`: the node whose space the skin is bound in. Clip kinds: fixtures/motion/README.md. */
export const MODELS = {
  'KayKit_Knight.glb': {
    source: 'KayKit Character Pack Adventurers 1.0, Knight',
    licence: 'CC0-1.0',
    attribution: 'Kay Lousberg, www.kaylousberg.com',
    space: 'Rig',
    bones: {
      hips: 'hips', spine: 'spine', chest: 'chest', head: 'head',
      leftUpperArm: 'upperarm.l', leftLowerArm: 'lowerarm.l', leftHand: 'hand.l',
      rightUpperArm: 'upperarm.r', rightLowerArm: 'lowerarm.r', rightHand: 'hand.r',
      leftUpperLeg: 'upperleg.l', leftLowerLeg: 'lowerleg.l', leftFoot: 'foot.l',
      rightUpperLeg: 'upperleg.r', rightLowerLeg: 'lowerleg.r', rightFoot: 'foot.r',
    },
    clips: {
      'walk-a': walk('Walking_A'), 'walk-b': walk('Walking_B'), 'walk-c': walk('Walking_C'),
      'run-a': run('Running_A'), 'run-b': run('Running_B'),
      'idle': idle('Idle'), 'idle-unarmed': idle('Unarmed_Idle'),
      'cheer': act('Cheer'), 'interact': act('Interact'), 'pick-up': act('PickUp'), 'throw': act('Throw'), 'use-item': act('Use_Item'),
      'chop': act('1H_Melee_Attack_Chop'), 'slice': act('1H_Melee_Attack_Slice_Diagonal'), 'spin': act('2H_Melee_Attack_Spin'),
      'punch': act('Unarmed_Melee_Attack_Punch_A'), 'kick': act('Unarmed_Melee_Attack_Kick'), 'block': act('Block'),
      'raise': act('Spellcast_Raise'), 'cast': act('Spellcast_Long'), 'hit': act('Hit_A'),
    },
  },
  'CesiumMan.glb': {
    source: 'Cesium Man, Khronos glTF sample models',
    licence: 'CC-BY-4.0',
    attribution: '(c) 2017 Cesium',
    space: 'Armature',
    bones: {
      hips: 'Skeleton_torso_joint_1', spine: 'Skeleton_torso_joint_2', chest: 'torso_joint_3', neck: 'Skeleton_neck_joint_1', head: 'Skeleton_neck_joint_2',
      leftUpperArm: 'Skeleton_arm_joint_L__4_', leftLowerArm: 'Skeleton_arm_joint_L__3_', leftHand: 'Skeleton_arm_joint_L__2_',
      rightUpperArm: 'Skeleton_arm_joint_R', rightLowerArm: 'Skeleton_arm_joint_R__2_', rightHand: 'Skeleton_arm_joint_R__3_',
      leftUpperLeg: 'leg_joint_L_1', leftLowerLeg: 'leg_joint_L_2', leftFoot: 'leg_joint_L_3',
      rightUpperLeg: 'leg_joint_R_1', rightLowerLeg: 'leg_joint_R_2', rightFoot: 'leg_joint_R_3',
    },
    clips: { walk: walk('') },
  },
  'RiggedFigure.glb': {
    source: 'Rigged Figure, Khronos glTF sample models',
    licence: 'CC-BY-4.0',
    attribution: '(c) 2017 Cesium',
    space: 'Armature',
    bones: {
      hips: 'torso_joint_1', spine: 'torso_joint_2', chest: 'torso_joint_3', neck: 'neck_joint_1', head: 'neck_joint_2',
      leftUpperArm: 'arm_joint_L_1', leftLowerArm: 'arm_joint_L_2', leftHand: 'arm_joint_L_3',
      rightUpperArm: 'arm_joint_R_1', rightLowerArm: 'arm_joint_R_2', rightHand: 'arm_joint_R_3',
      leftUpperLeg: 'leg_joint_L_1', leftLowerLeg: 'leg_joint_L_2', leftFoot: 'leg_joint_L_3',
      rightUpperLeg: 'leg_joint_R_1', rightLowerLeg: 'leg_joint_R_2', rightFoot: 'leg_joint_R_3',
    },
    clips: { 'raise-arms': act('') },
  },
}
