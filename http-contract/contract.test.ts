import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { DOCUMENT, withTables } from '../scripts/api-docs.mjs'
import { decodeBody, pathOf } from './endpoint.ts'
import { ALL_ENDPOINTS, ENDPOINTS } from './endpoints.ts'
import { ERROR_REASONS } from './errors.ts'
import { openApi, reasonsOf } from './openapi.ts'

const SHA256 = 'ab'.repeat(32)

test('the tables of docs/api.md are those of the contract', () => {
  const text = readFileSync(fileURLToPath(new URL(`../${DOCUMENT}`, import.meta.url)), 'utf8')
  expect(withTables(text, openApi('0')), 'run node scripts/api-docs.mjs --write').toBe(text)
})

test('every schema that the OpenAPI document refers to is in it', () => {
  const { components, ...rest } = openApi('0')
  const references = [...JSON.stringify({ components, rest }).matchAll(/"#\/components\/schemas\/([^"]+)"/g)]
  expect(references.length).toBeGreaterThan(10)
  for (const [, name] of references) expect(Object.keys(components.schemas)).toContain(name)
  expect(JSON.stringify(rest)).not.toContain('$defs')
})

test('every reason for an error is one that some address may answer with', () => {
  const used = new Set(ALL_ENDPOINTS.flatMap(([, endpoint]) => reasonsOf(endpoint)))
  expect(ERROR_REASONS.filter((reason) => !used.has(reason))).toEqual([])
})

test('parameters of a path are percent-encoded', () => {
  expect(pathOf(ENDPOINTS.putGrant, { realm: 'a/b', uid: '..' })).toBe('v1/realms/a%2Fb/grants/..')
})

test.each([
  [null, 'body', 'the body is not an object'],
  [[], 'body', 'the body is not an object'],
  [{ sha256: SHA256 }, 'bytes', 'the size is missing'],
  [{ bytes: '40', sha256: SHA256 }, 'bytes', 'the size is not a whole number of bytes'],
  [{ bytes: -1, sha256: SHA256 }, 'bytes', 'the size is not a whole number of bytes'],
  [{ name: 1, bytes: 40, sha256: SHA256 }, 'name', 'the name is not text'],
  [{ bytes: 40, sha256: 'AB' }, 'sha256', 'the SHA-256 is missing or not valid'],
  [{ bytes: 40, sha256: SHA256, kind: 'teapot' }, 'kind', 'there is no kind "teapot"'],
  [{ bytes: 40, sha256: SHA256, sharing: 1 }, 'sharing', 'there is no sharing 1'],
  [{ bytes: 40, sha256: SHA256, fit: 'yes' }, 'fit', 'fit is "yes", which is neither true nor false'],
  [{ bytes: 40, sha256: SHA256, humanoid: [] }, 'humanoid', 'the humanoid map is not an object'],
  [{ bytes: 40, sha256: SHA256, humanoid: { hips: 1 } }, 'humanoid/hips', 'this entry names no bone or no node'],
])('the declaration %j is refused at "%s"', (body, where, message) => {
  const decoded = decodeBody(ENDPOINTS.declareUpload.body, body)
  expect(decoded).toMatchObject({ ok: false, refusal: { reason: 'bad-declaration', where, message } })
})

test.each(['kind', 'sharing', 'fit'])('the message about a wrong %s repeats at most 40 characters of it', (field) => {
  const long = `${'x'.repeat(38)}${'😀'.repeat(100_000)}`
  const decoded = decodeBody(ENDPOINTS.declareUpload.body, { bytes: 40, sha256: SHA256, [field]: long })
  const message = decoded.ok ? '' : decoded.refusal.message
  expect(message).toContain(` "${'x'.repeat(38)}…`)
  expect(message.length).toBeLessThan(100)
})

test('the place of a wrong entry of the humanoid map repeats at most 40 characters of its name', () => {
  const humanoid = { ['x'.repeat(100_000)]: 'Hips' }
  const decoded = decodeBody(ENDPOINTS.declareUpload.body, { bytes: 40, sha256: SHA256, humanoid })
  expect(decoded).toMatchObject({ ok: false, refusal: { where: `humanoid/${'x'.repeat(40)}` } })
})

test('a declaration may leave fields out or send null, and unknown fields are dropped', () => {
  const body = { name: null, fileName: 'cup.glb', bytes: 40, sha256: SHA256, kind: null, sharing: null, more: 1 }
  expect(decodeBody(ENDPOINTS.declareUpload.body, body)).toEqual({
    ok: true,
    value: { name: null, fileName: 'cup.glb', bytes: 40, sha256: SHA256, kind: null, sharing: null },
  })
})
