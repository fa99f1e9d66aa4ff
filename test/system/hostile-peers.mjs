// A process of hostile peers: argv URL FROM TO SEED [TOKEN...]. Each number from FROM to below TO is one attack, whose
// name is printed when it is done. All randomness comes from the seed and the number. Without tokens it uses the token
// 'good' and attacks only the WebRTC transport. With tokens it attacks a whole server: HTTP, WebSocket and sessions
// too.
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { PeerConnection } from 'node-datachannel'
import { WebSocket } from 'ws'

const [base = '', from = '0', to = '0', seed = '1', ...tokens] = process.argv.slice(2)
const url = base.replace(/\/$/, '')
const tokenOf = (number) => tokens[number % tokens.length] ?? 'good'
const CONCURRENCY = 8
const connections = `${url}/.wrtc/v2/connections`

/** Uniform random numbers in [0, 1) for one attack (Marsaglia's xorshift, as in netcode/memory.ts). */
function randomOf(number) {
  let state = Math.imul(Number(seed) * 65_537 + number + 1, 0x9e3779b1) || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

let opened = 0

async function open() {
  const response = await fetch(connections, { method: 'POST', headers: { authorization: tokenOf(opened++) } })
  if (!response.ok) throw new Error(`status ${response.status}`)
  return await response.json()
}

function post(id, body, action = 'remote-description') {
  return fetch(`${connections}/${id}/${action}`, { method: 'POST', body }).catch(() => null)
}

/** A peer that has received the offer and gathered its answer. `onChannel` gets the channel when it is open. */
async function peer(onChannel = () => {}, edit = (sdp) => sdp) {
  const { id, localDescription } = await open()
  const pc = new PeerConnection('hostile', { iceServers: [], bindAddress: '127.0.0.1' })
  const gathered = new Promise((resolve) => {
    pc.onGatheringStateChange((state) => {
      if (state === 'complete') resolve()
    })
  })
  pc.onDataChannel((channel) => {
    channel.onOpen(() => {
      setImmediate(() => {
        try {
          onChannel(channel, pc)
        } catch {
          /* closed meanwhile */
        }
      })
    })
  })
  pc.setRemoteDescription(edit(localDescription.sdp), 'offer')
  await gathered
  return { id, pc, sdp: pc.localDescription()?.sdp ?? '' }
}

async function connectPeer({ id, pc, sdp }) {
  const response = await post(id, JSON.stringify({ type: 'answer', sdp }))
  const { candidates = [] } = response?.ok ? await response.json() : {}
  for (const { candidate, sdpMid } of candidates) {
    try {
      pc.addRemoteCandidate(candidate, sdpMid)
    } catch {
      /* closed meanwhile */
    }
  }
}

/** Replaces some characters of a text by others. */
function mutated(text, random) {
  const characters = [...text]
  for (let i = 0; i < 1 + random() * 12; i++)
    characters[Math.floor(random() * characters.length)] = String.fromCharCode(10 + random() * 116)
  return characters.join('')
}

/** Closes at a random moment around the connect, including immediately; `how` closes. */
async function closeAround(random, how) {
  const made = await peer()
  const connecting = connectPeer(made)
  const delayMs = random() < 0.25 ? 0 : random() * 120
  if (delayMs > 0) await sleep(delayMs)
  await how(made)
  await connecting
}

/** Connects, calls `act` with the open channel, waits a little and closes. */
async function misbehave(act, edit) {
  const made = await peer(act, edit)
  await connectPeer(made)
  await sleep(250)
  made.pc.close()
}

const largeMessages = (sdp) => sdp.replace(/a=max-message-size:\d+/, 'a=max-message-size:262144')

const onTransport = {
  'close-around-connect': (random) => closeAround(random, ({ pc }) => pc.close()),
  'close-by-http': (random) =>
    closeAround(random, async ({ id, pc }) => {
      await post(id, '{}', 'close')
      pc.close()
    }),
  'empty-answer': async () => {
    const { id } = await open()
    await post(id, '{}')
  },
  'garbage-sdp': async (random) => {
    const made = await peer()
    await post(made.id, JSON.stringify({ type: 'answer', sdp: mutated(made.sdp, random) }))
    await sleep(random() * 100)
    made.pc.close()
  },
  'half-open': async () => {
    await open()
  },
  'extra-channels': () =>
    misbehave((_channel, pc) => {
      for (let i = 0; i < 20; i++) pc.createDataChannel(`more ${i}`)
    }),
  'giant-messages': () =>
    misbehave((channel) => {
      for (let i = 0; i < 10; i++) channel.sendMessageBinary(new Uint8Array(100_000))
    }, largeMessages),
  'text-messages': () =>
    misbehave((channel) => {
      for (let i = 0; i < 50; i++) channel.sendMessage('{"disconnect":{}}')
    }),
  'empty-messages': () =>
    misbehave((channel) => {
      for (let i = 0; i < 500; i++) channel.sendMessageBinary(new Uint8Array(0))
    }),
  'send-and-close': () =>
    misbehave((channel, pc) => {
      channel.sendMessageBinary(new Uint8Array(16))
      pc.close()
    }),
  'answer-twice': async (random) => {
    const made = await peer()
    await Promise.all([
      post(made.id, JSON.stringify({ type: 'answer', sdp: made.sdp })),
      post(made.id, JSON.stringify({ type: 'answer', sdp: made.sdp })),
      post(made.id, '', 'close'),
    ])
    await sleep(random() * 50)
    made.pc.close()
  },
  'broken-body': async (random) => {
    const { id } = await open()
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname, () =>
      socket.write(
        `POST /.wrtc/v2/connections/${id}/remote-description HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n{"type":"answer"`,
      ),
    )
    socket.on('error', () => {})
    await sleep(random() * 60)
    socket.destroy()
  },
}

