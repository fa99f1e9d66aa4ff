/**
 * A whole render client with mutated messages of its server. It may end with a message, but neither throws nor shows
 * NaN.
 */
import { RenderClient } from '../../../netcode/client/render-client.ts'
import type { ClientConnection, ClientEvents, Connect } from '../../../netcode/transport.ts'
import { promise, splitRecords, type FuzzTarget } from '../target.ts'

/** Between two packets, ms. */
const PACE_MS = 33
/** Turns of the event loop's microtasks in which a connection is made. */
const TURNS_MAX = 20

interface Wire {
  readonly connect: Connect
  events: ClientEvents | null
}

function wire(): Wire {
  const made: Wire = {
    events: null,
    connect: (_url, _token, events) => {
      const connection: ClientConnection = {
        kind: 'memory',
        ordered: false,
        send: () => undefined,
        close: (reason) => events.closed(reason),
      }
      made.events = events
      return Promise.resolve(connection)
    },
  }
  return made
}

function checkShown(client: RenderClient, nowMs: number): boolean {
  const { avatars, props } = client.sample(nowMs)
  for (const { position, velocity, yaw, pose } of avatars) {
    const joints =
      pose === null
        ? []
        : [pose.head, pose.left, pose.right].flatMap((joint) => [
            ...Object.values(joint.position),
            ...Object.values(joint.rotation),
          ])
    promise(
      [...Object.values(position), ...Object.values(velocity), yaw, ...joints].every(Number.isFinite),
      'an avatar is shown at no place',
    )
  }
  for (const { position, rotation } of props)
    promise(
      [...Object.values(position), ...Object.values(rotation)].every(Number.isFinite),
      'a prop is shown at no place',
    )
  return avatars.length + props.length > 0
}

async function take(bytes: Uint8Array): Promise<boolean> {
  let nowMs = 1_000
  const line = wire()
  const client = new RenderClient({ url: 'http://fuzz', token: 'token', connects: [line.connect], clock: () => nowMs })
  client.start()
  for (let i = 0; i < TURNS_MAX; i += 1) await Promise.resolve()
  let isShown = false
  for (const packet of splitRecords(bytes)) {
    nowMs += PACE_MS
    line.events?.received(packet)
    if (client.state.type === 'joined') client.move({ z: -1, yaw: 1 })
    client.update(nowMs)
    isShown = checkShown(client, nowMs) || isShown
    if (client.state.type !== 'closed' && client.state.type !== 'reconnecting') continue
    promise(client.state.reason !== '', 'a client ended without a word')
    break
  }
  void client.close()
  return isShown
}

export const renderTarget: FuzzTarget = { name: 'render-client', run: take, share: 0.03 }
