import { sessionFrames, type Session } from '../sessions/session.ts'

/** The size of a session. */
export interface CaseSize {
  readonly players: number
  readonly ticks: number
  readonly inputs: number
  /** Props of the realm's definition. */
  readonly props: number
}

export const sizeOf = (session: Session): CaseSize => ({
  players: session.players,
  ticks: session.ticks,
  inputs: sessionFrames(session).reduce((sum, { inputs }) => sum + inputs.length, 0),
  props: session.definition.props.length,
})
