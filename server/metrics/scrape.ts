/** Collects everything that GET /metrics reports. */
import type { TransportsService } from '../host/transports.ts'
import type { ThingsStatus } from '../http/status.ts'
import type { RealmMeters } from './realm-meters.ts'
import type { ServerMeters } from './server-meters.ts'
import { metricsText, told, toldOf, type Labels, type Told } from './text.ts'
import { packageVersion } from '../package-root.ts'

export interface ScrapeParts {
  /** Id of the realm. */
  readonly realm: string
  readonly realmMeters: RealmMeters
  readonly meters: ServerMeters['Service']
  readonly things: ThingsStatus
  readonly transports: ReturnType<TransportsService['stats']>
}

export function scrape({ realm, realmMeters, meters, transports, things }: ScrapeParts): string {
  meters.sampleThread()
  return metricsText([
    told('otherworld_build_info', 'gauge', 'Always 1; says the version.', [
      [{ version: packageVersion(), node: process.versions.node }, 1],
    ]),
    ...toldOf(realmMeters.realm, { realm }),
    ...toldOf(meters.table, {}),
    ...toldOf(meters.thread, { thread: 'main' }),
    ...toldOf(realmMeters.thread, { thread: `realm ${realm}` }),
    ...thingsMetrics(things),
    ...transportMetrics(transports),
    ...processMetrics(transports.webRtc),
  ])
}

function thingsMetrics({ archive, assets, uploads, backlog }: ThingsStatus): Told[] {
  const up = [['archive', archive] as const, ['assets', assets] as const].map(
    ([store, { kind, state }]) => [{ store, kind }, state === 'up' ? 1 : 0] as const,
  )
  return [
    told('otherworld_store_up', 'gauge', '1 while the archive, the store of files answers.', up),
    told(
      'otherworld_uploads',
      'gauge',
      'Uploads that are not settled, by stage.',
      Object.entries(uploads.stages).map(([stage, count]) => [{ stage }, count] as const),
    ),
    told('otherworld_uploads_waiting', 'gauge', 'Uploads that wait for their turn.', [[{}, uploads.queue]]),
    told(
      'otherworld_archive_backlog',
      'gauge',
      'What waits for the archive, by kind.',
      Object.entries(backlog).map(([kind, count]) => [{ kind }, count] as const),
    ),
  ]
}

function transportMetrics({ webRtc, webSocket }: ScrapeParts['transports']): Told[] {
  const each = [...(webRtc ? [['webrtc', webRtc] as const] : []), ['websocket', webSocket] as const]
  const dropped = webRtc
    ? ([
        [{ way: 'sent' }, webRtc.droppedSends],
        [{ way: 'received' }, webRtc.droppedReceived],
      ] as const)
    : []
  return [
    told(
      'otherworld_connections',
      'gauge',
      'Open connections, by transport.',
      each.map(([transport, { connections, halfOpen }]) => [{ transport }, connections - halfOpen]),
    ),
    told(
      'otherworld_connections_half_open',
      'gauge',
      'Connections that are being made, by transport.',
      each.map(([transport, { halfOpen }]) => [{ transport }, halfOpen]),
    ),
    told(
      'otherworld_connections_refused_total',
      'counter',
      'Connections refused by a limit, by transport and reason.',
      each.flatMap(([transport, { refused }]) =>
        Object.entries(refused).map(([reason, count]) => [{ transport, reason }, count] as const),
      ),
    ),
    told(
      'otherworld_webrtc_packets_dropped_total',
      'counter',
      'Datagrams that the WebRTC transport dropped because a buffer was full.',
      dropped,
    ),
    told('otherworld_websocket_buffered_bytes', 'gauge', 'Bytes that wait for WebSocket clients to read them.', [
      [{}, webSocket.bufferedBytes],
    ]),
    told(
      'otherworld_webrtc_restarts_total',
      'counter',
      'Times that the WebRTC process was started again after it died.',
      webRtc ? [[{}, webRtc.restarts]] : [],
    ),
  ]
}

/** Metrics of the server's own process and of WebRTC's. */
function processMetrics(webRtc: ScrapeParts['transports']['webRtc']): Told[] {
  const { user, system } = process.cpuUsage()
  const child = webRtc?.usage ?? null
  const both = (own: number, childs: number | undefined): (readonly [Labels, number])[] => [
    [{ process: 'server' }, own],
    ...(childs === undefined ? [] : [[{ process: 'webrtc' }, childs] as const]),
  ]
  return [
    told(
      'otherworld_process_cpu_seconds_total',
      'counter',
      'Processor time of a process, all of its threads.',
      both((user + system) / 1e6, child?.cpuSeconds),
    ),
    told(
      'otherworld_process_resident_memory_bytes',
      'gauge',
      'Memory of a process that is in RAM.',
      both(process.memoryUsage.rss(), child?.residentBytes),
    ),
    told('otherworld_process_uptime_seconds', 'gauge', "Time since the server's process began.", [
      [{ process: 'server' }, process.uptime()],
    ]),
    told(
      'otherworld_thread_active_seconds_total',
      'counter',
      '',
      child ? [[{ thread: 'webrtc' }, child.activeSeconds]] : [],
    ),
    told(
      'otherworld_thread_idle_seconds_total',
      'counter',
      '',
      child ? [[{ thread: 'webrtc' }, child.idleSeconds]] : [],
    ),
    told('otherworld_thread_heap_used_bytes', 'gauge', '', child ? [[{ thread: 'webrtc' }, child.heapUsedBytes]] : []),
  ]
}
