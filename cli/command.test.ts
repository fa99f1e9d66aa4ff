import { expect, test } from 'vitest'
import { helpOf, parseArguments, UsageError, type CliCommand } from './command.ts'

const COMMAND: CliCommand = {
  name: 'probe',
  summary: 'A command for tests.',
  options: { host: { type: 'string', help: 'an address', default: '127.0.0.1' } },
  run: () => Promise.resolve(0),
}

test('an option without a value after the equals sign is refused with its name', () => {
  expect(() => parseArguments(COMMAND, ['--host='])).toThrow(
    new UsageError('--host is empty; give it a value, or leave the option out'),
  )
})

test('an option that is left out has its default', () => {
  expect(parseArguments(COMMAND, []).text('host')).toBe('127.0.0.1')
})

test('an unknown option is refused with its name, without advice about hyphens', () => {
  expect(() => parseArguments(COMMAND, ['--nonsense'])).toThrow(new UsageError("Unknown option '--nonsense'"))
})

const COUNTED: CliCommand = { ...COMMAND, options: { port: { type: 'string', value: 'N', help: 'a port' } } }
const portOf = (...argv: string[]): number =>
  parseArguments(COUNTED, argv).number('port', { min: 0, max: 65_535, integer: true })

test('a number out of range is refused with its value and the range, also a negative one', () => {
  for (const argv of [['--port', '-1'], ['--port=-1']])
    expect(() => portOf(...argv)).toThrow(new UsageError('--port is "-1"; it takes a whole number from 0 to 65535'))
})

test('a number has digits only: other notations of programs are refused', () => {
  expect(portOf('--port', '1000')).toBe(1_000)
  for (const given of ['1e3', '0x10', '1_000', ' 80', '80 ', '+80', 'Infinity', '.'])
    expect(() => portOf('--port', given)).toThrow(UsageError)
})

test('an option without its value, or with one too many, is refused with its name', () => {
  for (const argv of [['--port'], ['--port', '--json'], ['--port', '-x']])
    expect(() => portOf(...argv)).toThrow(/^--port needs a value: --port N; /)
  expect(() => portOf('--json=1')).toThrow(new UsageError('--json takes no value'))
})

test('long lines of the help are wrapped below their column', () => {
  const words = 'one two three four five six seven eight nine ten '.repeat(6).trim()
  const help = helpOf({ ...COMMAND, summary: words, options: { host: { type: 'string', help: words } } })
  const lines = help.split('\n')
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(100)
  expect(lines.filter((line) => /^ {16}\w/.test(line)).length).toBeGreaterThan(2)
  expect(help.replace(/\s+/g, ' ')).toContain(`--host VALUE ${words}`)
})
