/** Poses of an animated avatar that sends no pose, as traces for the Godot addon. */
import { TraceDice, bit, digits, flat, turned } from './trace-numbers.ts'
import { DEFAULT_BODY } from '../../sim/avatar/body.ts'
import type { Pose } from '../../sim/avatar/pose.ts'
import { advanceGait, poseOf, STANDING, type Attitude, type Gait } from '../../viewer/render/gait.ts'

/** `way`: speed to the right and backwards, seconds. `attitude`: pitch, airborne, time. `pose`: head and hands, then bones by their index. */
export interface GaitStep {
  readonly way: number[]
  readonly attitude: number[]
  readonly reachFor: number[] | null
  readonly joints: number[][]
  readonly bones: readonly (number[] | null)[]
}

const five = (list: number[]): number[] => list.map((x) => Number(x.toFixed(5)))
const jointsOf = ({ head, left, right }: Pose): number[][] =>
  [head, left, right].map(({ position, rotation }) => five([...flat(position), ...turned(rotation)]))

/** Poses of a body that stands, walks, runs, steps back, flies, looks around and reaches. */
export function gaitTrace(): { offsets: number[][]; steps: readonly GaitStep[] } {
  const dice = new TraceDice(5)
  let gait: Gait = STANDING
  const steps = Array.from({ length: 40 }, (_, i): GaitStep => {
    const speed = [0, 2, 4.5, 1][i % 4] ?? 0
    const [x, z, seconds] = [
      dice.between(-0.4, 0.4) * speed,
      (i % 8 < 6 ? -1 : 1) * speed,
      Math.fround(dice.between(0.02, 0.5)),
    ]
    gait = advanceGait(gait, Math.fround(x), Math.fround(z), seconds)
    const reachFor =
      i % 5 === 4
        ? {
            x: Math.fround(dice.between(-1, 2)),
            y: Math.fround(dice.between(0, 2)),
            z: Math.fround(dice.between(-3, -0.5)),
          }
        : null
    const attitude: Attitude = {
      pitch: Math.fround(dice.between(-1.3, 1.3)),
      turn: 0,
      reachFor,
      airborne: i % 7 === 6,
      time: i * 0.5,
    }
    const pose = poseOf(DEFAULT_BODY, gait, attitude)
    return {
      way: [digits(Math.fround(x)), digits(Math.fround(z)), digits(seconds)],
      attitude: [digits(attitude.pitch), bit(attitude.airborne), attitude.time],
      reachFor: reachFor && flat(reachFor),
      joints: jointsOf(pose),
      bones: pose.bones.map((bone) => bone && five(turned(bone))),
    }
  })
  return { offsets: DEFAULT_BODY.offsets.map(flat), steps }
}
