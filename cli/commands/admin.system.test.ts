/** `otherworld admin` as an operator runs it, against a server in this process. Needs `npm run build`. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { OPERATOR_TOKEN_FILE } from '../../server/accounts/data-directory.ts'
import { Permission } from '../../sim/index.ts'
import { runCli, type CliEnd } from '../../test/harness/run-cli.ts'
import { cleanup, serveHere, temporaryDirectory, until } from '../../test/harness/server-harness.ts'
import { UploadUser } from '../../test/harness/upload-user.ts'

const clean = cleanup()
afterEach(() => clean.all())

/** No user has it. */
const UID = '00000000-0000-4000-8000-000000000001'
const NOWHERE = 'http://127.0.0.1:1/'

/** A data directory with an operator's token that no server has. */
function otherData(): string {
  const directory = temporaryDirectory(clean)
  writeFileSync(join(directory, OPERATOR_TOKEN_FILE), 'o'.repeat(43))
  return directory
}

test('a role can be granted, listed and revoked', async () => {
  const server = await serveHere(clean)
  const ada = await UploadUser.at(server.url, 'Ada')
  const atAda = await ada.join(clean)
  const manages = (): boolean => (atAda.permissions & Permission.manage) !== 0
  const admin = (command: string, ...args: readonly string[]): Promise<CliEnd> =>
    runCli(['admin', command, ...args, '--url', server.url, '--data', server.data])
  const realm = server.status().id

  expect(await admin('grants')).toMatchObject({ code: 0, out: `nobody has a role in ${realm}\n`, errors: '' })
  expect(await admin('grant', ada.uid, 'builder')).toMatchObject({
    code: 0,
    out: `${ada.uid} is builder of ${realm}\n`,
    errors: '',
  })
  await until('the role counts', manages)
  expect((await admin('grants')).out).toMatch(new RegExp(`^ *${ada.uid} +builder\n$`))
  expect((await admin('grants', '--json')).json()).toEqual({
    schema: 'otherworld/admin-grants/1',
    realm,
    grants: [{ uid: ada.uid, role: 'builder' }],
  })
  expect(await admin('revoke', ada.uid)).toMatchObject({
    code: 0,
    out: `${ada.uid} has no role in ${realm} any more\n`,
  })
  await until('the role is gone', () => !manages())
  expect((await admin('grants', '--json', '--realm', realm)).json()).toMatchObject({ grants: [] })
})

test("a refusal exits with 1 and the server's message", async () => {
  const server = await serveHere(clean)
  const at = ['--url', server.url, '--data', server.data]
  for (const args of [
    ['grant', UID, 'builder'],
    ['revoke', UID],
    ['grant', UID, 'builder', '--realm', 'elsewhere'],
  ]) {
    const refused = await runCli(['admin', ...args, ...at])
    expect(refused).toMatchObject({ code: 1, out: '' })
    expect(refused.errors).toMatch(/^otherworld admin \w+: .*\n {2}where: .*\n {2}what to do: .*\n$/)
    expect(refused.errors).not.toMatch(/\b(?:GET|POST|PUT|DELETE)\b|\/v1\//)
  }
  const elsewhere = await runCli(['admin', 'grants', '--realm', 'elsewhere', '--json', ...at])
  expect(elsewhere.code).toBe(1)
  expect(elsewhere.json()).toMatchObject({
    schema: 'otherworld/admin-grants/1',
    error: { reason: expect.any(String), message: expect.any(String) },
  })
})

test("another server's operator token is refused", async () => {
  const server = await serveHere(clean)
  const { uid } = await UploadUser.at(server.url, 'Ada')
  const { code, errors } = await runCli(['admin', 'grant', uid, 'builder', '--url', server.url, '--data', otherData()])
  expect(errors).toMatch(/^otherworld admin grant: [^]*what to do: give that server's data directory with --data DIR/)
  expect(code).toBe(1)
})

test.each([
  [
    'a data directory without a token',
    ['grants', '--data', '/nowhere'],
    /the operator's token cannot be read: .*; give the server's data directory with --data DIR/,
  ],
  ['an address that is none', ['grants', '--url', 'localhost'], /--url is "localhost"; it takes an address like/],
  ['a user without a role', ['grant', UID], /it takes a user and a role: otherworld admin grant UID ROLE/],
  ['a role that does not exist', ['grant', UID, 'king'], /ROLE is "king"; it takes builder, owner/],
  ['an id that is not one', ['revoke', 'ada'], /UID is "ada"; it takes the id of a user/],
  ['nobody', ['revoke'], /it takes a user: otherworld admin revoke UID/],
  ['an unknown command', ['gift', UID], /there is no command "admin gift"[^]*admin grant/],
])('%s is refused with words and exit code 2', async (_, args, words) => {
  const { code, out, errors } = await runCli([
    'admin',
    ...args,
    ...(args.includes('--data') ? [] : ['--data', otherData()]),
    ...(args.includes('--url') ? [] : ['--url', NOWHERE]),
  ])
  expect(errors).toMatch(words)
  expect(errors).not.toContain('    at ')
  expect(out).toBe('')
  expect(code).toBe(2)
})

test('an unreachable server exits with 1 and a message', async () => {
  expect(await runCli(['admin', 'grants', '--url', NOWHERE, '--data', otherData()])).toMatchObject({
    code: 1,
    out: '',
    errors: expect.stringContaining('does not answer'),
  })
})
