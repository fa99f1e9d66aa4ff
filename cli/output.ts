/** Output of every command: text for people, one JSON object for programs, progress on stderr. */

/** Output streams of a command; replaceable in tests. */
export interface Terminal {
  out(text: string): void
  err(text: string): void
  /** A person reads stdout, stderr: colours there, progress here. */
  readonly outIsTerminal: boolean
  readonly errIsTerminal: boolean
}

export const terminal: Terminal = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  get outIsTerminal() {
    return process.stdout.isTTY === true && !process.env['NO_COLOR']
  },
  get errIsTerminal() {
    return process.stderr.isTTY === true
  },
}

/** One object on one line. `schema` names its type and version, e.g. "otherworld/replay-info/1". */
export function printJson(to: Terminal, schema: string, fields: Readonly<Record<string, unknown>>): void {
  to.out(`${JSON.stringify({ schema, ...fields })}\n`)
}

/** Why a command failed. */
export interface Failure {
  /** A stable identifier for programs. */
  readonly reason: string
  readonly message: string
  readonly where?: string
  readonly fix?: string
}

/** The schema of a command's `--json` output, e.g. "otherworld/replay-info/1" for "replay info". */
export const schemaOf = (command: string): string => `otherworld/${command.replaceAll(' ', '-')}/1`

const failureText = ({ message, where, fix }: Failure): string =>
  `${message}${where === undefined ? '' : `\n  where: ${where}`}${fix === undefined ? '' : `\n  what to do: ${fix}`}`

/**
 * Reports on stderr that a command failed, and with `json` also on stdout as {schema, error}. `words`: a longer text for
 * people.
 */
export function printFailure(
  to: Terminal,
  command: string,
  json: boolean,
  failure: Failure,
  words = failureText(failure),
): void {
  to.err(`otherworld ${command}: ${words}\n`)
  if (json) printJson(to, schemaOf(command), { error: failure })
}

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 } as const

/** Colours text if the stream is a terminal. */
export const paint = (to: Terminal, colour: keyof typeof CODES, text: string): string =>
  to.outIsTerminal ? `\x1b[${CODES[colour]}m${text}\x1b[0m` : text

/** Names and values in two columns, indented. */
export function rows(to: Terminal, pairs: readonly (readonly [name: string, value: string])[]): string {
  const width = Math.max(0, ...pairs.map(([name]) => name.length)) + 2
  return pairs.map(([name, value]) => `  ${paint(to, 'dim', name.padEnd(width))}${value}\n`).join('')
}

/** 3 significant digits and a binary unit: "1.46 MiB". */
export function formatBytes(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB']
  let value = bytes
  let unit = 0
  for (; value >= 1024 && unit < units.length - 1; unit++) value /= 1024
  return `${unit === 0 ? value : Number(value.toPrecision(3))} ${units[unit]}`
}

/** "7 s", "2 min 05 s", "3 h 07 min". */
export function formatSeconds(seconds: number): string {
  const whole = Math.round(seconds)
  const two = (value: number): string => String(value).padStart(2, '0')
  if (whole < 60) return `${seconds < 10 && !Number.isInteger(seconds) ? seconds.toFixed(1) : whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`
}

/** Interval between updates of a progress line, ms. */
const DRAW_EVERY_MS = 100
const BAR_CELLS = 24
/** Share of the work after which an estimate is worth showing. */
const ESTIMATE_FROM = 0.02

/** Interval between lines of progress if stderr is not a terminal, ms: a log stays short, but shows that work goes on. */
const LINE_EVERY_MS = 10_000

/**
 * Prints `line()` on stderr every LINE_EVERY_MS until `end`, for work that runs long without a report. Silent if stderr
 * is a terminal, which has a progress line instead.
 */
export function tellRegularly(to: Terminal, line: () => string): { end(): void } {
  if (to.errIsTerminal) return { end: () => undefined }
  const timer = setInterval(() => to.err(`${line()}\n`), LINE_EVERY_MS)
  return { end: () => clearInterval(timer) }
}

/** As `tellRegularly`; on a terminal, it draws the line instead, and removes it at the end. */
export function tellWork(to: Terminal, line: () => string): { end(): void } {
  if (!to.errIsTerminal) return tellRegularly(to, line)
  const drawer = setInterval(() => to.err(`\r\x1b[2K${line()}`), DRAW_EVERY_MS)
  return {
    end: () => {
      clearInterval(drawer)
      to.err('\r\x1b[2K')
    },
  }
}

const shareOf = (done: number, total: number): number => (total > 0 ? Math.min(1, done / total) : 0)
export const percentText = (done: number, total: number): string => `${Math.floor(100 * shareOf(done, total))} %`

/**
 * A progress line with an estimate on stderr. If stderr is not a terminal, a line every LINE_EVERY_MS. Short work prints
 * nothing there.
 */
export class Progress {
  readonly #to: Terminal
  readonly #label: string
  readonly #nowMs: () => number
  readonly #startMs: number
  #drawnMs = -Infinity

  constructor(to: Terminal, label: string, nowMs: () => number = () => performance.now()) {
    this.#to = to
    this.#label = label
    this.#nowMs = nowMs
    this.#startMs = nowMs()
  }

  update(done: number, total: number): void {
    const nowMs = this.#nowMs()
    if (!this.#to.errIsTerminal) return this.#line(nowMs, done, total)
    if (nowMs - this.#drawnMs < DRAW_EVERY_MS) return
    this.#drawnMs = nowMs
    const share = shareOf(done, total)
    const filled = Math.round(share * BAR_CELLS)
    const leftSeconds = ((nowMs - this.#startMs) / 1000) * (1 / share - 1)
    const estimate = share >= ESTIMATE_FROM ? `, ${formatSeconds(Math.ceil(leftSeconds))} left` : ''
    this.#to.err(
      `\r\x1b[2K${this.#label} ${'━'.repeat(filled)}${'╌'.repeat(BAR_CELLS - filled)} ${percentText(done, total)}${estimate}`,
    )
  }

  #line(nowMs: number, done: number, total: number): void {
    if (nowMs - Math.max(this.#startMs, this.#drawnMs) < LINE_EVERY_MS) return
    this.#drawnMs = nowMs
    const passed = formatSeconds(Math.round((nowMs - this.#startMs) / 1000))
    this.#to.err(`${this.#label}: ${percentText(done, total)} after ${passed}\n`)
  }

  /** Removes the line. */
  end(): void {
    if (this.#to.errIsTerminal && this.#drawnMs !== -Infinity) this.#to.err('\r\x1b[2K')
  }
}
