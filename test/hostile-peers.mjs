// A process of hostile peers: argv URL FROM TO SEED. Each number from FROM below TO is one attack on the WebRTC server;
// the number is printed when it is done. All randomness comes from the seed and the number.
import { connect } from 'node:net'
import { PeerConnection } from 'node-datachannel'

const [url = '', from = '0', to = '0', seed = '1'] = process.argv.slice(2)
const CONCURRENCY = 8
const connections = `${url}/.wrtc/v2/connections`
const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds) })

/** Even numbers in [0, 1) for one attack (Marsaglia's xorshift, as in netcode/memory.ts). */
function randomOf(number) {
  let state = Math.imul(Number(seed) * 65_537 + number + 1, 0x9e3779b1) || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

async function open() {
  const response = await fetch(connections, { method: 'POST', headers: { authorization: 'good' } })
  if (!response.ok) throw new Error(`status ${response.status}`)
  return await response.json()
}

function post(id, body, action = 'remote-description') {
  return fetch(`${connections}/${id}/${action}`, { method: 'POST', body }).catch(() => null)
}

/** A peer that has the offer and gathered its answer; `onChannel` gets the channel when it is open. */
async function peer(onChannel = () => {}, edit = (sdp) => sdp) {
  const { id, localDescription } = await open()
  const pc = new PeerConnection('hostile', { iceServers: [], bindAddress: '127.0.0.1' })
  const gathered = new Promise((resolve) => { pc.onGatheringStateChange((state) => { if (state === 'complete') resolve() }) })
  pc.onDataChannel((channel) => { channel.onOpen(() => { setImmediate(() => { try { onChannel(channel, pc) } catch { /* closed meanwhile */ } }) }) })
  pc.setRemoteDescription(edit(localDescription.sdp), 'offer')
  await gathered
  return { id, pc, sdp: pc.localDescription()?.sdp ?? '' }
}

async function connectPeer({ id, pc, sdp }) {
  const response = await post(id, JSON.stringify({ type: 'answer', sdp }))
  const { candidates = [] } = response?.ok ? await response.json() : {}
  for (const { candidate, sdpMid } of candidates) {
    try { pc.addRemoteCandidate(candidate, sdpMid) } catch { /* closed meanwhile */ }
  }
}

/** Replaces some characters of a text by others. */
function mutated(text, random) {
  const characters = [...text]
  for (let i = 0; i < 1 + random() * 12; i++) characters[Math.floor(random() * characters.length)] = String.fromCharCode(10 + random() * 116)
  return characters.join('')
}

/** Closes at a random moment around the connect, 0 ms among them; `how` closes. */
async function closeAround(random, how) {
  const made = await peer()
  const connecting = connectPeer(made)
  const delayMs = random() < 0.25 ? 0 : random() * 120
  if (delayMs > 0) await pause(delayMs)
  await how(made)
  await connecting
}

/** Connects, does `act` with the open channel, waits a little and closes. */
async function misbehave(act, edit) {
  const made = await peer(act, edit)
  await connectPeer(made)
  await pause(250)
  made.pc.close()
}

const largeMessages = (sdp) => sdp.replace(/a=max-message-size:\d+/, 'a=max-message-size:262144')

const attacks = [
  (random) => closeAround(random, ({ pc }) => pc.close()),
  (random) => closeAround(random, async ({ id, pc }) => { await post(id, '{}', 'close'); pc.close() }),
  async () => { const { id } = await open(); await post(id, '{}') },
  async (random) => {
    const made = await peer()
    await post(made.id, JSON.stringify({ type: 'answer', sdp: mutated(made.sdp, random) }))
    await pause(random() * 100)
    made.pc.close()
  },
  async () => { await open() },
  () => misbehave((_channel, pc) => { for (let i = 0; i < 20; i++) pc.createDataChannel(`more ${i}`) }),
  () => misbehave((channel) => { for (let i = 0; i < 10; i++) channel.sendMessageBinary(new Uint8Array(100_000)) }, largeMessages),
  () => misbehave((channel) => { for (let i = 0; i < 50; i++) channel.sendMessage('{"disconnect":{}}') }),
  () => misbehave((channel) => { for (let i = 0; i < 500; i++) channel.sendMessageBinary(new Uint8Array(0)) }),
  () => misbehave((channel, pc) => { channel.sendMessageBinary(new Uint8Array(16)); pc.close() }),
  async (random) => {
    const made = await peer()
    await Promise.all([post(made.id, JSON.stringify({ type: 'answer', sdp: made.sdp })), post(made.id, JSON.stringify({ type: 'answer', sdp: made.sdp })), post(made.id, '', 'close')])
    await pause(random() * 50)
    made.pc.close()
  },
  async (random) => {
    const { id } = await open()
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname, () => socket.write(`POST /.wrtc/v2/connections/${id}/remote-description HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n{"type":"answer"`))
    socket.on('error', () => {})
    await pause(random() * 60)
    socket.destroy()
  },
]

let next = Number(from)
await Promise.all(Array.from({ length: CONCURRENCY }, async () => {
  while (next < Number(to)) {
    const number = next++
    const attack = attacks[number % attacks.length]
    await attack(randomOf(number)).catch(() => {})
    process.stdout.write(`${number}\n`)
  }
}))
process.exit(0)
