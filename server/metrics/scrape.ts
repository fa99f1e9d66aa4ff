/** Collects everything that GET /metrics reports. */
import type { TransportsService } from '../host/transports.ts'
import type { ServicesStatus } from '../http/status.ts'
import type { RealmMeters } from './realm-meters.ts'
import type { ServerMeters } from './server-meters.ts'
import { metricsText, metric, metricsOf, type Labels, type Metric } from './text.ts'
import { packageVersion } from '../package-root.ts'

export interface ScrapeParts {
  /** Id of the realm. */
  readonly realm: string
  readonly realmMeters: RealmMeters
  readonly meters: ServerMeters['Service']
  readonly services: ServicesStatus
  readonly transports: ReturnType<TransportsService['stats']>
}

export function scrape({ realm, realmMeters, meters, transports, services }: ScrapeParts): string {
  meters.sampleThread()
  return metricsText([
    metric('otherworld_build_info', 'gauge', 'Always 1; says the version.', [
      [{ version: packageVersion(), node: process.versions.node }, 1],
    ]),
    ...metricsOf(realmMeters.realm, { realm }),
    ...metricsOf(meters.table, {}),
    ...metricsOf(meters.thread, { thread: 'main' }),
    ...metricsOf(realmMeters.thread, { thread: `realm ${realm}` }),
    ...servicesMetrics(services),
    ...transportMetrics(transports),
    ...processMetrics(transports.webRtc),
  ])
}

function servicesMetrics({ archive, assets, uploads, backlog }: ServicesStatus): Metric[] {
  const up = [['archive', archive] as const, ['assets', assets] as const].map(
    ([store, { kind, state }]) => [{ store, kind }, state === 'up' ? 1 : 0] as const,
  )
  return [
    metric('otherworld_store_up', 'gauge', '1 while the archive, the store of files answers.', up),
    metric(
      'otherworld_uploads',
      'gauge',
      'Uploads that are not settled, by stage.',
      Object.entries(uploads.stages).map(([stage, count]) => [{ stage }, count] as const),
    ),
    metric('otherworld_uploads_waiting', 'gauge', 'Uploads that wait for their turn.', [[{}, uploads.queue]]),
    metric(
      'otherworld_archive_backlog',
      'gauge',
      'What waits for the archive, by kind.',
      Object.entries(backlog).map(([kind, count]) => [{ kind }, count] as const),
    ),
  ]
}

function transportMetrics({ webRtc, webSocket }: ScrapeParts['transports']): Metric[] {
  const each = [...(webRtc ? [['webrtc', webRtc] as const] : []), ['websocket', webSocket] as const]
  const dropped = webRtc
    ? ([
        [{ way: 'sent' }, webRtc.droppedSends],
        [{ way: 'received' }, webRtc.droppedReceived],
      ] as const)
    : []
  return [
    metric(
      'otherworld_connections',
      'gauge',
      'Open connections, by transport.',
      each.map(([transport, { connections, halfOpen }]) => [{ transport }, connections - halfOpen]),
    ),
    metric(
      'otherworld_connections_half_open',
      'gauge',
      'Connections that are being made, by transport.',
      each.map(([transport, { halfOpen }]) => [{ transport }, halfOpen]),
    ),
    metric(
      'otherworld_connections_refused_total',
      'counter',
      'Connections refused by a limit, by transport and reason.',
      each.flatMap(([transport, { refused }]) =>
        Object.entries(refused).map(([reason, count]) => [{ transport, reason }, count] as const),
      ),
    ),
    metric(
      'otherworld_webrtc_packets_dropped_total',
      'counter',
      'Datagrams that the WebRTC transport dropped because a buffer was full.',
      dropped,
    ),
    metric('otherworld_websocket_buffered_bytes', 'gauge', 'Bytes that wait for WebSocket clients to read them.', [
      [{}, webSocket.bufferedBytes],
    ]),
    metric(
      'otherworld_webrtc_restarts_total',
      'counter',
      'Times that the WebRTC process was started again after it died.',
      webRtc ? [[{}, webRtc.restarts]] : [],
    ),
  ]
}

/** Metrics of the server's own process and of WebRTC's. */
function processMetrics(webRtc: ScrapeParts['transports']['webRtc']): Metric[] {
  const { user, system } = process.cpuUsage()
  const child = webRtc?.usage ?? null
  const both = (own: number, childs: number | undefined): (readonly [Labels, number])[] => [
    [{ process: 'server' }, own],
    ...(childs === undefined ? [] : [[{ process: 'webrtc' }, childs] as const]),
  ]
  return [
    metric(
      'otherworld_process_cpu_seconds_total',
      'counter',
      'Processor time of a process, all of its threads.',
      both((user + system) / 1e6, child?.cpuSeconds),
    ),
    metric(
      'otherworld_process_resident_memory_bytes',
      'gauge',
      'Memory of a process that is in RAM.',
      both(process.memoryUsage.rss(), child?.residentBytes),
    ),
    metric('otherworld_process_uptime_seconds', 'gauge', "Time since the server's process began.", [
      [{ process: 'server' }, process.uptime()],
    ]),
    metric(
      'otherworld_thread_active_seconds_total',
      'counter',
      '',
      child ? [[{ thread: 'webrtc' }, child.activeSeconds]] : [],
    ),
    metric(
      'otherworld_thread_idle_seconds_total',
      'counter',
      '',
      child ? [[{ thread: 'webrtc' }, child.idleSeconds]] : [],
    ),
    metric(
      'otherworld_thread_heap_used_bytes',
      'gauge',
      '',
      child ? [[{ thread: 'webrtc' }, child.heapUsedBytes]] : [],
    ),
  ]
}
