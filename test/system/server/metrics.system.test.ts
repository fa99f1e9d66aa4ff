/** GET /metrics of a real server with players, read by a strict parser. */
import { afterEach, expect, test } from 'vitest'
import { parseMetrics, type Metrics } from '../../../bots/parse-metrics.ts'
import { cleanup, joined, serveHere, until } from '../../harness/server-harness.ts'

const clean = cleanup()
afterEach(() => clean.all())

async function metricsOf(url: string): Promise<Metrics> {
  const response = await fetch(`${url}metrics`)
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  return parseMetrics(await response.text())
}

test("metrics report a player's actions, the parts of ticks, and their cost", async () => {
  const { url } = await serveHere(clean)
  const ada = await joined(clean, url, 'Ada')
  const before = await metricsOf(url)
  expect(await ada.release(0)).toMatchObject({ ok: false, reason: 'hand-empty' })
  const spec = {
    name: 'ball',
    motion: 'dynamic',
    colliders: [
      { shape: { type: 'sphere', radius: 0.2 }, position: { x: 0, y: 0, z: 0 }, rotation: { x: 0, y: 0, z: 0, w: 1 } },
    ],
    density: 100,
    friction: 0.5,
    restitution: 0.5,
    color: 1,
  } as const
  expect(await ada.spawn(spec, { position: { x: 0, y: 20, z: 0 } })).toMatchObject({ ok: true })
  // Gauges are sampled once a second, and a tick may end while its parts are read
  const { sum, families } = await until('a second of ticks is reported, and its parts with it', async () => {
    const metrics = await metricsOf(url)
    const parts = metrics.sum('otherworld_tick_part_seconds_sum') / metrics.sum('otherworld_tick_seconds_sum')
    const ticks = metrics.sum('otherworld_tick_seconds_count') - before.sum('otherworld_tick_seconds_count')
    return ticks > 60 && parts > 0.9 && parts < 1.01 && metrics.sum('otherworld_props_awake') > 0 && metrics
  })
  const grown = (name: string, labels = {}): number => sum(name, labels) - before.sum(name, labels)

  expect(grown('otherworld_tick_seconds_count', { realm: 'yard' })).toBeGreaterThan(30)
  for (const part of ['inputs', 'step', 'hash', 'record', 'encode', 'send'])
    expect(sum('otherworld_tick_part_seconds_sum', { part })).toBeGreaterThan(0)
  expect([
    sum('otherworld_players'),
    sum('otherworld_players_connected'),
    sum('otherworld_sessions_started_total'),
  ]).toEqual([1, 1, 1])
  expect([
    sum('otherworld_connections', { transport: 'websocket' }),
    sum('otherworld_logins_total', { role: 'player' }),
  ]).toEqual([1, 1])
  expect([
    grown('otherworld_commands_done_total'),
    grown('otherworld_commands_rejected_total', { reason: 'hand-empty' }),
  ]).toEqual([1, 1])
  for (const name of [
    'otherworld_snapshots_sent_total',
    'otherworld_inputs_total',
    'otherworld_recording_bytes_total',
    'otherworld_recording_sync_seconds_count',
  ])
    expect(grown(name)).toBeGreaterThan(0)
  for (const name of [
    'otherworld_received_bytes_total',
    'otherworld_sent_bytes_total',
    'otherworld_packets_sent_total',
  ])
    expect(grown(name, { transport: 'websocket' })).toBeGreaterThan(10)
  for (const thread of ['main', 'realm yard'])
    expect(sum('otherworld_thread_heap_used_bytes', { thread })).toBeGreaterThan(1e6)
  expect(sum('otherworld_process_resident_memory_bytes', { process: 'server' })).toBeGreaterThan(1e7)
  expect(families.get('otherworld_tick_seconds')?.type).toBe('histogram')
})

test('metrics report refused logins and players who left', async () => {
  const { url, status } = await serveHere(clean)
  await fetch(`${url}v1/login`, { method: 'POST', body: JSON.stringify({ name: '' }) })
  await fetch(`${url}v1/login`, { method: 'POST', body: JSON.stringify({ name: 'Ada', role: 'king' }) })
  const ada = await joined(clean, url, 'Ada')
  await ada.close()
  await until('she has left', () => status().players === 0)
  const { sum } = await metricsOf(url)
  expect(['bad-name', 'bad-role', 'other'].map((reason) => sum('otherworld_logins_refused_total', { reason }))).toEqual(
    [1, 1, 0],
  )
  expect(['left', 'expired', 'protocol'].map((reason) => sum('otherworld_sessions_ended_total', { reason }))).toEqual([
    1, 0, 0,
  ])
})
