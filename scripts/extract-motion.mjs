// Turns the animation clips of a skinned model into a compact clip file that fits any avatar body.
//   node scripts/extract-motion.mjs MODEL.glb fixtures/motion/NAME.json
// fixtures/motion/README.md describes the file format; scripts/motion/models.mjs has the models and their node-to-bone
// maps. Each humanoid bone's rotation is its change from the model's bind pose in world space, expressed in our rest
// body, as VRM 1.0 does for normalised humanoids:
// https://github.com/vrm-c/vrm-specification/blob/master/specification/VRMC_vrm_animation-1.0/how_to_transform_human_pose.md
import { basename } from 'node:path'
import { writeFileSync } from 'node:fs'
import { NodeIO } from '@gltf-transform/core'
import { Matrix4, Quaternion, Vector3 } from 'three'
import { BONES, MODELS, RATE_HZ } from './motion/models.mjs'
import { applyAnimation, durationOf } from './motion/sample.mjs'
import { readOptions } from './options.mjs'

/** Models look along +Z (glTF), our bodies along -Z. */
const TURN = new Quaternion(0, 1, 0, 0)
/** The bone that a limb points to, and its direction in our rest body, which is in a T-pose. */
const LIMBS = {
  leftUpperArm: ['leftLowerArm', [-1, 0, 0]],
  leftLowerArm: ['leftHand', [-1, 0, 0]],
  rightUpperArm: ['rightLowerArm', [1, 0, 0]],
  rightLowerArm: ['rightHand', [1, 0, 0]],
  leftUpperLeg: ['leftLowerLeg', [0, -1, 0]],
  leftLowerLeg: ['leftFoot', [0, -1, 0]],
  rightUpperLeg: ['rightLowerLeg', [0, -1, 0]],
  rightLowerLeg: ['rightFoot', [0, -1, 0]],
}
/** A hand continues its arm: it is bent in the bind pose as the arm is. */
const CONTINUES = { leftHand: 'leftLowerArm', rightHand: 'rightLowerArm' }
const PARENTS = [-1, 0, 1, 2, 3, 4, 3, 6, 7, 3, 9, 10, 0, 12, 13, 0, 15, 16]

const turned = (q) => TURN.clone().multiply(q).multiply(TURN.clone().invert())
const position = (m) => new Vector3().setFromMatrixPosition(m).applyQuaternion(TURN)
const rotation = (m) => new Quaternion().setFromRotationMatrix(new Matrix4().extractRotation(m))
const world = (node) => new Matrix4().fromArray(node.getWorldMatrix())

/** Bone name → {node, bind: world matrix in the bind pose}. A joint that the model lacks is an error in the map. */
function bind(document, model) {
  const skin = document.getRoot().listSkins()[0]
  const space = document
    .getRoot()
    .listNodes()
    .find((node) => node.getName() === model.space)
  if (!skin || !space) throw new Error(`the model has no skin or no node "${model.space}"`)
  const joints = skin.listJoints()
  const inverse = skin.getInverseBindMatrices()
  const bound = new Map()
  for (const [bone, name] of Object.entries(model.bones)) {
    const index = joints.findIndex((joint) => joint.getName() === name)
    if (index < 0) throw new Error(`bone ${bone}: the skin has no joint "${name}"; correct scripts/motion/models.mjs`)
    const local = new Matrix4().fromArray(inverse.getElement(index, [])).invert()
    bound.set(bone, { node: joints[index], bind: world(space).multiply(local) })
  }
  return bound
}

/** Rotation of each of our bones from its rest when the model is in its bind pose. */
function alignments(bound) {
  const aligned = new Map()
  for (const bone of bound.keys()) {
    const limb = LIMBS[CONTINUES[bone] ?? bone]
    if (!limb) continue
    const from = position(bound.get(CONTINUES[bone] ?? bone).bind)
    const to = position(bound.get(limb[0]).bind)
    aligned.set(bone, new Quaternion().setFromUnitVectors(new Vector3(...limb[1]), to.sub(from).normalize()))
  }
  return aligned
}

/** Local rotations of our bones (null where the model has none) and the middle between the hip joints, metres. */
function poseNow(bound, aligned) {
  const globals = []
  const locals = BONES.map((bone, index) => {
    const parent = PARENTS[index] < 0 ? new Quaternion() : globals[PARENTS[index]]
    const found = bound.get(bone)
    if (!found) {
      globals.push(parent)
      return null
    }
    const change = rotation(world(found.node)).multiply(rotation(found.bind).invert())
    globals.push(turned(change).multiply(aligned.get(bone) ?? new Quaternion()))
    return parent.clone().invert().multiply(globals[index]).normalize()
  })
  const [left, right] = ['leftUpperLeg', 'rightUpperLeg'].map((bone) => position(world(bound.get(bone).node)))
  const ankles = ['leftFoot', 'rightFoot'].map((bone) => position(world(bound.get(bone).node)))
  return { locals, hip: left.add(right).multiplyScalar(0.5), ankles }
}

