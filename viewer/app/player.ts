/** The local player: walks, looks, holds, makes and deletes props, frame by frame. */
import type { AvatarSample, RenderClient } from '../../netcode/index.ts'
import type { Move } from '../../netcode/client/prediction/prediction.ts'
import { packPose, type Pose } from '../../sim/avatar/pose.ts'
import { add, conjugate, rotate, sub, yawRotation } from '../../sim/maths/maths.ts'
import { MARKER_POSITION } from '../../sim/state/state.ts'
import { Permission, type ElementId, type RealmDefinition, type Vec3 } from '../../sim/types.ts'
import { moveFrom, sameMove, turnByKeys, turnByPointer, type Action, type Look } from '../input/controls.ts'
import { advanceGait, poseOf, STANDING, type Gait } from '../render/gait.ts'
import { Holding } from '../input/holding.ts'
import type { InputDevices, PointerPlace } from '../input/input.ts'
import { pick, pickForKey, type Hit, type PointerRay } from '../input/picking.ts'
import { SHAPES, spawnPlace } from './starter-shapes.ts'
import { DISTANCE_START, eyeBehind, zoom, type Eye } from '../render/camera.ts'
import { rejectionMessage } from '../ui/messages.ts'
import { extentsIn, placeNear, type Extent } from '../input/placement.ts'
import { pointedOf, type Pointed } from '../inventory/pointed.ts'
import { shownOf, type AvatarBodyLookup, type ShownAvatar, type ShownWorld } from './world.ts'

/** Least time between two poses, ms (12 a second). The session sends no more than that. */
const POSE_INTERVAL_MS = 83
const HEAD_HEIGHT = 1.52

export interface PlayerFrame {
  readonly world: ShownWorld
  readonly eye: Eye
  readonly pointed: ElementId | null
  readonly strained: boolean
  /** True once the own avatar exists. */
  readonly own: boolean
}

/** Converts a place on the screen to a ray; the view knows the camera. */
export type RayThrough = (eye: Eye, place: PointerPlace) => PointerRay

export class Player {
  readonly holding: Holding
  readonly #client: RenderClient
  readonly #input: InputDevices
  readonly #definition: RealmDefinition
  readonly #showMessage: (text: string) => void
  readonly #rayThrough: RayThrough
  readonly #bodyOf: AvatarBodyLookup
  #look: Look
  #distance = DISTANCE_START
  /** Height of the own head at rest. */
  #headMetres = HEAD_HEIGHT
  #flying = false
  #gait: Gait = STANDING
  #posedAtMs = 0
  #eye: Eye
  #world: ShownWorld = { avatars: [], props: [] }
  #own: ShownAvatar | null = null
  #settled = false
  #move: Move | null = null

  constructor(
    client: RenderClient,
    definition: RealmDefinition,
    input: InputDevices,
    rayThrough: RayThrough,
    bodyOf: AvatarBodyLookup,
    showMessage: (text: string) => void,
  ) {
    this.#bodyOf = bodyOf
    this.#client = client
    this.#definition = definition
    this.#input = input
    this.#rayThrough = rayThrough
    this.#showMessage = showMessage
    this.holding = new Holding(client, showMessage)
    this.#look = { yaw: definition.spawn.yaw, pitch: -0.14 }
    this.#eye = eyeBehind(definition.spawn.position, this.#look, this.#distance)
  }

  belongsTo(client: RenderClient): boolean {
    return this.#client === client
  }

