/** The steps of one connection in a form that can be compared between runs and machines. */
import type { Exchange } from './signalling-proxy.ts'
import type { PeerStep } from './webrtc-stand-in.ts'

export type Step = { readonly peer: PeerStep } | { readonly http: Exchange }

/** Steps in order. The number of candidates depends on the machine, so consecutive ones become one. */
export function transcript(steps: readonly Step[]): object[] {
  const entries = steps.flatMap((step) => ('peer' in step ? [maskedPeer(step.peer)] : exchangeOf(step.http)))
  return entries.filter((step, i) => JSON.stringify(step) !== JSON.stringify(entries[i - 1]))
}

function maskedPeer({ sdp, candidate, ...step }: PeerStep): object {
  return {
    ...step,
    ...(typeof sdp === 'string' ? { sdp: kindOfSdp(sdp) } : {}),
    ...(typeof candidate === 'string' ? { candidate: kindOfCandidate(candidate) } : {}),
  }
}

/** Whether late candidates are requested depends on how fast the connection opens. */
function exchangeOf({ method, path, headers, body, answer }: Exchange): object[] {
  if (!path.startsWith('/.wrtc/') || path.endsWith('/additional-candidates')) return []
  const ours = path
    .split('/')
    .map((part, i) => (i === 4 ? 'ID' : part))
    .join('/')
  return [
    {
      request: `${method} ${ours}`,
      authorization: headers.authorization?.replace(/ .*/, ' TOKEN') ?? null,
      'content-type': headers['content-type'] ?? null,
      body: masked(body),
      answer: answer === null ? null : { status: answer.status, body: masked(answer.body) },
    },
  ]
}

function masked(body: string): unknown {
  if (body === '') return ''
  return JSON.parse(body, (key: string, value: unknown) => {
    if (key === 'sdp') return kindOfSdp(String(value))
    if (key === 'id') return 'ID'
    if (key === 'candidate') return kindOfCandidate(String(value))
    // Consecutive ones become one
    return Array.isArray(value) ? (value.slice(0, 1) as unknown) : value
  })
}

const kindOfSdp = (sdp: string): string =>
  `${sdp.startsWith('v=0\r\n') && sdp.endsWith('\r\n') ? 'SDP' : 'no SDP'}, ${sdp.includes('a=candidate:') ? 'with' : 'without'} candidates, ${/a=setup:\w+/.exec(sdp)?.[0] ?? 'no setup'}`

const kindOfCandidate = (candidate: string): string =>
  candidate.replace(/^candidate:.* typ (\w+).*$/, 'candidate:… typ $1')
