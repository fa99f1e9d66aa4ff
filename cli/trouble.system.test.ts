/**
 * Messages of the command line when the machine or the network is in trouble: each says what is wrong and what to do,
 * and is never a stack trace. Needs `npm run build`.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, request, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test, vi } from 'vitest'
import { closeServer, startListening } from '../test/harness/listen.ts'
import { runCli, type CliEnd } from '../test/harness/run-cli.ts'
import { cleanup, serveHere, temporaryDirectory } from '../test/harness/server-harness.ts'

vi.setConfig({ testTimeout: 120_000 })

const clean = cleanup()
afterEach(() => clean.all())

const TEACUP = fileURLToPath(new URL('../fixtures/assets/objects/teacup.glb', import.meta.url))
const upload = (
  url: string,
  settings: Readonly<Record<string, string>> = {},
  ...more: readonly string[]
): Promise<CliEnd> =>
  runCli(['upload', TEACUP, '--url', url, ...more], { XDG_CONFIG_HOME: temporaryDirectory(clean), ...settings })

async function listening(server: Server, scheme = 'http'): Promise<string> {
  const url = new URL(await startListening(server))
  clean.add(() => closeServer(server))
  return `${scheme}://${url.host}/`
}

const notFound: RequestListener = (_, response) =>
  void response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>404</h1>')

/** A self-signed key and certificate for 127.0.0.1, and the certificate's file. */
function ownCertificate(): { readonly key: Buffer; readonly cert: Buffer; readonly file: string } {
  const folder = temporaryDirectory(clean)
  const [keyFile, file] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=untrusted.test',
      '-addext',
      'subjectAltName=IP:127.0.0.1',
      '-keyout',
      keyFile,
      '-out',
      file,
    ],
    { stdio: 'ignore' },
  )
  return { key: readFileSync(keyFile), cert: readFileSync(file), file }
}

test('an untrusted certificate is reported, and NODE_EXTRA_CA_CERTS helps', async () => {
  const { key, cert, file } = ownCertificate()
  const url = await listening(createTlsServer({ key, cert }, notFound), 'https')
  const result = await upload(url)
  expect(result).toMatchObject({
    code: 1,
    errors: expect.stringMatching(
      /answers, but its certificate is not trusted: self-signed certificate \(DEPTH_ZERO_SELF_SIGNED_CERT\).*NODE_EXTRA_CA_CERTS=FILE/,
    ),
  })
  expect(result.errors).not.toMatch(/does not answer| {4}at /)
  expect(await upload(url, { NODE_EXTRA_CA_CERTS: file })).toMatchObject({
    code: 1,
    errors: expect.stringMatching(/there is no Otherworld server at this address \(status 404\)/),
  })
})

test('https to an http server is reported', async () => {
  const url = await listening(createServer(notFound))
  expect((await upload(url.replace('http:', 'https:'))).errors).toMatch(
    /not in TLS \(\w+\). Does its address begin with http: rather than https:\?/,
  )
})

/** A proxy in front of a real server that answers uploads itself, as nginx does with files that are too large. */
async function proxyThatRefuses(status: number): Promise<string> {
  const target = new URL((await serveHere(clean)).url)
  return listening(
    createServer((incoming, response) => {
      if (incoming.method === 'PUT') {
        incoming.resume()
        return void response
          .writeHead(status, { 'content-type': 'text/html', connection: 'close' })
          .end(`<html><h1>${status}</h1></html>`)
      }
      const forwarded = request(
        {
          host: target.hostname,
          port: target.port,
          path: incoming.url,
          method: incoming.method,
          headers: incoming.headers,
        },
        (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers)
          answer.pipe(response)
        },
      )
      forwarded.once('error', () => response.destroy())
      incoming.pipe(forwarded)
      return undefined
    }),
  )
}

test("a proxy's size limit is reported, without advice to retry", async () => {
  const { code, errors } = await upload(await proxyThatRefuses(413))
  expect(errors).toMatch(
    /a proxy refuses a body of this size \(status 413\); its operator must allow more \(nginx: client_max_body_size\)/,
  )
  expect(errors).not.toContain('try again')
  expect(code).toBe(1)
})

test('a proxy without its server is reported, with advice to retry', async () => {
  expect((await upload(await proxyThatRefuses(502))).errors).toMatch(
    /a proxy answers, but the server behind it does not \(status 502\)\n {2}where: 127\.0\.0\.1:\d+\n {2}what to do: try again/,
  )
})

test('a home that is not writable is reported before a user is created', async () => {
  const { url, logged } = await serveHere(clean)
  const file = join(temporaryDirectory(clean), 'file')
  writeFileSync(file, '')
  const { code, errors, out } = await upload(url, { XDG_CONFIG_HOME: join(file, 'config') })
  expect(errors).toMatch(
    /your identity cannot be written to ".*identities\.json": ENOTDIR[^]*name a writable file with --identity FILE/,
  )
  expect(errors).not.toContain('    at ')
  expect([code, out, logged.filter((line) => line.includes('upload'))]).toEqual([2, '', []])
})

test('a temporary folder, or one for the package, that cannot be written is named', async () => {
  const nowhere = join(temporaryDirectory(clean), 'nothing')
  const temporary = await runCli(['ingest', TEACUP], { TMPDIR: nowhere })
  expect(temporary).toMatchObject({
    code: 2,
    errors: expect.stringMatching(
      /there is no temporary folder to work in: ENOENT.*name one that can be written with TMPDIR=DIR/,
    ),
  })
  const folder = temporaryDirectory(clean)
  mkdirSync(join(folder, 'in'))
  writeFileSync(join(folder, 'in', 'file'), '')
  const kept = await runCli(['ingest', TEACUP, '--out', join(folder, 'in', 'file', 'out')])
  expect(kept).toMatchObject({
    code: 2,
    errors: expect.stringMatching(
      /--out: the folder ".*file\/out" cannot be written: ENOTDIR.*name a folder that you may/,
    ),
  })
  expect(temporary.errors + kept.errors).not.toMatch(/fault of the program| {4}at /)
})
