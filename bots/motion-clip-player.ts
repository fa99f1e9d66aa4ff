/**
 * Plays motion clips: walks and runs with the feet's own speed, stands with idle clips and acts, and blends between
 * them.
 */
import { mixPoses, type AvatarBody, type Pose } from '../sim/index.ts'
import { fitClip, type Clip, type ClipKind, type FittedClip } from './clip.ts'
import type { Dice } from './bot-behaviour.ts'
import type { WalkingSpeed } from './walker.ts'

/** Duration of the blend from one clip to the next, ms. */
const BLEND_MS = 250
/** Share of standing clips that are actions instead of idling. */
const ACT_SHARE = 0.7
/** Range of playback rates with which a clip matches the speed over the ground. */
const RATE_MIN = 0.6
const RATE_MAX = 1.5

/** Clips fitted to one body, by kind; computed once and shared by all bots with that body. */
export type FittedClips = Readonly<Record<ClipKind, readonly FittedClip[]>>

export function fitClips(clips: readonly Clip[], body: AvatarBody): FittedClips {
  const fitted = clips.map((clip) => fitClip(clip, body))
  const of = (kind: ClipKind): FittedClip[] => fitted.filter((clip) => clip.kind === kind)
  return { walk: of('walk'), run: of('run'), idle: of('idle'), act: of('act') }
}

export class MotionClipPlayer {
  readonly #dice: Dice
  readonly #clips: FittedClips
  readonly #walk: FittedClip
  readonly #run: FittedClip
  #playing: FittedClip
  /** Seconds into the clip. */
  #at = 0
  #lastMs: number | null = null
  #from: Pose | null = null
  #blendMs = 0
  #pose: Pose

  /** Throws RangeError if a kind of clip is missing. */
  constructor(dice: Dice, clips: FittedClips) {
    this.#dice = dice
    this.#clips = clips
    this.#walk = this.#any('walk')
    this.#run = this.#any('run')
    this.#playing = this.#any('idle')
    this.#at = dice.between(0, this.#playing.seconds)
    this.#pose = this.#playing.at(this.#at)
  }

  /** The speed at which the feet do not slide. */
  gait(run: boolean): WalkingSpeed {
    return { speed: run ? this.#run.speed : this.#walk.speed, run }
  }

  /** The pose now, with the avatar moving at `speed` m/s. */
  step(nowMs: number, speed: number, run: boolean): Pose {
    const seconds = this.#lastMs === null ? 0 : Math.min(0.5, (nowMs - this.#lastMs) / 1000)
    this.#lastMs = nowMs
    this.#at += seconds * this.#rate(speed)
    this.#choose(nowMs, speed, run)
    const pose = this.#playing.at(this.#at)
    const share = (nowMs - this.#blendMs) / BLEND_MS
    this.#pose = this.#from && share < 1 ? mixPoses(this.#from, pose, share) : pose
    return this.#pose
  }

  #rate(speed: number): number {
    return this.#playing.speed > 0 ? Math.min(RATE_MAX, Math.max(RATE_MIN, speed / this.#playing.speed)) : 1
  }

  #choose(nowMs: number, speed: number, run: boolean): void {
    const moving = speed > 0.2
    if (moving) {
      const wanted = run ? this.#run : this.#walk
      if (this.#playing !== wanted) this.#start(wanted, nowMs)
    } else if (this.#playing.speed > 0 || this.#at >= this.#playing.seconds) {
      this.#start(this.#any(this.#dice.chance(ACT_SHARE) ? 'act' : 'idle'), nowMs)
    }
  }

  #start(clip: FittedClip, nowMs: number): void {
    this.#from = this.#pose
    this.#blendMs = nowMs
    this.#playing = clip
    this.#at = 0
  }

  #any(kind: ClipKind): FittedClip {
    const clip = this.#dice.pick(this.#clips[kind])
    if (!clip) throw new RangeError(`there is no clip of kind "${kind}"`)
    return clip
  }
}