/** Thigh and shank of the model, metres: the unit of lengths in a clip. */
function legLength(bound) {
  const at = (bone) => position(bound.get(bone).bind)
  return at('leftUpperLeg').distanceTo(at('leftLowerLeg')) + at('leftLowerLeg').distanceTo(at('leftFoot'))
}

/** Removes the steady travel from a clip, so that it walks in place; the sway stays. Returns the travel a second. */
function standStill(poses, seconds) {
  const start = poses[0].hip.clone()
  const drift = poses.at(-1).hip.clone().sub(start).setY(0)
  poses.forEach((pose, i) => {
    const shift = start
      .clone()
      .setY(0)
      .addScaledVector(drift, i / (poses.length - 1))
    pose.hip.sub(shift)
    for (const ankle of pose.ankles) ankle.sub(shift)
  })
  return drift.length() / seconds
}

/** Speed of the ground under the standing foot, m/s: the median of the lower ankle's speed. */
function strideSpeed(poses) {
  const speeds = []
  for (let i = 1; i < poses.length; i++) {
    const low = poses[i].ankles[0].y < poses[i].ankles[1].y ? 0 : 1
    const moved = poses[i].ankles[low].clone().sub(poses[i - 1].ankles[low])
    speeds.push(Math.hypot(moved.x, moved.z) * RATE_HZ)
  }
  return speeds.toSorted((a, b) => a - b)[speeds.length >> 1] ?? 0
}

/**
 * One frame: hip middle x y z in 1/8192 leg lengths, then x y z w in 1/32767 for each bone of the mask; int16
 * little-endian.
 */
function encode(poses, leg) {
  const bones = poses[0].locals.filter((local) => local !== null).length
  const bytes = Buffer.alloc(poses.length * (3 + bones * 4) * 2)
  let at = 0
  const put = (value) => {
    at = bytes.writeInt16LE(Math.max(-32767, Math.min(32767, Math.round(value))), at)
  }
  for (const { hip, locals } of poses) {
    for (const axis of ['x', 'y', 'z']) put((hip[axis] / leg) * 8192)
    for (const q of locals) if (q) for (const axis of ['x', 'y', 'z', 'w']) put(q[axis] * 32767)
  }
  return bytes.toString('base64')
}

function extractClip(document, model, bound, aligned, [name, { kind, from }]) {
  const animation = document
    .getRoot()
    .listAnimations()
    .find((one) => one.getName() === from)
  if (!animation) throw new Error(`the model has no animation "${from}"`)
  const seconds = durationOf(animation)
  const count = Math.round(seconds * RATE_HZ) + 1
  const poses = Array.from({ length: count }, (_, i) => {
    applyAnimation(animation, (seconds * i) / (count - 1))
    return poseNow(bound, aligned)
  })
  const leg = legLength(bound)
  const travel = standStill(poses, seconds)
  const speed = kind === 'walk' || kind === 'run' ? Math.max(travel, strideSpeed(poses)) / leg : 0
  return {
    name,
    kind,
    speed: Number(speed.toFixed(3)),
    seconds: Number(seconds.toFixed(4)),
    frames: count,
    data: encode(poses, leg),
  }
}

const [input, output] = readOptions({}, 2).positionals
const model = MODELS[basename(input ?? '')]
if (!model || !output) {
  process.stderr.write(
    `usage: node scripts/extract-motion.mjs MODEL.glb OUT.json\nmodels with a bone map: ${Object.keys(MODELS).join(', ')}\n`,
  )
  process.exit(2)
}
const document = await new NodeIO().read(input)
const bound = bind(document, model)
const aligned = alignments(bound)
const boneMask = BONES.reduce((mask, bone, i) => (bound.has(bone) ? mask | (1 << i) : mask), 0)
const clips = Object.entries(model.clips).map((clip) => extractClip(document, model, bound, aligned, clip))
const { source, licence, attribution } = model
const head = { schema: 'otherworld/motion/1', source, licence, attribution, rateHz: RATE_HZ, boneMask }
const text = `${JSON.stringify({ ...head, clips: [] }, null, 1).replace(/\[\]\s*}$/, '[')}\n${clips.map((clip) => JSON.stringify(clip)).join(',\n')}\n]}\n`
JSON.parse(text)
writeFileSync(output, text)
for (const { name, kind, seconds, frames, speed } of clips)
  process.stdout.write(
    `${name.padEnd(16)} ${kind.padEnd(5)} ${seconds.toFixed(2)} s ${String(frames).padStart(3)} frames${speed ? `, ${speed} leg lengths/s` : ''}\n`,
  )