  get mayFly(): boolean {
    return (this.#client.permissions & Permission.fly) !== 0
  }

  /** Advances the world to `nowMs`, `seconds` after the last frame. */
  frame(nowMs: number, seconds: number, time: number): PlayerFrame {
    this.#look = turnByKeys(this.#input.held, this.#look, seconds)
    const move = moveFrom(this.#input.held, this.#input.stick, this.#look, this.#flying)
    if (this.#move === null || !sameMove(this.#move, move)) this.#client.move(move)
    this.#move = move
    const sample = this.#client.sample(nowMs)
    const seen = sample.avatars.find(({ own }) => own)
    if (seen && !this.#settled) this.#settle(seen.yaw)
    const world = shownOf(sample, this.#definition.bodies, this.#bodyOf)
    this.#eye = eyeBehind(seen?.position ?? this.#definition.spawn.position, this.#look, this.#distance, seen)
    this.#headMetres = seen?.headMetres ?? HEAD_HEIGHT
    this.#own = world.avatars.find(({ element }) => element === seen?.element) ?? null
    this.#world = world
    if (this.#own && seen) this.#placeOwn(this.#own, seen, move, seconds, time, nowMs)
    this.carry(nowMs)
    return {
      world: this.#world,
      eye: this.#eye,
      pointed: this.holding.element ?? this.#target()?.prop.element ?? null,
      strained: this.holding.target?.tooFar ?? false,
      own: this.#own !== null,
    }
  }

  /** Sends where the held prop should be: each frame, and between frames when the pointer moves. */
  carry(nowMs: number): void {
    if (!this.#own) return
    const ray = this.#ray(this.holding.by === 'key' ? null : this.#input.pointer)
    this.holding.frame(
      ray,
      this.#look.yaw,
      this.#head(this.#own.position),
      this.#definition.reach,
      this.#world.props,
      this.#own.player,
      nowMs,
    )
  }

  /** After a resumed session: look where the avatar looks. */
  #settle(yaw: number): void {
    this.#settled = true
    this.#look = { ...this.#look, yaw }
  }

  /** Puts the own avatar into this frame's pose; the client only has the last pose that was sent. */
  #placeOwn(
    own: ShownAvatar,
    { position, velocity, grounded }: AvatarSample,
    move: Move,
    seconds: number,
    time: number,
    nowMs: number,
  ): void {
    const local = rotate(yawRotation(-move.yaw), velocity)
    this.#gait = advanceGait(this.#gait, local.x, local.z, seconds)
    const pose = this.#pose(own, position, move, grounded, time)
    if (nowMs - this.#posedAtMs >= POSE_INTERVAL_MS) {
      this.#posedAtMs = nowMs
      this.#client.pose(packPose(pose))
    }
    const placed: ShownAvatar = { ...own, yaw: move.yaw, pose }
    this.#own = placed
    this.#world = {
      ...this.#world,
      avatars: this.#world.avatars.map((avatar) => (avatar.element === own.element ? placed : avatar)),
    }
  }

  #pose(own: ShownAvatar, position: Vec3, move: Move, grounded: boolean, time: number): Pose {
    const target = this.holding.target
    const reachFor = target && rotate(conjugate(yawRotation(move.yaw)), sub(target.position, position))
    return poseOf(own.body, this.#gait, {
      pitch: this.#look.pitch,
      turn: 0,
      reachFor,
      airborne: !grounded || this.#flying,
      time,
    })
  }

  #head = (feet: Vec3): Vec3 => add(feet, { x: 0, y: this.#headMetres, z: 0 })

  #ray(place: PointerPlace | null): PointerRay {
    return this.#rayThrough(this.#eye, place ?? { x: 0, y: 0 })
  }

  /** The prop under the pointer, or without a pointer the one in front. A key grabs or deletes it, and it is highlighted. */
  #target(): Hit | null {
    if (!this.#own) return null
    if (!this.#input.pointer)
      return pickForKey(this.#ray(null), this.#head(this.#own.position), this.#definition.reach, this.#world.props)
    const hit = pick(this.#ray(this.#input.pointer), this.#world.props)
    return hit && hit.prop.spec.motion !== 'static' && this.#reaches(hit) ? hit : null
  }

  /** The same, but falls back to a prop nearby. */
  #keyTarget(): Hit | null {
    return (
      this.#target() ??
      (this.#own &&
        pickForKey(this.#ray(null), this.#head(this.#own.position), this.#definition.reach, this.#world.props))
    )
  }

  #reaches({ point }: Hit): boolean {
    const head = this.#head(this.#own?.position ?? this.#definition.spawn.position)
    return Math.hypot(point.x - head.x, point.y - head.y, point.z - head.z) <= this.#definition.reach
  }

  // --- what the player does

  /** The pointer went down. Returns true if it grabbed something. */
  press(place: PointerPlace): boolean {
    const hit = pick(this.#ray(place), this.#world.props)
    if (!this.#own || !hit || hit.prop.spec.motion === 'static') return false
    if (!this.#reaches(hit)) {
      this.#showMessage(rejectionMessage('out-of-reach'))
      return false
    }
    if (this.holding.element !== null) this.holding.release()
    this.#take(hit, 'pointer')
    return true
  }

  #take(hit: Hit, by: 'pointer' | 'key'): void {
    this.holding.take(hit, by, this.#look.yaw, performance.now())
    this.#showMessage(
      by === 'pointer'
        ? `Holding the ${hit.prop.spec.name}. The wheel scales it. Release it in motion to throw.`
        : `Holding the ${hit.prop.spec.name}. Plus and minus scale it, E releases it.`,
    )
  }

  turn(pixelsX: number, pixelsY: number): void {
    this.#look = turnByPointer(this.#look, pixelsX, pixelsY)
  }

  wheel(notches: number, shift: boolean): void {
    if (this.holding.element === null) this.#distance = zoom(this.#distance, notches)
    else this.holding.wheel(notches, shift, this.#definition.reach, this.#distance)
  }

  act(action: Action): void {
    switch (action.type) {
      case 'spawn':
        return this.#spawn(action.index)
      case 'grab':
        return this.#grab()
      case 'delete':
        return this.#delete()
      case 'fly':
        return this.#fly()
      case 'scale':
      case 'distance':
        if (this.holding.element === null) this.#showMessage('Grab something first. Then plus and minus scale it.')
        return this.holding.wheel(action.notches, action.type === 'distance', this.#definition.reach, this.#distance)
      default:
    }
  }

  #grab(): void {
    if (this.holding.element !== null) return this.holding.release()
    const hit = this.#keyTarget()
    if (hit) this.#take(hit, 'key')
    else this.#showMessage('Nothing to grab within reach. Walk closer and look at it.')
  }

  #spawn(index: number): void {
    const shape = SHAPES[index]
    if (!shape) return
    if (!this.#own) return this.#showMessage('One moment, the world is still loading.')
    const { position, rotation } = spawnPlace(this.#own.position, this.#look.yaw)
    void this.#client
      .spawn(shape, { position, rotation })
      .then((outcome) => this.#showMessage(outcome.ok ? `You made a ${shape.name}.` : rejectionMessage(outcome.reason)))
  }

  #delete(): void {
    const element = this.holding.element ?? this.#keyTarget()?.prop.element
    const prop = this.#world.props.find((candidate) => candidate.element === element)
    if (!prop) return this.#showMessage('Point at an item or hold it to delete it.')
    if (this.holding.element === prop.element) this.holding.release()
    void this.#client
      .despawn(prop.element)
      .then((outcome) =>
        this.#showMessage(
          outcome.ok
            ? `You deleted the ${prop.spec.name}.`
            : outcome.reason === 'not-permitted'
              ? 'You can only delete what you made.'
              : rejectionMessage(outcome.reason),
        ),
      )
  }

  // --- uploaded packages

  /** The world as it was last drawn. */
  get world(): ShownWorld {
    return this.#world
  }

  /** Scale of the own avatar. */
  get scale(): number {
    return this.#own?.scale ?? 1
  }

  get mayScale(): boolean {
    return (this.#client.permissions & Permission.scale) !== 0
  }

  /** Changes the size of the own avatar. */
  async rescale(scale: number): Promise<void> {
    if (this.#own === null) return
    const outcome = await this.#client.scale(this.#own.element, scale)
    if (!outcome.ok) this.#showMessage(rejectionMessage(outcome.reason))
  }

  /** Hash of the avatar's package; null for one of the realm's bodies. */
  get wears(): string | null {
    return this.#own?.package ?? null
  }

  /** The prop that the player looks or points at, at any distance. `problemOf` returns a package's load error. */
  inspect(problemOf: (hash: string) => string | null): Pointed | null {
    const prop = pick(this.#ray(this.#input.pointer), this.#world.props)?.prop ?? this.#keyTarget()?.prop
    const manages = (this.#client.permissions & Permission.manage) !== 0
    return prop
      ? pointedOf(
          prop,
          this.#world,
          this.#own && { user: this.#own.user, manages },
          prop.package === null ? null : problemOf(prop.package),
        )
      : null
  }

  /** Spawns an object of a package at the marker, or next to what is already there. */
  async place(hash: string, name: string, bounds: Extent): Promise<void> {
    const place = placeNear(MARKER_POSITION, bounds, extentsIn(this.#world))
    const outcome = await this.#client.spawn(hash, place)
    this.#showMessage(outcome.ok ? `“${name}” is at the marker.` : rejectionMessage(outcome.reason))
  }

  /** Changes to a package's avatar, or to one of the realm's bodies by its index. */
  async wear(body: string | number, name: string): Promise<void> {
    const outcome = await this.#client.wear(body)
    this.#showMessage(outcome.ok ? `You are ${name} now.` : rejectionMessage(outcome.reason))
  }

  async changeAccess(element: ElementId, access: number): Promise<void> {
    const outcome = await this.#client.setAccess(element, access)
    if (!outcome.ok) this.#showMessage(rejectionMessage(outcome.reason))
  }

  #fly(): void {
    if (!this.mayFly) return this.#showMessage('You are not allowed to fly here.')
    this.#flying = !this.#flying
    this.#showMessage(this.#flying ? 'You are flying. Space: up, C: down, F: land.' : 'You are walking again.')
  }
}
