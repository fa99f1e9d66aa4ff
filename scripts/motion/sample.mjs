// Plays an animation of a glTF document on its nodes.
import { Quaternion, Vector3 } from 'three'

/** Seconds to the last keyframe of any channel. */
export function durationOf(animation) {
  return Math.max(
    ...animation.listSamplers().map((sampler) => sampler.getInput().getScalar(sampler.getInput().getCount() - 1)),
  )
}

/** The two keyframes around a time and how far between them it is. */
function around(input, time) {
  let next = 0
  while (next < input.getCount() && input.getScalar(next) < time) next++
  const right = Math.min(next, input.getCount() - 1)
  const left = Math.max(0, next - 1)
  const span = input.getScalar(right) - input.getScalar(left)
  return { left, right, share: span > 0 ? Math.min(1, Math.max(0, (time - input.getScalar(left)) / span)) : 0 }
}

/** Sets every node that the animation moves to its transform at `time` seconds. Linear and step channels only. */
export function applyAnimation(animation, time) {
  for (const channel of animation.listChannels()) {
    const sampler = channel.getSampler()
    const mode = sampler.getInterpolation()
    if (mode === 'CUBICSPLINE')
      throw new Error(`animation "${animation.getName()}" has cubic channels; bake them to linear ones first`)
    const { left, right, share } = around(sampler.getInput(), time)
    const a = sampler.getOutput().getElement(left, [])
    const b = sampler.getOutput().getElement(right, [])
    const at = mode === 'STEP' ? 0 : share
    const node = channel.getTargetNode()
    if (channel.getTargetPath() === 'rotation')
      node.setRotation(new Quaternion(...a).slerp(new Quaternion(...b), at).toArray())
    if (channel.getTargetPath() === 'translation')
      node.setTranslation(new Vector3(...a).lerp(new Vector3(...b), at).toArray())
    if (channel.getTargetPath() === 'scale') node.setScale(new Vector3(...a).lerp(new Vector3(...b), at).toArray())
  }
}
