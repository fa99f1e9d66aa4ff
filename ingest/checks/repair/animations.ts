/** Repairs of animations. */
import { countOf, objectOf } from '../../json.ts'
import { addFloats, elementsOf, entriesOf, type Draft, type Elements, type Entry, type RepairStep } from './draft.ts'
import { unitQuaternion } from './nodes.ts'

/** Keeps channels by their animation and index. Animations without a channel are removed. */
function keepChannels(json: Entry, isKept: (channel: Entry, animation: number, index: number) => boolean): void {
  const animations = entriesOf(json, 'animations').flatMap((animation, i) => {
    const channels = entriesOf(animation, 'channels').filter((channel, k) => isKept(channel, i, k))
    return channels.length > 0 ? [{ ...animation, channels }] : []
  })
  if (animations.length > 0) json['animations'] = animations
  else delete json['animations']
}

/** Removes the channels that the validator names, and those of samplers that it names. */
export const dropChannels: RepairStep = ({ json }, findings) => {
  const named = new Set(
    findings.map(({ where }) => /^\/animations\/\d+\/(?:channels|samplers)\/\d+/.exec(where)?.[0] ?? ''),
  )
  keepChannels(
    json,
    (channel, animation, index) =>
      !named.has(`/animations/${animation}/channels/${index}`) &&
      !named.has(`/animations/${animation}/samplers/${Number(channel['sampler'])}`),
  )
}

/** Keeps the first of several channels that move the same property of a node. */
export const dropRepeatedTargets: RepairStep = ({ json }) => {
  const seen = new Set<string>()
  keepChannels(json, ({ target }, animation) => {
    const { node, path } = objectOf(target)
    const key = `${animation} ${Number(node)} ${String(path)}`
    return node === undefined || (!seen.has(key) && seen.add(key) !== undefined)
  })
}

/** Scales the rotations of animations to length 1. */
export const unitKeyRotations: RepairStep = (draft) => {
  for (const animation of entriesOf(draft.json, 'animations')) {
    const samplers = entriesOf(animation, 'samplers')
    for (const channel of entriesOf(animation, 'channels')) {
      const sampler = samplers[countOf(channel['sampler']) ?? -1]
      const values = elementsOf(draft, sampler?.['output'])
      if (!values?.isFloat || values.size !== 4 || objectOf(channel['target'])['path'] !== 'rotation') continue
      // A key of a cubic spline is an in-tangent, a value and an out-tangent.
      const [first, step] = sampler?.['interpolation'] === 'CUBICSPLINE' ? [1, 3] : [0, 1]
      for (let i = first; i < values.count; i += step) {
        const unit = unitQuaternion([0, 1, 2, 3].map((k) => values.get(i, k)))
        unit?.forEach((part, k) => values.set(i, k, part))
      }
    }
  }
}

/**
 * Makes the times of keys increase: of keys at one time, or before an earlier one, only the first stays. An animation
 * that begins before 0 is moved to begin at 0.
 */
export const orderKeys: RepairStep = (draft) => {
  for (const animation of entriesOf(draft.json, 'animations')) {
    const samplers = entriesOf(animation, 'samplers')
    const inputs = samplers.map(({ input }) => elementsOf(draft, input))
    const first = Math.min(0, ...inputs.flatMap((times) => (times?.isFloat && times.size === 1 ? timesOf(times) : [])))
    if (!Number.isFinite(first)) continue
    for (const sampler of samplers) orderSampler(draft, sampler, first)
  }
}

const timesOf = (times: Elements): number[] => Array.from({ length: times.count }, (_, i) => times.get(i, 0))

function orderSampler(draft: Draft, sampler: Entry, first: number): void {
  const [input, values] = [elementsOf(draft, sampler['input']), elementsOf(draft, sampler['output'])]
  if (!input?.isFloat || input.size !== 1 || !values?.isFloat || input.count === 0) return
  const times = timesOf(input)
  let last = -Infinity
  const kept = times.flatMap((time, i) => {
    if (!(time > last)) return []
    last = time
    return [i]
  })
  if (kept.length === times.length && first === 0) return
  sampler['input'] = addFloats(
    draft,
    'SCALAR',
    Float32Array.from(kept, (i) => (times[i] ?? 0) - first),
  )
  const perKey = values.count / times.length
  const type = ({ 1: 'SCALAR', 3: 'VEC3', 4: 'VEC4' } as const)[values.size]
  if (kept.length === times.length || type === undefined || !Number.isInteger(perKey)) return
  const out = kept.flatMap((i) =>
    Array.from({ length: perKey * values.size }, (_, n) =>
      values.get(i * perKey + Math.floor(n / values.size), n % values.size),
    ),
  )
  sampler['output'] = addFloats(draft, type, Float32Array.from(out))
}
