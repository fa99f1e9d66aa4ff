/** Runs in the browser: replays a recording and returns every state hash. */
import { RecordingPlayer, readRecording, simulationOf, verify } from '../../../replay/index.ts'
import { loadEngine } from '../../../sim/index.ts'

export interface BrowserReplay {
  readonly engine: string
  readonly ok: boolean
  readonly ticks: number
  readonly realTimeFactor: number
  readonly hashes: readonly string[]
}

/** Throws with the reason if the file cannot be replayed here. */
export async function replay(bytes: Uint8Array): Promise<BrowserReplay> {
  const engine = await loadEngine()
  const simulation = simulationOf(engine)
  const recording = readRecording(bytes)
  if (!recording.ok) throw recording.error
  const checked = await verify(recording.value, simulation)
  if (!checked.ok) throw checked.error
  const player = await RecordingPlayer.open(recording.value, simulation)
  if (!player.ok) throw player.error
  const hashes: string[] = []
  try {
    while (!player.value.done) {
      const played = player.value.step()
      if (!played.ok) throw played.error
      hashes.push(simulation.hash(player.value.realm))
    }
  } finally {
    player.value.free()
  }
  return {
    engine: engine.sha256,
    ok: checked.value.ok,
    ticks: checked.value.ticksExecuted,
    realTimeFactor: checked.value.realTimeFactor,
    hashes,
  }
}

declare global {
  interface Window {
    replayUrl?: (url: string) => Promise<BrowserReplay>
  }
}

if (typeof window !== 'undefined')
  window.replayUrl = async (url) => replay(new Uint8Array(await (await fetch(url)).arrayBuffer()))
