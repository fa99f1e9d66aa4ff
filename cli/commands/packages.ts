/** `otherworld packages`: the packages of the identity that uploads from the command line. */
import type { PackageRecord } from '../../http-contract/index.ts'
import { logIn, LOGIN_OPTIONS } from '../server-client/log-in.ts'
import { formatBytes, printJson, rows, schemaOf, terminal } from '../output.ts'
import { plural } from '../../http-contract/plural.ts'
import { ServerApi, serverIn } from '../server-client/server-api.ts'
import { printServerFailure, type Advice } from '../server-client/server-failure.ts'
import { Exit, UsageError, type Arguments, type CliCommand } from '../command.ts'

const HASH = /^[0-9a-f]{64}$/

const ADVICE: Advice = {
  token: 'run the command again: it logs in again',
  'not-found': '`otherworld packages list` shows your packages; --identity chooses whose they are',
}

export const list: CliCommand = {
  name: 'packages list',
  summary: 'Lists your packages on a server, the newest first: those of the identity in --identity.',
  options: LOGIN_OPTIONS,
  run: (args) =>
    withServer(args, 'packages list', async (api) => {
      const own = (await api.call('listPackages', {})).packages.filter((each) => each.own)
      if (args.flag('json')) return printJson(terminal, schemaOf('packages list'), { packages: own })
      return terminal.out(own.length === 0 ? 'you have no packages on this server\n' : listText(own))
    }),
}

export const remove: CliCommand = {
  name: 'packages delete',
  positionals: 'HASH...',
  summary: [
    'Deletes your packages on a server, so that they no longer count towards your quota.',
    '',
    'Props and avatars in realms stay. `otherworld packages list` shows the hashes.',
  ].join('\n'),
  options: LOGIN_OPTIONS,
  run: (args) => {
    const hashes = hashesIn(args)
    return withServer(args, 'packages delete', async (api) => {
      for (const hash of hashes) {
        await api.call('removePackage', { hash })
        if (!args.flag('json')) terminal.out(`deleted ${hash}\n`)
      }
      if (args.flag('json')) printJson(terminal, schemaOf('packages delete'), { deleted: hashes })
    })
  },
}

/** Throws UsageError. */
function hashesIn({ positionals }: Arguments): readonly string[] {
  if (positionals.length === 0) throw new UsageError('name at least one package: otherworld packages delete HASH...')
  for (const hash of positionals)
    if (!HASH.test(hash))
      throw new UsageError(
        `HASH is "${hash}"; it takes 64 lower-case hex digits, which \`otherworld packages list\` shows`,
      )
  return positionals
}

function listText(own: readonly PackageRecord[]): string {
  const bytes = own.reduce((sum, each) => sum + each.bytes, 0)
  return `${plural(own.length, 'package')}, ${formatBytes(bytes)}\n${rows(
    terminal,
    own.map(({ hash, name, kind, sharing, bytes: size }) => [
      hash,
      `${name}: ${kind}, ${formatBytes(size)}${sharing === 'everyone' ? ', shared with everyone' : ''}`,
    ]),
  )}`
}

async function withServer(args: Arguments, name: string, work: (api: ServerApi) => Promise<void>): Promise<number> {
  const url = serverIn(args)
  try {
    await work(new ServerApi(url, await logIn(args, url)))
    return Exit.ok
  } catch (error) {
    if (error instanceof UsageError) throw error
    printServerFailure(terminal, name, args.flag('json'), error, ADVICE)
    return Exit.failed
  }
}
