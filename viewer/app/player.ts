/** A player in the world: walks, looks, holds, makes and deletes things, frame by frame. */
import type { AvatarSample, RenderClient } from '../../netcode/index.ts'
import { packPose, type Pose } from '../../sim/pose.ts'
import { add, conjugate, rotate, sub, yawRotation } from '../../sim/maths.ts'
import { MARKER_POSITION } from '../../sim/state.ts'
import { Permission, type ElementId, type RealmDefinition, type Vec3 } from '../../sim/types.ts'
import { moveFrom, sameMove, turnByKeys, turnByPointer, type Action, type Look, type Move } from '../input/controls.ts'
import { advanceGait, poseOf, STANDING, type Gait } from '../render/gait.ts'
import { Holding } from '../input/holding.ts'
import type { Input, PointerPlace } from '../input/input.ts'
import { pick, pickForKey, type Hit, type PointerRay } from '../input/picking.ts'
import { SHAPES, spawnPlace } from './starter-shapes.ts'
import { DISTANCE_START, eyeBehind, zoom, type Eye } from '../render/camera.ts'
import { rejectionMessage } from '../ui/messages.ts'
import { extentsIn, placeNear, type Extent } from '../input/placement.ts'
import { pointedOf, type Pointed } from '../inventory/pointed.ts'
import { shownOf, type BodyOf, type ShownAvatar, type ShownWorld } from './world.ts'

/** Least time between two poses, ms (12 a second); more than the session sends is not worth packing. */
const POSE_INTERVAL_MS = 83
const HEAD_HEIGHT = 1.52

export interface PlayerFrame {
  readonly world: ShownWorld
  readonly eye: Eye
  readonly pointed: ElementId | null
  readonly strained: boolean
  /** The own avatar is there. */
  readonly own: boolean
}

/** From a place on the screen to a ray; the picture knows its lens. */
export type RayThrough = (eye: Eye, place: PointerPlace) => PointerRay

export class Player {
  readonly holding: Holding
  readonly #client: RenderClient
  readonly #input: Input
  readonly #definition: RealmDefinition
  readonly #showMessage: (text: string) => void
  readonly #rayThrough: RayThrough
  readonly #bodyOf: BodyOf
  #look: Look
  #distance = DISTANCE_START
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
    input: Input,
    rayThrough: RayThrough,
    bodyOf: BodyOf,
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

  /** Takes the world on to `nowMs`, `seconds` after the last frame. */
  frame(nowMs: number, seconds: number, time: number): PlayerFrame {
    this.#look = turnByKeys(this.#input.held, this.#look, seconds)
    const move = moveFrom(this.#input.held, this.#input.stick, this.#look, this.#flying)
    if (this.#move === null || !sameMove(this.#move, move)) this.#client.move(move)
    this.#move = move
    const sample = this.#client.sample(nowMs)
    const seen = sample.avatars.find(({ own }) => own)
    if (seen && !this.#settled) this.#settle(seen.yaw)
    const world = shownOf(sample, this.#definition.bodies, this.#bodyOf)
    this.#eye = eyeBehind(seen?.position ?? this.#definition.spawn.position, this.#look, this.#distance)
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

  /** Tells the server where the held thing should be: each frame, and between frames when the pointer moves. */
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

  /** The first sight of an own avatar that was resumed: look where it looks. */
  #settle(yaw: number): void {
    this.#settled = true
    this.#look = { ...this.#look, yaw }
  }

  /** The own avatar in the pose of this frame: the client has the last that was sent. */
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

  #head = (feet: Vec3): Vec3 => add(feet, { x: 0, y: HEAD_HEIGHT, z: 0 })

  #ray(place: PointerPlace | null): PointerRay {
    return this.#rayThrough(this.#eye, place ?? { x: 0, y: 0 })
  }

  /** What the pointer is on, or without a pointer what stands in front: a key would grab or delete it, and it glows. */
  #target(): Hit | null {
    if (!this.#own) return null
    if (!this.#input.pointer)
      return pickForKey(this.#ray(null), this.#head(this.#own.position), this.#definition.reach, this.#world.props)
    const hit = pick(this.#ray(this.#input.pointer), this.#world.props)
    return hit && hit.prop.spec.motion !== 'static' && this.#reaches(hit) ? hit : null
  }

  /** The same, but a key always finds something near. */
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

  /** The pointer went down at a place; true: it took something. */
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
        ? `Holding the ${hit.prop.spec.name}. The wheel scales it; let go in motion to throw.`
        : `Holding the ${hit.prop.spec.name}. Plus and minus scale it, E lets go.`,
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
        if (this.holding.element === null) this.#showMessage('Grab something first: then plus and minus scale it.')
        return this.holding.wheel(action.notches, action.type === 'distance', this.#definition.reach, this.#distance)
      default:
    }
  }

  #grab(): void {
    if (this.holding.element !== null) return this.holding.release()
    const hit = this.#keyTarget()
    if (hit) this.#take(hit, 'key')
    else this.#showMessage('Nothing to grab within reach: walk closer and look at it.')
  }

  #spawn(index: number): void {
    const shape = SHAPES[index]
    if (!shape) return
    if (!this.#own) return this.#showMessage('One moment: the world is still coming in.')
    const { position, rotation } = spawnPlace(this.#own.position, this.#look.yaw)
    void this.#client
      .spawn(shape, { position, rotation })
      .then((outcome) => this.#showMessage(outcome.ok ? `You made a ${shape.name}.` : rejectionMessage(outcome.reason)))
  }

  #delete(): void {
    const element = this.holding.element ?? this.#keyTarget()?.prop.element
    const prop = this.#world.props.find((candidate) => candidate.element === element)
    if (!prop) return this.#showMessage('Point at a thing, or hold it, to delete it.')
    if (this.holding.element === prop.element) this.holding.release()
    void this.#client
      .despawn(prop.element)
      .then((outcome) =>
        this.#showMessage(
          outcome.ok
            ? `The ${prop.spec.name} is deleted.`
            : outcome.reason === 'not-permitted'
              ? 'You may delete only what you made.'
              : rejectionMessage(outcome.reason),
        ),
      )
  }

  // --- things of one's own

  /** As it was last drawn. */
  get world(): ShownWorld {
    return this.#world
  }

  /** Hash of the package that the player wears; null: a body of the realm's. */
  get wears(): string | null {
    return this.#own?.package ?? null
  }

  /** What the player looks or points at, however far; `problemOf` a package. */
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

  /** Makes a thing of a package at the marker, or beside what stands there. */
  async place(hash: string, name: string, bounds: Extent): Promise<void> {
    const place = placeNear(MARKER_POSITION, bounds, extentsIn(this.#world))
    const outcome = await this.#client.spawn(hash, place)
    this.#showMessage(outcome.ok ? `“${name}” stands at the marker.` : rejectionMessage(outcome.reason))
  }

  /** Puts on a package's avatar, or a body of the realm's by its index. */
  async wear(body: string | number, name: string): Promise<void> {
    const outcome = await this.#client.wear(body)
    this.#showMessage(outcome.ok ? `You are ${name} now.` : rejectionMessage(outcome.reason))
  }

  async changeAccess(element: ElementId, access: number): Promise<void> {
    const outcome = await this.#client.setAccess(element, access)
    if (!outcome.ok) this.#showMessage(rejectionMessage(outcome.reason))
  }

  #fly(): void {
    if (!this.mayFly) return this.#showMessage('Flying is not permitted here.')
    this.#flying = !this.#flying
    this.#showMessage(this.#flying ? 'You fly: Space up, C down, F to land.' : 'You walk again.')
  }
}
