/**
 * The server's log (an Effect `Logger`): entries with a level, an area and fields, written as text or as JSON. Secrets
 * are masked.
 */
import { Cause, Effect, Logger, References } from 'effect'
import type { OperatorFault } from '../storage/fault.ts'

export const LOG_FORMS = ['text', 'json'] as const
export type LogForm = (typeof LOG_FORMS)[number]
export type ServerLogger = Logger.Logger<unknown, void>

/** Fields of an entry beside its message, e.g. the id of an upload. */
export type LogFields = Readonly<Record<string, string | number>>

interface Entry {
  readonly time: Date
  /** `info`, `warn`, `error` … */
  readonly level: string
  /** Part of the server that reports: archive, files, grants, http, realm, uploads, users … */
  readonly area: string
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** Errors of the archive, the file store and the server: their place and remedy become fields, so that the entry stays one line. */
const isFault = (part: unknown): part is OperatorFault =>
  part instanceof Error && ['what', 'where', 'fix'].every((name) => name in part)

/** A logger that formats each entry and hands the line to `write`. An error may follow the message. */
function loggerOf(format: (entry: Entry) => string, write: (line: string) => void): ServerLogger {
  return Logger.make(({ cause, date, fiber, logLevel, message }) => {
    const { area = 'server', ...annotations } = fiber.getRef(References.CurrentLogAnnotations)
    const fields: Record<string, unknown> = { ...annotations }
    const parts = (Array.isArray(message) ? message : [message]).map((part) => {
      if (!isFault(part)) return part instanceof Error ? part.message : String(part)
      Object.assign(fields, { where: part.where, fix: part.fix })
      return part.what
    })
    if (cause.reasons.length > 0) parts.push(Cause.pretty(cause))
    write(
      masked(
        format({ time: date, level: logLevel.toLowerCase(), area: String(area), message: parts.join(' '), fields }),
      ),
    )
  })
}

const COLOURS: Readonly<Record<string, number>> = { warn: 33, error: 31, fatal: 31 }

/** `area: message`, as tests and drills look for it. */
const plain = ({ area, message }: Entry): string => `${area}: ${message}`

const fieldText = (value: string): string => (/[\s"]/.test(value) ? JSON.stringify(value) : value)

/** Format for people: local time, the level if it is a warning or worse, the message, the fields. */
function text(entry: Entry, isTerminal: boolean): string {
  const time = entry.time.toTimeString().slice(0, 8)
  const colour = COLOURS[entry.level]
  const level = colour === undefined ? '' : `${entry.level} `
  const fields = Object.entries(entry.fields).map(([name, value]) => ` ${name}=${fieldText(String(value))}`)
  if (!isTerminal) return `${time} ${level}${plain(entry)}${fields.join('')}`
  const paint = (code: number, words: string): string => (words === '' ? '' : `\x1b[${code}m${words}\x1b[0m`)
  return `${paint(2, time)} ${paint(colour ?? 0, level)}${plain(entry)}${paint(2, fields.join(''))}`
}

const json = ({ time, level, area, message, fields }: Entry): string =>
  JSON.stringify({ time: time.toISOString(), level, area, message, ...fields })

/** The log of a server process. */
export const serverLogger = (
  form: LogForm,
  isTerminal: boolean,
  write: (line: string) => void = (line) => void process.stderr.write(`${line}\n`),
): ServerLogger => loggerOf(form === 'json' ? json : (entry) => text(entry, isTerminal), write)

/** Hands each entry as `area: message` to a program or a test. */
export const lineLogger = (write: (line: string) => void): ServerLogger => loggerOf(plain, write)

/** Passwords in addresses, tokens (JWT) and the signatures of links. Errors of drivers may quote them. */
const SECRETS: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:)[^\s@/]+@/gi, '$1***@'],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]+/g, '***'],
  [/([?&](?:password|token|signature|X-Amz-(?:Signature|Credential|Security-Token))=)[^&\s"']+/gi, '$1***'],
]

function masked(line: string): string {
  return SECRETS.reduce((rest, [pattern, instead]) => rest.replace(pattern, instead), line)
}

/** Logging from callbacks that run outside of any Effect: messages of workers, sockets. */
export interface CallbackLog {
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
}

/** Log of one area for callbacks; writes to the loggers of the fiber that makes it. */
export const callbackLog = (area: string): Effect.Effect<CallbackLog> =>
  Effect.map(Effect.context(), (context) => {
    const at =
      (level: 'Info' | 'Warn' | 'Error') =>
      (message: string, fields: LogFields = {}): void =>
        Effect.runSyncWith(context)(Effect.logWithLevel(level)(message).pipe(Effect.annotateLogs({ area, ...fields })))
    return { info: at('Info'), warn: at('Warn'), error: at('Error') }
  })

/** All entries of `effect` belong to this area of the log. */
export const inArea =
  (area: string, fields: LogFields = {}) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.annotateLogs(effect, { area, ...fields })

/** A log that discards its entries. */
export const SILENT: CallbackLog = { info: () => undefined, warn: () => undefined, error: () => undefined }
