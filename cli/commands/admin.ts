/** `otherworld admin`: gives and takes roles in a realm. It needs to read the server's data directory. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { REALM_ROLES, type RealmRole } from '../../http-contract/index.ts'
import { OPERATOR_TOKEN_FILE } from '../../server/accounts/data-directory.ts'
import { codeOf } from '../../storage/fault.ts'
import { printJson, rows, schemaOf, terminal } from '../output.ts'
import { ServerApi, serverIn, URL_OPTION } from '../server-client/server-api.ts'
import { printServerFailure, type Advice } from '../server-client/server-failure.ts'
import { Exit, UsageError, type Arguments, type Option, type CliCommand } from '../command.ts'

const OPTIONS: Readonly<Record<string, Option>> = {
  url: URL_OPTION,
  data: {
    type: 'string',
    value: 'DIR',
    help: "the server's data directory; its operator-token authorises you",
    default: 'data',
  },
  realm: { type: 'string', value: 'ID', help: "the realm (default: the server's only one)" },
}

const ADVICE: Advice = {
  token: "give that server's data directory with --data DIR: its operator-token authorises you",
}

const UID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Throws UsageError. */
function uidOf(text = ''): string {
  if (UID.test(text)) return text
  throw new UsageError(`UID is "${text}"; it takes the id of a user, which the page shows: 8-4-4-4-12 hex digits`)
}

/** Throws UsageError. */
function roleOf(text: string | undefined): RealmRole {
  const role = REALM_ROLES.find((each) => each === text)
  if (role === undefined) throw new UsageError(`ROLE is "${text}"; it takes ${REALM_ROLES.join(', ')}`)
  return role
}

export const grant: CliCommand = {
  name: 'admin grant',
  positionals: 'UID ROLE',
  options: OPTIONS,
  summary:
    'Gives a user a role in a realm. A builder may change and remove the props of others. An owner may also fly, and give roles.\nUID is the id of the user, which the page shows. The user must have logged in before. The role takes effect at once.',
  run: (args) => {
    const given = exactly(args, 2, 'a user and a role: otherworld admin grant UID ROLE')
    const [uid, role] = [uidOf(given[0]), roleOf(given[1])]
    return admin('admin grant', args, async (api, realm) => {
      await api.call('putGrant', { realm, uid }, { body: { role } })
      say(args, 'admin grant', { realm, uid, role }, `${uid} is ${role} of ${realm}\n`)
    })
  },
}

export const revoke: CliCommand = {
  name: 'admin revoke',
  positionals: 'UID',
  options: OPTIONS,
  summary: "Removes a user's role in a realm, with effect at once.",
  run: (args) => {
    const uid = uidOf(exactly(args, 1, 'a user: otherworld admin revoke UID')[0])
    return admin('admin revoke', args, async (api, realm) => {
      await api.call('removeGrant', { realm, uid })
      say(args, 'admin revoke', { realm, uid }, `${uid} has no role in ${realm} any more\n`)
    })
  },
}

export const grants: CliCommand = {
  name: 'admin grants',
  options: OPTIONS,
  summary: 'Lists the roles in a realm.',
  run: (args) =>
    admin('admin grants', args, async (api, realm) => {
      const { grants: all } = await api.call('listGrants', { realm })
      const words =
        all.length === 0
          ? `nobody has a role in ${realm}\n`
          : rows(
              terminal,
              all.map((each) => [each.uid, each.role] as const),
            )
      say(args, 'admin grants', { realm, grants: all }, words)
    }),
}

function exactly(args: Arguments, count: number, what: string): readonly string[] {
  if (args.positionals.length !== count) throw new UsageError(`it takes ${what}`)
  return args.positionals
}

function say(args: Arguments, name: string, fields: Readonly<Record<string, unknown>>, words: string): void {
  if (args.flag('json')) printJson(terminal, schemaOf(name), fields)
  else terminal.out(words)
}

async function admin(
  name: string,
  args: Arguments,
  work: (api: ServerApi, realm: string) => Promise<void>,
): Promise<number> {
  const api = new ServerApi(serverIn(args), operatorToken(args.text('data') ?? 'data'))
  try {
    await work(api, args.text('realm') ?? (await onlyRealm(api)))
    return Exit.ok
  } catch (error) {
    if (error instanceof UsageError) throw error
    printServerFailure(terminal, name, args.flag('json'), error, ADVICE)
    return Exit.failed
  }
}

function operatorToken(data: string): string {
  const file = join(data, OPERATOR_TOKEN_FILE)
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    const why = codeOf(error) === 'ENOENT' ? `there is no ${file}` : (error as Error).message
    throw new UsageError(
      `the operator's token cannot be read: ${why}; give the server's data directory with --data DIR, as a user who may read it`,
      { cause: error },
    )
  }
}

async function onlyRealm(api: ServerApi): Promise<string> {
  const { realms } = await api.call('status', {})
  const [only] = realms
  if (realms.length === 1 && only) return only.id
  throw new UsageError(`the server has ${realms.length} realms; name one with --realm ID`)
}
