import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { freePort } from '../../test/environments/ports.ts'
import { command } from './bots.ts'
import { helpOf, parseArguments, UsageError } from '../command.ts'

const written = { out: '', err: '' }
beforeEach(() => {
  written.out = ''
  written.err = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean((written.out += String(text))))
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => Boolean((written.err += String(text))))
})
afterEach(() => {
  vi.restoreAllMocks()
})

const run = (...argv: string[]): Promise<number> => command.run(parseArguments(command, argv))

describe('wrong usage is refused with the value and what is allowed', () => {
  test.each([
    [['--count', '0'], /--count is "0"; it takes a whole number from 1 to 1000/],
    [['--count', '2.5'], /--count is "2.5"/],
    [['--seconds', 'soon'], /--seconds is "soon"; it takes a number/],
    [['--behaviour', 'dance'], /--behaviour is "dance"; it takes walk, drag, mocap, mixed/],
    [['--transport', 'pigeon'], /--transport is "pigeon"; it takes webrtc, websocket/],
    [['--url', 'localhost'], /--url is "localhost"; it takes an address like http/],
    [['--lockstep', '17'], /--lockstep is "17"; it takes a whole number from 0 to 16/],
    [['--seed', '-1'], /--seed/],
    [['--join-seconds', 'soon'], /--join-seconds is "soon"/],
    [['--nonsense', '1'], /nonsense/],
  ])('%j', async (argv, words) => {
    const outcome = await Promise.resolve()
      .then(() => run(...argv))
      .catch((error: unknown) => error)
    expect(outcome).toBeInstanceOf(UsageError)
    expect(String(outcome)).toMatch(words)
  })
})

test('the help names every option, the behaviours and when it exits with 1', () => {
  const help = helpOf(command)
  for (const words of [
    '--url',
    '--count',
    '--seconds',
    '--behaviour',
    '--transport',
    '--lockstep',
    '--join-seconds',
    '--seed',
    '--json',
    'walk',
    'drag',
    'mocap',
    'mixed',
    'cannot be reached',
  ])
    expect(help).toContain(words)
})

describe('an unreachable server', () => {
  test.each(['webrtc', 'websocket'])('exits with 1 and a message, over %s', async (transport) => {
    const url = `http://127.0.0.1:${await freePort()}`
    expect(await run('--url', url, '--count', '3', '--seconds', '1', '--transport', transport, '--json')).toBe(1)
    expect(written.err).toContain(`The server at ${url.slice('http://'.length)} does not answer`)
    expect(JSON.parse(written.out)).toEqual({
      schema: 'otherworld/bots/1',
      error: { reason: 'unreachable', message: expect.stringContaining('does not answer') },
    })
  })
})
