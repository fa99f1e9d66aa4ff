/**
 * The snapshot vectors of docs/protocol.md: a client's packets from a small, busy world, and the states that they give.
 */
import { SnapshotDecoder, SnapshotSource, SnapshotBuilder } from '../../netcode/snapshot/index.ts'
import { unpackBone } from '../../netcode/snapshot/rotation.ts'
import { BONES, JOINTS, ROOT, type ComponentKind } from '../../netcode/snapshot/components.ts'
import { decodeServerPacket, encodeServerPacket, type SnapshotPart } from '../../protocol/index.ts'
import {
  DEFAULT_BODY,
  DEFAULT_DEFINITION,
  type AvatarView,
  type Pose,
  type PropView,
  type Quat,
} from '../../sim/index.ts'
import { Dice } from '../../bots/bot-behaviour.ts'
import { hex } from './message-vector.ts'

export interface SnapshotVectorStep {
  readonly tick: number
  readonly avatars: string
  readonly props: string
  /** `strand`, the name of the component in the file: 'root', 'joints', 'bones' or 'prop'. */
  readonly states: readonly { readonly element: number; readonly strand: string; readonly numbers: readonly number[] }[]
  /** Records whose baseline is missing. */
  readonly missing: number
}

export interface SnapshotVector {
  readonly name: string
  readonly rules: readonly string[]
  readonly boundsMin: { readonly x: number; readonly y: number; readonly z: number }
  readonly steps: readonly SnapshotVectorStep[]
}

const { bounds, props: placed } = DEFAULT_DEFINITION
const TICKS = 60
const HEAD = {
  packet: 1,
  ackPacket: 0,
  ackBits: 0,
  ackCommand: 0,
  firstMessage: 0,
  clientTimeMs: 0,
  clientTimeAgeMs: 0,
  control: null,
}

/** Rotations by many angles: the mode of a rotation depends on the size of its change. */
function turned(dice: Dice, { x, y, z, w }: Quat, by: number): Quat {
  const [a, b, c, d] = [
    x + dice.between(-by, by),
    y + dice.between(-by, by),
    z + dice.between(-by, by),
    w + dice.between(-by, by),
  ]
  const length = Math.hypot(a, b, c, d)
  return length < 0.1 ? { x, y, z, w } : { x: a / length, y: b / length, z: c / length, w: d / length }
}

const sizes = [0, 0.002, 0.02, 0.2, 1] as const
const size = (dice: Dice): number => sizes[Math.floor(dice.between(0, sizes.length))] ?? 0

class RestlessWorld {
  readonly #dice = new Dice(7)
  avatars: AvatarView[] = [11, 200].map((id, i) => ({
    id,
    player: i + 1,
    user: i + 1,
    name: `Player ${i + 1}`,
    body: 0,
    package: null,
    scale: 1,
    headMetres: 1.5,
    permissions: 7,
    position: { x: i, y: 0, z: 2 },
    yaw: 0.05,
    velocity: { x: 0, y: 0, z: 0 },
    grounded: true,
    flying: false,
    pose: {
      ...restPose(),
      bones: Array.from({ length: 18 }, (_, bone) => (bone % 3 === i ? null : { x: 0, y: 0, z: 0, w: 1 })),
    },
    boneMask: 0,
    moveSequence: 0,
    holds: [],
  }))
  props: PropView[] = placed.slice(0, 2).map(({ prop, position, rotation, scale }, i) => ({
    id: i + 3,
    spec: prop,
    package: null,
    access: 0,
    position,
    rotation,
    linvel: { x: 0, y: 0, z: 0 },
    angvel: { x: 0, y: 0, z: 0 },
    scale,
    holder: 0,
    hand: 0,
    owner: 0,
    asleep: false,
    frozen: null,
  }))

  step(tick: number): void {
    const dice = this.#dice
    const along = (by: number): number => dice.between(-by, by)
    const moved = ({ x, y, z }: { x: number; y: number; z: number }, by: number) => ({
      x: x + along(by),
      y: y + along(by),
      z: z + along(by),
    })
    this.avatars = this.avatars.map((view) => ({
      ...view,
      position: moved(view.position, size(dice)),
      yaw: view.yaw + along(size(dice)),
      velocity: { ...moved(view.velocity, size(dice)), ...(view.id === 11 ? { y: 0 } : {}) },
      grounded: tick % 25 > 5,
      flying: tick % 25 < 3,
      pose: view.pose === null ? null : this.#pose(view.pose, tick),
    }))
    this.props = this.props.map((view) => ({
      ...view,
      position: moved(view.position, size(dice) * 50),
      rotation: turned(dice, view.rotation, size(dice)),
      linvel: moved(view.linvel, size(dice) * 3),
      asleep: tick % 13 === 0,
    }))
  }

