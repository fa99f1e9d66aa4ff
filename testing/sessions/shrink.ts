/** Shrinks sessions in the terms of the domain: players, time, segments and their duration, props of the realm. */
import type { ScheduledCommand } from '../scenario.ts'
import type { Segment, Session } from './session.ts'

/** The shrinker reduces these, in this order. A stage continues until none of its steps fails, then the next begins. */
const STAGES = ['ticks', 'segments', 'players', 'durations', 'starts', 'props', 'again'] as const
export type ShrinkStage = (typeof STAGES)[number]

interface Shorter {
  readonly session: Session
  readonly stage: ShrinkStage
}

const at = (session: Session, ticks: number): Session => ({
  ...session,
  ticks,
  checkpointTick: Math.min(session.checkpointTick, ticks - 1),
})

/** Half of the time, three quarters, and so on; at last one tick less. */
function* withLessTime(session: Session): Generator<Session> {
  for (let less = session.ticks >> 1; less >= 1; less >>= 1)
    if (session.ticks > less) yield at(session, session.ticks - less)
  if (session.checkpointTick > 0) {
    yield { ...session, checkpointTick: 0 }
    yield { ...session, checkpointTick: session.checkpointTick >> 1 }
  }
}

/** Without a run of items: first long runs, then single items. */
function* withoutRuns<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let run = items.length; run >= 1; run >>= 1)
    for (let from = 0; from < items.length; from += run) yield items.toSpliced(from, run)
}

/** Players have the numbers 1 to `players`, so the last one goes, with everything that it does or that is done to it. */
function* withFewerPlayers(session: Session): Generator<Session> {
  const { players } = session
  if (players < 2) return
  const concerns = ({ player, command }: ScheduledCommand): boolean =>
    player === players || ('player' in command && command.player === players)
  yield { ...session, players: players - 1, segments: session.segments.filter(({ acts }) => !acts.some(concerns)) }
  // The last player's part is played by the first.
  const recast = (act: ScheduledCommand): ScheduledCommand => ({
    ...act,
    player: act.player === players ? 1 : act.player,
    command: 'player' in act.command && act.command.player === players ? { ...act.command, player: 1 } : act.command,
  })
  yield {
    ...session,
    players: players - 1,
    segments: session.segments.map((segment) => ({ ...segment, acts: segment.acts.map(recast) })),
  }
}

/** Shorter forms of one segment: its first half, all but one command, half of the time between its commands. */
function* shorterSegments(segment: Segment): Generator<Segment> {
  const { acts } = segment
  const first = acts[0]
  if (!first || acts.length < 2) return
  yield { ...segment, acts: acts.slice(0, acts.length >> 1) }
  for (let i = acts.length - 1; i >= 0; i--) yield { ...segment, acts: acts.toSpliced(i, 1) }
  const lasts = (acts.at(-1)?.tick ?? first.tick) - first.tick
  if (lasts > acts.length)
    yield { ...segment, acts: acts.map((act) => ({ ...act, tick: first.tick + ((act.tick - first.tick) >> 1) })) }
}

const moved = (segment: Segment, byTicks: number): Segment => ({
  ...segment,
  acts: segment.acts.map((act) => ({ ...act, tick: act.tick - byTicks })),
})

/** All segments earlier by the same time, then each of them, by as much as possible at first. Joins are at tick 1. */
function* withEarlierSegments(session: Session): Generator<Session> {
  const { segments } = session
  if (segments.length === 0) return
  const room = segments.map(({ acts }) => (acts[0]?.tick ?? 1) - 1)
  const least = Math.min(...room)
  for (let by = least; by >= 1; by >>= 1)
    yield { ...at(session, Math.max(1, session.ticks - by)), segments: segments.map((segment) => moved(segment, by)) }
  for (const [i, segment] of segments.entries())
    for (let by = room[i] ?? 0; by >= 1; by >>= 1) yield { ...session, segments: segments.with(i, moved(segment, by)) }
}

function* ofStage(session: Session, stage: ShrinkStage): Generator<Session> {
  const { segments, definition } = session
  switch (stage) {
    case 'ticks':
      return yield* withLessTime(session)
    case 'segments':
      for (const fewer of withoutRuns(segments)) yield { ...session, segments: fewer }
      return
    case 'again':
      yield* ofStage(session, 'segments')
      return yield* withLessTime(session)
    case 'players':
      return yield* withFewerPlayers(session)
    case 'durations':
      for (const [i, segment] of segments.entries())
        for (const shorter of shorterSegments(segment)) yield { ...session, segments: segments.with(i, shorter) }
      return
    case 'starts':
      return yield* withEarlierSegments(session)
    case 'props':
      for (const props of withoutRuns(definition.props)) yield { ...session, definition: { ...definition, props } }
  }
}

/** Sessions that are a step shorter, from a stage on. */
export function* shorterSessions(session: Session, from: ShrinkStage = 'ticks'): Generator<Shorter> {
  for (const stage of STAGES.slice(STAGES.indexOf(from)))
    for (const shorter of ofStage(session, stage)) yield { session: shorter, stage }
}
