/** The session that scripts/things-session.mjs plays. Throws if a player is refused something permitted, or permitted something forbidden. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { uploadBytes } from '../../cli/server-client/upload-file.ts'
import { ServerApi } from '../../cli/server-client/server-api.ts'
import { drive, login, RenderClient } from '../../netcode/index.ts'
import { connectWebSocket } from '../../netcode/websocket/client-node.ts'
import { Access } from '../../sim/index.ts'
import { IDENTITY } from '../../sim/maths/maths.ts'

const ASSETS = 'fixtures/assets/'
const POINTER = 2
const CARRY_MS = 900
/** Time between two messages of a hand or a walker, ms: the rate of the page. */
const PACE_MS = 50

class Person {
  constructor(url, name, token) {
    this.url = url
    this.name = name
    this.api = new ServerApi(url, token)
    this.client = new RenderClient({ url, token, connects: [connectWebSocket] })
  }

  static async enter(url, name) {
    const person = new Person(url, name, (await login(url, name)).token)
    person.stop = drive([person.client])
    person.client.start()
    while (person.client.state.type !== 'joined') {
      if (person.client.state.type === 'closed')
        throw new Error(`${name} was not admitted: ${person.client.state.reason}`)
      await sleep(PACE_MS)
    }
    return person
  }

  /** The package's hash. */
  async uploads(path, name, humanoid) {
    const bytes = readFileSync(ASSETS + path)
    const watch = { sent: () => undefined, stage: () => undefined, signal: AbortSignal.timeout(120_000) }
    const status = await uploadBytes(
      this.api,
      this.url,
      bytes,
      { name, fileName: path, kind: undefined, humanoid, sharing: 'everyone' },
      watch,
    )
    if (status.stage !== 'done') throw new Error(`${path}: ${JSON.stringify(status)}`)
    return status.package
  }

  async leaves() {
    await this.client.close('bye')
    this.stop()
  }
}

/** The outcome's element. Throws if the outcome is not the expected one: `reason` is null for success. */
async function expectOutcome(what, promise, reason = null) {
  const outcome = await promise
  if ((outcome.ok ? null : outcome.reason) !== reason)
    throw new Error(
      `${what} ${outcome.ok ? 'worked' : `was refused: ${outcome.reason}`}; it should be ${reason ?? 'done'}`,
    )
  return outcome.ok ? outcome.element : 0
}

/** Carries a prop from one place to another, along an arc. */
async function carries({ client, name }, element, from, to) {
  await expectOutcome(`${name} takes ${element}`, client.grab(element, POINTER))
  for (let ms = 0; ms <= CARRY_MS; ms += PACE_MS) {
    const share = ms / CARRY_MS
    const at = {
      x: from.x + (to.x - from.x) * share,
      y: from.y + (to.y - from.y) * share + Math.sin(Math.PI * share) * 0.4,
      z: from.z + (to.z - from.z) * share,
    }
    client.drag(POINTER, at, IDENTITY)
    await sleep(PACE_MS)
  }
  await expectOutcome(`${name} lets ${element} go`, client.release(POINTER))
}

async function walks({ client }, yaw, ms) {
  client.move({ z: -1, yaw, run: true })
  await sleep(ms)
  client.move({ yaw })
}

async function placesAndCarries(ada, bob, { cup, shapes }) {
  const cups = []
  for (let i = 0; i < 4; i++)
    cups.push(
      await expectOutcome('a cup', ada.client.spawn(cup, { position: { x: -0.6 + i * 0.4, y: 0.4 + i * 0.2, z: 4 } })),
    )
  const set = await expectOutcome(
    'the shapes',
    bob.client.spawn(shapes, {
      position: { x: 1.2, y: 1.4, z: 3.2 },
      rotation: { x: 0, y: 0.3826834, z: 0, w: 0.9238795 },
      scale: 0.5,
    }),
  )
  await Promise.all([
    carries(ada, cups[0], { x: -0.6, y: 0.4, z: 4 }, { x: -1, y: 1.2, z: 3 }),
    carries(bob, cups[3], { x: 0.6, y: 1, z: 4 }, { x: 1.2, y: 1.6, z: 3.4 }),
  ])
  await expectOutcome('a cup grows', bob.client.scale(cups[1], 5))
  await expectOutcome('the shapes shrink', ada.client.scale(set, 0.25))
  return cups
}

async function keepsForHerself(ada, bob, cup) {
  await expectOutcome(
    'Ada keeps her cup',
    ada.client.setAccess(cup, Access.owner | (Access.owner << 2) | (Access.owner << 4)),
  )
  await expectOutcome('Bob takes her cup', bob.client.grab(cup, POINTER), 'not-permitted')
  await expectOutcome('Bob makes her cup small', bob.client.scale(cup, 0.5), 'not-permitted')
  await expectOutcome('Bob sets her cup free', bob.client.setAccess(cup, 0), 'not-permitted')
  await expectOutcome('Ada shares her cup', ada.client.setAccess(cup, Access.everyone << 4))
  await expectOutcome('Bob takes her cup away', bob.client.despawn(cup))
}

async function changesBodies(ada, bob, { figure, robot }) {
  await Promise.all([
    expectOutcome('Ada is a figure', ada.client.wear(figure)),
    expectOutcome('Bob is a robot', bob.client.wear(robot)),
  ])
  await Promise.all([walks(ada, 0.4, 1_000), walks(bob, -0.6, 800)])
  await expectOutcome('Bob is a figure too', bob.client.wear(figure))
  await walks(bob, 2.4, 500)
  await expectOutcome('Ada is herself again', ada.client.wear(0))
  await walks(ada, 3, 500)
}

/** Plays the session on the server at `url`. */
export async function playThings(url) {
  const [ada, bob] = [await Person.enter(url, 'Ada'), await Person.enter(url, 'Bob')]
  const packages = {
    cup: await ada.uploads('objects/teacup.glb', 'teacup'),
    shapes: await ada.uploads('objects/primitives.glb', 'shapes'),
    figure: await ada.uploads(
      'avatars/RiggedFigure.glb',
      'figure',
      JSON.parse(readFileSync(`${ASSETS}humanoid/RiggedFigure.json`, 'utf8')),
    ),
    robot: await bob.uploads('avatars/debug_robot.vrm', 'robot'),
  }
  const cleo = await Person.enter(url, 'Cleo')
  await expectOutcome(
    'a package that is none',
    cleo.client.spawn(createHash('sha256').update('none').digest('hex'), { position: { x: 0, y: 1, z: 4 } }),
    'unknown-package',
  )
  const cups = await placesAndCarries(ada, bob, packages)
  await keepsForHerself(ada, bob, cups[2])
  await changesBodies(ada, bob, packages)
  await cleo.leaves()
  await carries(bob, cups[1], { x: -0.2, y: 0.6, z: 4 }, { x: 0.4, y: 1.5, z: 3.6 })
  await Promise.all([ada.leaves(), bob.leaves()])
}