function socketThat(says, ms) {
  return new Promise((resolve) => {
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname, () => socket.write(says))
    socket.on('error', () => {})
    socket.resume()
    socket.once('close', resolve)
    setTimeout(() => {
      socket.destroy()
      resolve()
    }, ms)
  })
}

/** Opens a WebSocket, calls `act` with it when it is open, and closes it after `ms`. */
function webSocket(token, act, ms = 300) {
  return new Promise((resolve) => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/ws`, ['otherworld', `token.${token}`])
    socket.on('error', () => {})
    socket.on('open', () => act(socket))
    socket.once('close', resolve)
    setTimeout(() => {
      socket.terminate()
      resolve()
    }, ms)
  })
}

const noise = (random, length) => Uint8Array.from({ length }, () => random() * 256)
const flipped = (token, random) => {
  const at = Math.floor(random() * token.length)
  return `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`
}
const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"iss":"otherworld","sub":"x","player":1,"name":"x","role":"observer","exp":9999999999}').toString('base64url')}.`
// A Hello of version 2 as packet 1, with which the thief of a token would take the session over.
const HELLO = Uint8Array.of(0x08, 1, 0x42, 2, 0x08, 2)

const onServer = {
  'forged-token': (random, number) =>
    fetch(connections, { method: 'POST', headers: { authorization: flipped(tokenOf(number), random) } }),
  'unsigned-token': () => fetch(connections, { method: 'POST', headers: { authorization: unsigned } }),
  'websocket-without-token': () => webSocket('', () => {}),
  'websocket-garbage': (random, number) => webSocket(tokenOf(number), (socket) => socket.send(noise(random, 200))),
  'websocket-ping-flood': (_, number) =>
    webSocket(tokenOf(number), (socket) => {
      for (let i = 0; i < 1_500; i++) socket.ping()
    }),
  'websocket-giant': (_, number) => webSocket(tokenOf(number), (socket) => socket.send(new Uint8Array(100_000))),
  'websocket-silent': (_, number) => webSocket(tokenOf(number), () => {}, 1_000),
  'websocket-slow-reader': (_, number) =>
    webSocket(
      tokenOf(number),
      (socket) => {
        socket.pause()
        socket.send(HELLO)
      },
      1_500,
    ),
  'stolen-token': async (_, number) => {
    for (let i = 0; i < 3; i++) await webSocket(tokenOf(number), (socket) => socket.send(HELLO), 60)
  },
  'slow-loris': () => socketThat('GET / HTTP/1.1\r\nHost: x\r\nX-A: ', 1_500),
  'http-garbage': (random) => socketThat(noise(random, 300), 300),
  'large-login': () => fetch(`${url}/v1/login`, { method: 'POST', body: 'a'.repeat(200_000) }),
  'garbage-packets': (random) =>
    misbehave((channel) => {
      for (let i = 0; i < 20; i++) channel.sendMessageBinary(noise(random, 60))
    }),
  'message-flood': () =>
    misbehave((channel) => {
      for (let i = 0; i < 3_000; i++) channel.sendMessageBinary(new Uint8Array(20))
    }),
}
const attacks = Object.entries(tokens.length === 0 ? onTransport : { ...onTransport, ...onServer })

let next = Number(from)
await Promise.all(
  Array.from({ length: CONCURRENCY }, async () => {
    while (next < Number(to)) {
      const number = next++
      const [name, attack] = attacks[number % attacks.length]
      await Promise.resolve(attack(randomOf(number), number)).catch(() => {})
      process.stdout.write(`${number} ${name}\n`)
    }
  }),
)
process.exit(0)
