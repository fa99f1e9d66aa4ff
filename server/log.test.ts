import { Effect, Logger } from 'effect'
import { expect, test } from 'vitest'
import { callbackLog, inArea, lineLogger, serverLogger, type ServerLogger } from './log.ts'

function logged(logger: (write: (line: string) => void) => ServerLogger, effect: Effect.Effect<unknown>): string[] {
  const lines: string[] = []
  Effect.runSync(effect.pipe(Effect.provide(Logger.layer([logger((line) => void lines.push(line))]))))
  return lines
}

const entry = Effect.logWarning('away').pipe(inArea('archive', { upload: 'u1' }))

test('JSON has the time, the level, the area and the fields', () => {
  const [line = ''] = logged((write) => serverLogger('json', false, write), entry)
  expect(JSON.parse(line)).toEqual({
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    level: 'warn',
    area: 'archive',
    message: 'away',
    upload: 'u1',
  })
})

test('text has the time, a level that matters, and the fields', () => {
  const [line] = logged((write) => serverLogger('text', false, write), entry)
  expect(line).toMatch(/^\d\d:\d\d:\d\d warn archive: away upload=u1$/)
  const [info] = logged((write) => serverLogger('text', false, write), Effect.logInfo('back').pipe(inArea('files')))
  expect(info).toMatch(/^\d\d:\d\d:\d\d files: back$/)
})

class Fault extends Error {
  readonly what = 'the archive could not do it: no answer'
  readonly where = 'postgresql://ada:hunter2@db:5432/world'
  readonly fix = 'see that the database runs'
  override readonly message = `${this.what}\n  where: ${this.where}\n  what to do: ${this.fix}`
}

test('an error with a place and a remedy is one line, with both as fields', () => {
  const failed = Effect.logError('a record could not be written:', new Fault()).pipe(inArea('archive'))
  const [text = '', more] = logged((write) => serverLogger('text', false, write), failed)
  expect(more).toBeUndefined()
  expect(text).toMatch(
    /^\d\d:\d\d:\d\d error archive: a record could not be written: the archive could not do it: no answer where=postgresql:\/\/ada:\*\*\*@db:5432\/world fix="see that the database runs"$/,
  )
  const [line = ''] = logged((write) => serverLogger('json', false, write), failed)
  expect(JSON.parse(line)).toMatchObject({
    message: 'a record could not be written: the archive could not do it: no answer',
    where: 'postgresql://ada:***@db:5432/world',
    fix: 'see that the database runs',
  })
  const [other = ''] = logged(lineLogger, Effect.logError('it failed:', new Error('no file')))
  expect(other).toBe('server: it failed: no file')
})

test('a terminal gets the same text with colours', () => {
  const [line = ''] = logged((write) => serverLogger('text', true, write), entry)
  expect(line).toContain('\x1b[33mwarn ')
  expect(line).toContain('archive: away')
})

test('a callback logs to the loggers of the Effect that made its log', () => {
  const lines = logged(
    lineLogger,
    Effect.map(callbackLog('realm'), (log) => log.error('it died', { epoch: 3 })),
  )
  expect(lines).toEqual(['realm: it died'])
})

test.each([
  ['a password', 'cannot reach postgresql://ada:hunter2@db:5432/world', 'postgresql://ada:***@db:5432/world'],
  ['a token', 'bearer eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl was sent', 'bearer *** was sent'],
  ['a signature', 'GET http://s3/b?X-Amz-Signature=abcd&x=1', 'GET http://s3/b?X-Amz-Signature=***&x=1'],
])('%s is masked', (_, message, written) => {
  const [line] = logged(lineLogger, Effect.logInfo(message))
  expect(line).toContain(written)
})
