import { expect, test } from 'vitest'
import { MESSAGE_BYTES_MAX, type ServerTransport } from '../../netcode/transport.ts'
import { INBOUND_BYTES_MAX } from '../limits.ts'
import { SERVER_FAMILIES } from '../metrics/families.ts'
import { MetricTable } from '../metrics/table.ts'
import { SILENT } from '../log.ts'
import { RealmLinks } from './realm-links.ts'

const TRANSPORT: ServerTransport = {
  kind: 'memory',
  send: () => undefined,
  flush: () => undefined,
  close: () => undefined,
  stop: () => Promise.resolve(),
}
const CLAIMS = { session: 'one', player: 1, name: 'Ada', role: 'player', uid: '', user: 1 } as const

test('packets for a realm that does not tick are limited in bytes: the newest are dropped and logged', () => {
  const said: string[] = []
  const links = new RealmLinks({
    counted: new MetricTable(SERVER_FAMILIES),
    claimsOf: () => CLAIMS,
    grantedTo: () => 0,
    linkOpened: () => undefined,
    linkClosed: () => undefined,
    closedTo: () => null,
    onWaiting: () => undefined,
    log: { ...SILENT, warn: (line) => void said.push(line), error: (line) => void said.push(line) },
  })
  const events = links.eventsFor(() => TRANSPORT)
  events.opened(1, { session: 'one', kind: 'memory', ordered: false, address: '127.0.0.1' })
  const fitting = Math.floor(INBOUND_BYTES_MAX / MESSAGE_BYTES_MAX)
  let waiting = 0
  for (let i = 0; i < fitting + 10; i += 1) {
    events.received(1, new Uint8Array(MESSAGE_BYTES_MAX))
    // Handed over, but the realm has not ticked, so it still counts.
    if (i % 100 === 0) waiting += links.take().bytes.length
  }
  waiting += links.take().bytes.length
  expect(waiting).toBe(fitting * MESSAGE_BYTES_MAX)
  expect(said).toEqual(['10 packets were dropped because the realm does not keep up'])
})

test('a role change is reported after the links opened before it, with the permissions of that time', () => {
  let granted = 8
  const links = new RealmLinks({
    counted: new MetricTable(SERVER_FAMILIES),
    claimsOf: () => CLAIMS,
    grantedTo: () => granted,
    linkOpened: () => undefined,
    linkClosed: () => undefined,
    closedTo: () => null,
    onWaiting: () => undefined,
    log: SILENT,
  })
  links.eventsFor(() => TRANSPORT).opened(1, { session: 'one', kind: 'memory', ordered: false, address: '127.0.0.1' })
  granted = 0
  links.grant('someone')
  expect(links.take().events).toMatchObject([
    { type: 'opened', granted: 8 },
    { type: 'grant', uid: 'someone', granted: 0 },
  ])
})
