/** Sessions that resume: what is kept over connections and over a crash of the server. */
import { describe, expect, test } from 'vitest'
import { HEARTBEAT_MS, INPUT_INTERVAL_MS } from './limits.ts'
import { WELCOME, grab, release, notice, SessionPair } from './session-pair.fixture.ts'

describe('a session that resumes', () => {
  test('INP-2, SES-4: commands that the log lost in a crash are sent again', () => {
    const pair = new SessionPair()
    pair.records = false
    pair.client.command(grab(1))
    pair.pass(INPUT_INTERVAL_MS)
    pair.up()
    pair.down()
    expect(pair.client.unacknowledged).toBe(1)
    pair.record()
    pair.pass(HEARTBEAT_MS)
    pair.down()
    expect(pair.client.unacknowledged).toBe(0)
    pair.server.recorded(77)
    expect(pair.server.ackCommand).toBe(1)
  })

  test('SES-4, MSG-6: commands are neither lost nor duplicated, and undelivered outcomes are sent again', () => {
    const pair = new SessionPair()
    pair.client.command(grab(1))
    pair.pass(INPUT_INTERVAL_MS)
    pair.up()
    pair.server.queue({ type: 'commandDone', sequence: 1, element: 1, tick: 5 })
    pair.client.command(release)
    pair.down(true)
    pair.server.detach()
    pair.server.queue({ type: 'commandRejected', sequence: 2, reason: 'hand-empty', tick: 9 })
    pair.server.queue(notice('lost with the connection'))

    pair.pass(3_000)
    pair.server.attach(pair.nowMs)
    pair.client.attach(pair.nowMs)
    pair.up()
    const resumed = { ...WELCOME, resumed: true, sequence: pair.server.sequence, ackCommand: pair.server.ackCommand }
    pair.server.queue(resumed)
    pair.server.queue(notice('the world again'))
    pair.down()
    expect(pair.messages.slice(1)).toEqual([
      resumed,
      { type: 'commandDone', sequence: 1, element: 1, tick: 5 },
      { type: 'commandRejected', sequence: 2, reason: 'hand-empty', tick: 9 },
      notice('the world again'),
    ])
    pair.pass(INPUT_INTERVAL_MS)
    pair.up()
    expect(pair.commands).toEqual(['grab', 'release'])
    const next = pair.client.command(grab(2))
    expect(next).toEqual({ ok: true, value: 3 })
  })

  test('a delivered outcome is not sent again', () => {
    const pair = new SessionPair()
    pair.server.queue({ type: 'commandDone', sequence: 1, element: 1, tick: 5 })
    pair.down()
    pair.pass(INPUT_INTERVAL_MS)
    pair.up()
    pair.server.detach()
    pair.server.attach(pair.nowMs)
    pair.client.attach(pair.nowMs)
    pair.up()
    pair.server.queue({ ...WELCOME, resumed: true })
    pair.down()
    expect(pair.messages.filter(({ type }) => type === 'commandDone')).toHaveLength(1)
  })

  test("SES-4: numbering continues after the server's highest number, also from a new page", () => {
    const pair = new SessionPair({ ...WELCOME, resumed: true, sequence: 500, ackCommand: 480 })
    expect(pair.client.command(grab(1))).toEqual({ ok: true, value: 501 })
  })
})
