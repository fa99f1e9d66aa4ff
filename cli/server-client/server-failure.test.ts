import { expect, test } from 'vitest'
import { ConnectError } from '../../netcode/index.ts'
import type { Terminal } from '../output.ts'
import { ApiError } from './server-api.ts'
import { printServerFailure, serverFailure } from './server-failure.ts'

const ADVICE = { token: 'run the command again' }

test("advice for the command line replaces the server's, which is for programs", () => {
  const token = new ApiError(401, 'token', 'the request has no token', 'Authorization', 'log in with POST /v1/login')
  expect(serverFailure(token, ADVICE)).toEqual({
    reason: 'token',
    message: 'the request has no token',
    where: 'Authorization',
    fix: 'run the command again',
  })
})

test('other errors keep the advice of the server; empty places are left out', () => {
  expect(serverFailure(new ApiError(503, 'store-away', 'no answer', '', 'try again'), ADVICE)).toEqual({
    reason: 'store-away',
    message: 'no answer',
    fix: 'try again',
  })
  expect(serverFailure(new ConnectError('unreachable', 'nobody answers'))).toEqual({
    reason: 'unreachable',
    message: 'nobody answers',
  })
})

test('a failure is printed with what is wrong, where, and what to do; an error of the program is not hidden', () => {
  let errors = ''
  const to: Terminal = {
    out: () => undefined,
    err: (text) => void (errors += text),
    outIsTerminal: false,
    errIsTerminal: false,
  }
  printServerFailure(to, 'upload', false, new ApiError(400, 'bad', 'it is bad', 'kind', 'make it good'))
  expect(errors).toBe('otherworld upload: it is bad\n  where: kind\n  what to do: make it good\n')
  expect(() => printServerFailure(to, 'upload', false, new TypeError('a bug'))).toThrow('a bug')
})
