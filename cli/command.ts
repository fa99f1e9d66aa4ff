/** The frame that every command of the command line fits into: options, help, exit codes, output. */
import { parseArgs, type ParseArgsConfig } from 'node:util'

/** Exit codes of every command. */
export const Exit = { ok: 0, failed: 1, usage: 2, corrupt: 3, version: 4, timeout: 5 } as const

export interface Option {
  readonly type: 'string' | 'boolean'
  /** Placeholder in the help, for strings: DIR, N … */
  readonly value?: string
  readonly help: string
  readonly default?: string
  /** It may be given several times: `texts` has all its values. */
  readonly multiple?: true
}

export interface Arguments {
  readonly positionals: readonly string[]
  /** The option as given or its default. */
  text(name: string): string | undefined
  /** All values of an option that may be given several times. */
  texts(name: string): readonly string[]
  flag(name: string): boolean
  /** A number within limits. Otherwise a UsageError names the option, the value and the permitted range. */
  number(name: string, limits: { readonly min: number; readonly max: number; readonly integer?: boolean }): number
}

export interface CliCommand {
  /** Words after `otherworld`, e.g. "replay verify". */
  readonly name: string
  readonly summary: string
  /** Placeholder for the positional arguments, e.g. "FILE..." */
  readonly positionals?: string
  readonly options: Readonly<Record<string, Option>>
  /** Returns an exit code. */
  run(args: Arguments): Promise<number>
}

/** Wrong use of the command line; ends with exit code 2 and the message. */
export class UsageError extends Error {}

const COMMON: Readonly<Record<string, Option>> = {
  json: { type: 'boolean', help: 'print one JSON object instead of text' },
  help: { type: 'boolean', help: 'show this help' },
}

const HELP_COLUMNS = 100

/** The text in lines of at most `columns` characters, unless a word is longer. */
function wrapped(text: string, columns: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

/** The help of a command. */
export function helpOf(command: CliCommand): string {
  const rows = Object.entries({ ...command.options, ...COMMON }).map(([name, option]) => {
    const left = `  --${name}${option.type === 'string' ? ` ${option.value ?? 'VALUE'}` : ''}${option.multiple ? ' ...' : ''}`
    return [left, option.default === undefined ? option.help : `${option.help} (default ${option.default})`] as const
  })
  const indent = Math.max(...rows.map(([left]) => left.length)) + 2
  const lines = rows.map(
    ([left, right]) => left.padEnd(indent) + wrapped(right, HELP_COLUMNS - indent).join(`\n${' '.repeat(indent)}`),
  )
  return [
    `otherworld ${command.name}${command.positionals ? ` ${command.positionals}` : ''}`,
    '',
    ...command.summary.split('\n').flatMap((line) => wrapped(line, HELP_COLUMNS)),
    '',
    ...lines,
    '',
  ].join('\n')
}

/** Joins an option and a negative number after it with "=": Node takes the number for an option of its own. */
function joinNegativeNumbers(argv: readonly string[], options: Readonly<Record<string, Option>>): string[] {
  const joined: string[] = []
  for (const word of argv) {
    const before = joined.at(-1) ?? ''
    const name = /^--([\w-]+)$/.exec(before)?.[1] ?? ''
    if (/^-[\d.]/.test(word) && options[name]?.type === 'string') joined[joined.length - 1] += `=${word}`
    else joined.push(word)
  }
  return joined
}

/** Describes an error in the arguments in the words of this program instead of Node's. */
function wordsOf(error: Error, options: Readonly<Record<string, Option>>): string {
  const name = /'(?:-\w, )?--([\w-]+)/.exec(error.message)?.[1] ?? ''
  const option = options[name]
  if (option === undefined || !('code' in error) || error.code !== 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE')
    // Node adds a sentence about arguments that begin with a hyphen.
    return error.message.replace(/\. To specify a positional.*/s, '')
  return option.type === 'boolean'
    ? `--${name} takes no value`
    : `--${name} needs a value: --${name} ${option.value ?? 'VALUE'}; if the value begins with a hyphen, --${name}=-…`
}

/** A number as people write it: digits, and a fraction after a point. Not 1e3, 0x10 or 1_000. */
const DECIMAL = /^-?(?:\d+\.?\d*|\.\d+)$/

/** Parses a command's arguments. Throws UsageError. */
export function parseArguments(command: CliCommand, argv: readonly string[]): Arguments {
  const all: Readonly<Record<string, Option>> = { ...command.options, ...COMMON }
  const options: NonNullable<ParseArgsConfig['options']> = {}
  for (const [name, option] of Object.entries(all))
    options[name] = { type: option.type, multiple: option.multiple === true }
  let parsed: { values: Record<string, unknown>; positionals: string[] }
  try {
    parsed = parseArgs({
      args: joinNegativeNumbers(argv, all),
      options,
      allowPositionals: command.positionals !== undefined,
      strict: true,
    })
  } catch (error) {
    throw new UsageError(wordsOf(error as Error, all), { cause: error })
  }
  // An unset shell variable must not choose an address or a folder: --host="$HOST" without HOST would listen
  // everywhere.
  for (const [name, value] of Object.entries(parsed.values))
    if ([value].flat().includes(''))
      throw new UsageError(`--${name} is empty; give it a value, or leave the option out`)
  const text = (name: string): string | undefined => {
    const value = parsed.values[name]
    return typeof value === 'string' ? value : all[name]?.default
  }
  return {
    positionals: parsed.positionals,
    text,
    texts: (name) => [parsed.values[name] ?? []].flat().map(String),
    flag: (name) => parsed.values[name] === true,
    number: (name, { min, max, integer }) => {
      const given = text(name)
      const value = given !== undefined && DECIMAL.test(given) ? Number(given) : Number.NaN
      if (!(value >= min && value <= max) || (integer && !Number.isInteger(value)))
        throw new UsageError(
          `--${name} is ${given === undefined ? 'missing' : `"${given}"`}; it takes ${integer ? 'a whole number' : 'a number'} from ${min} to ${max}`,
        )
      return value
    },
  }
}
