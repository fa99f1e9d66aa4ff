import { expect, test, vi } from 'vitest'
import { formatBytes, formatSeconds, printJson, Progress, rows, tellRegularly, type Terminal } from './output.ts'

function capture(isTerminal: boolean): Terminal & { text: { out: string; err: string } } {
  const text = { out: '', err: '' }
  return {
    text,
    out: (more) => void (text.out += more),
    err: (more) => void (text.err += more),
    outIsTerminal: isTerminal,
    errIsTerminal: isTerminal,
  }
}

test('sizes and times read as people write them', () => {
  expect([0, 1023, 1024, 1_530_000, 5e9].map(formatBytes)).toEqual([
    '0 bytes',
    '1023 bytes',
    '1 KiB',
    '1.46 MiB',
    '4.66 GiB',
  ])
  expect([2.54, 7, 59.6, 125, 11_250].map(formatSeconds)).toEqual([
    '2.5 s',
    '7 s',
    '1 min 00 s',
    '2 min 05 s',
    '3 h 07 min',
  ])
})

test('an object is printed on one line, with its schema first', () => {
  const to = capture(false)
  printJson(to, 'otherworld/test/1', { ok: true })
  expect(to.text.out).toBe('{"schema":"otherworld/test/1","ok":true}\n')
})

test('columns line up, in colour only where a person reads', () => {
  const pairs = [
    ['a', '1'],
    ['long name', '2'],
  ] as const
  expect(rows(capture(false), pairs)).toBe('  a          1\n  long name  2\n')
  expect(rows(capture(true), pairs)).toContain('\x1b[2m')
})

test('progress draws a bar with an estimate at a limited rate, and removes it', () => {
  const to = capture(true)
  let nowMs = 0
  const progress = new Progress(to, 'verifying', () => nowMs)
  progress.update(0, 100)
  nowMs = 50
  progress.update(10, 100)
  expect(to.text.err.match(/verifying/g)?.length).toBe(1)
  nowMs = 1000
  progress.update(25, 100)
  expect(to.text.err).toContain(`${'━'.repeat(6)}${'╌'.repeat(18)} 25 %, 3 s left`)
  progress.end()
  expect(to.text.err.endsWith('\r\x1b[2K')).toBe(true)
})

test('without a terminal, short work shows no progress', () => {
  const to = capture(false)
  const progress = new Progress(to, 'verifying', () => 1)
  progress.update(1, 2)
  progress.end()
  expect(to.text.err).toBe('')
})

test('without a terminal, long work prints a line every ten seconds', () => {
  const to = capture(false)
  let nowMs = 0
  const progress = new Progress(to, 'verifying', () => nowMs)
  for (nowMs = 0; nowMs <= 25_000; nowMs += 500) progress.update(nowMs, 100_000)
  progress.end()
  expect(to.text.err).toBe('verifying: 10 % after 10 s\nverifying: 20 % after 20 s\n')
})

test('without a terminal, work that reports nothing prints a line every ten seconds until it ends', () => {
  vi.useFakeTimers()
  try {
    const [file, screen] = [capture(false), capture(true)]
    const [tells, silent] = [tellRegularly(file, () => 'fitting'), tellRegularly(screen, () => 'fitting')]
    vi.advanceTimersByTime(25_000)
    tells.end()
    silent.end()
    vi.advanceTimersByTime(25_000)
    expect([file.text.err, screen.text.err]).toEqual(['fitting\nfitting\n', ''])
  } finally {
    vi.useRealTimers()
  }
})
