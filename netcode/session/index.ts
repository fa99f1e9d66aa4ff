/** The packet layer between one client and the server: pure classes that get time as an argument. */
export { ServerSession, type OutgoingPart, type ReceivedInputs } from './server/server-session.ts'
export { ClientSession } from './client/client-session.ts'
export { MoveSchedule } from './server/move-schedule.ts'
export { SESSION_FAULTS } from './packet-tracker.ts'
export * from './limits.ts'