  #pose({ head, left, right, bones }: Pose, tick: number): Pose {
    const dice = this.#dice
    const joint = ({ position: { x, y, z }, rotation }: Pose['head']) => ({
      position: { x: x + dice.between(-0.5, 0.5) * size(dice), y, z: z + dice.between(-0.5, 0.5) * size(dice) },
      rotation: turned(dice, rotation, size(dice)),
    })
    return {
      head: joint(head),
      left: joint(left),
      right: joint(right),
      bones: bones.map((bone, i) =>
        i === 17 && tick % 20 === 10
          ? bone === null
            ? { x: 0, y: 1, z: 0, w: 0 }
            : null
          : bone && turned(dice, bone, size(dice)),
      ),
    }
  }
}

function restPose(): Pose {
  const height = DEFAULT_BODY.offsets.slice(0, 6).reduce((sum, { y }) => sum + y, 0)
  const at = (x: number, y: number) => ({ position: { x, y, z: 0 }, rotation: { x: 0, y: 0, z: 0, w: 1 } })
  return { head: at(0, height), left: at(-0.5, 1), right: at(0.5, 1), bones: [] }
}

/** The snapshot parts of a client that acknowledges two in three. */
function parts(): SnapshotPart[] {
  const [world, source, view] = [new RestlessWorld(), new SnapshotSource(bounds), new SnapshotBuilder(0)]
  const list: SnapshotPart[] = []
  for (let tick = 100; tick < 100 + TICKS; tick += 1) {
    world.step(tick)
    source.update(tick, world.avatars, world.props)
    // Uneven intervals, so that ages are not all multiples of three.
    if (tick % 3 !== 0 && tick % 7 !== 0) continue
    const { bytes, acknowledged: arrived } = view.nextPart(source, 11, 50)
    const packet = decodeServerPacket(encodeServerPacket(HEAD, [], bytes))
    if (!packet.ok || packet.value.snapshot === null) throw new Error('a snapshot could not be decoded')
    list.push(packet.value.snapshot)
    if (tick % 9 !== 0) arrived()
  }
  return list
}

const COMPONENT_NAMES: Readonly<Record<ComponentKind, string>> = {
  [ROOT]: 'root',
  [JOINTS]: 'joints',
  [BONES]: 'bones',
  3: 'prop',
}

function steps(list: readonly SnapshotPart[]): SnapshotVectorStep[] {
  const decoder = new SnapshotDecoder()
  return list.map((part) => {
    const decoded = decoder.decode(part)
    if (!decoded.ok) throw new Error(decoded.error.message)
    const states = decoded.value.samples.map(({ element, kind, values }) => ({
      element,
      strand: COMPONENT_NAMES[kind],
      numbers: values.map((value, i) => (isRotation(kind, i) ? value >>> 0 : value)),
    }))
    return {
      tick: part.tick,
      avatars: hex(part.avatars),
      props: hex(part.props),
      states,
      missing: decoded.value.missing,
    }
  })
}

/** R32s are unsigned in the vectors. */
const isRotation = (kind: ComponentKind, i: number): boolean =>
  kind === JOINTS ? i % 4 === 3 : kind !== BONES && kind !== ROOT && i === 3

export function snapshotVectors(): SnapshotVector[] {
  const list = parts()
  const vector = (name: string, rules: readonly string[], from: readonly SnapshotPart[]): SnapshotVector => ({
    name,
    rules,
    boundsMin: bounds.min,
    steps: steps(from),
  })
  return [
    vector('a restless world', ['SNP-2', 'SNP-4', 'SNP-5', 'SNP-8'], list),
    vector('the same, joined late: baselines are missing', ['SNP-7'], list.slice(5, 7)),
  ]
}

const BONE_BITS = [0x3_7f_7f_7f, 0x0_7f_7f_7f, 0x1_00_7f_fe, 0x2_99_33_c8]
export const boneVectors = () => BONE_BITS.map((bits) => ({ quaternion: unpackBone(bits), bits }))
