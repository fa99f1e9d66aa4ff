/** The OpenAPI document and the server agree on bodies: what the document accepts is not malformed, what it requires is required. */
import { fc } from '@fast-check/vitest'
import { expect, test } from 'vitest'
import { requiredIn, valuesOf, type JsonSchema } from '../../http-contract/json-schema.fixture.ts'
import { OPERATOR, Site, useSites } from './api.fixture.ts'

useSites()

const MALFORMED = 400
/** Any text is a well-formed identity; only the server that gave it knows whether it is valid. */
const VALUES_REFUSED = ['bad-identity']
const PARAMETERS: Readonly<Record<string, string>> = {
  realm: 'yard',
  uid: '0d08e9ab-1111-4222-8333-444455556666',
  hash: 'a'.repeat(64),
}

interface Operation {
  readonly operationId: string
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: JsonSchema } } }
}

interface Case {
  readonly method: string
  readonly path: string
  readonly schema: JsonSchema
}

/** The endpoints with a body, as the server's own document has them. */
async function casesOf(site: Site): Promise<readonly Case[]> {
  const { paths } = (await (await fetch(`${site.base}/v1/openapi.json`)).json()) as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  }
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { requestBody }]) => {
      const schema = requestBody?.content['application/json'].schema
      const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => PARAMETERS[name] ?? name)
      return schema === undefined ? [] : [{ method: method.toUpperCase(), path: filled, schema }]
    }),
  )
}

async function send(
  site: Site,
  { method, path }: Case,
  body: unknown,
): Promise<{ readonly status: number; readonly json: Readonly<Record<string, string>> }> {
  const token = path.includes('/grants/') ? OPERATOR : (await site.guest('Ada')).token
  const response = await fetch(`${site.base}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  })
  return { status: response.status, json: (await response.json()) as Readonly<Record<string, string>> }
}

test('a body that the OpenAPI document accepts is not refused as malformed', async () => {
  const site = await new Site().start()
  const cases = await casesOf(site)
  expect(cases.map(({ method, path }) => `${method} ${path.split('/')[2]}`)).toEqual([
    'POST login',
    'POST uploads',
    'PATCH packages',
    'PUT realms',
  ])
  for (const each of cases)
    await fc.assert(
      fc.asyncProperty(valuesOf(each.schema), async (body) => {
        const { status, json } = await send(site, each, body)
        if (!VALUES_REFUSED.includes(json['reason'] ?? '')) expect(status, JSON.stringify(json)).not.toBe(MALFORMED)
      }),
      { numRuns: 40 },
    )
})

test('a body without a field that the OpenAPI document requires is refused, with the place and what to do', async () => {
  const site = await new Site().start()
  for (const each of await casesOf(site)) {
    const fields = requiredIn(each.schema)
    expect(fields.length).toBeGreaterThan(0)
    const [body = {}] = fc.sample(valuesOf(each.schema) as fc.Arbitrary<Record<string, unknown>>, {
      numRuns: 1,
      seed: 7,
    })
    for (const alternatives of fields) {
      const left = Object.fromEntries(Object.entries(body).filter(([field]) => !alternatives.includes(field)))
      const { status, json } = await send(site, each, left)
      expect({ status, ...json }).toMatchObject({
        status: MALFORMED,
        reason: expect.stringMatching(/^bad-/),
        where: alternatives[0],
        message: expect.stringMatching(/\w+ \w+/),
        fix: expect.stringMatching(/^(send|see) /),
      })
    }
  }
})

test('a field that the OpenAPI document does not accept as null is refused as null', async () => {
  const site = await new Site().start()
  for (const each of await casesOf(site)) {
    const [body = {}] = fc.sample(valuesOf(each.schema) as fc.Arbitrary<Record<string, unknown>>, {
      numRuns: 1,
      seed: 7,
    })
    for (const [name, field] of Object.entries(each.schema.properties ?? {})) {
      const mayBeNull = field.anyOf?.some(({ type }) => type === 'null') === true
      const { status } = await send(site, each, { ...body, name: 'cup', fileName: 'cup.glb', [name]: null })
      expect([name, status === MALFORMED]).toEqual([name, !mayBeNull])
    }
  }
})
