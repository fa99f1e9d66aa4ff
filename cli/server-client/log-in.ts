/** Logs the command line in as the user whose identity it keeps: uploads and packages belong to this user. */
import { userInfo } from 'node:os'
import { ConnectError, login } from '../../netcode/index.ts'
import { cleanName } from '../../protocol/index.ts'
import { defaultIdentityFile, identityFor, keepIdentity, requireWritable, serverKey } from '../files/identity-file.ts'
import { ApiError, URL_OPTION } from './server-api.ts'
import { UsageError, type Arguments, type Option } from '../command.ts'

/** The options that choose a server and a user. */
export const LOGIN_OPTIONS = {
  url: URL_OPTION,
  as: {
    type: 'string',
    value: 'NAME',
    help: 'your name on the server (default: your login name on this computer)',
  },
  identity: {
    type: 'string',
    value: 'FILE',
    help: 'file with your identity for each server (default: otherworld/identities.json in your configuration directory, ~/.config)',
  },
} as const satisfies Readonly<Record<string, Option>>

/** The normalised name of an option. Throws UsageError. */
export function nameIn(option: string, text: string): string {
  const name = cleanName(text)
  if (name.ok) return name.value
  throw new UsageError(`--${option}: the name ${name.error.message}`)
}

/** Returns a token. Throws UsageError, ConnectError or ApiError. */
export async function logIn(args: Arguments, url: string): Promise<string> {
  const file = args.text('identity') ?? defaultIdentityFile()
  const known = identityFor(file, url)
  // Check this before the login creates a user whose identity could not be kept.
  requireWritable(file)
  const { token, identity } = await login(
    url,
    nameIn('as', args.text('as') ?? ownName()),
    known === null ? {} : { identity: known },
  ).catch((error: unknown) => {
    if (!(error instanceof ConnectError) || error.reason !== 'bad-identity') throw error
    throw new ApiError(
      400,
      'bad-identity',
      error.message,
      file,
      `remove ${serverKey(url)} from this file to begin as a new guest, or give another with --identity`,
    )
  })
  keepIdentity(file, url, identity)
  return token
}

/** In a container the user may have no entry in the machine's user list. */
function ownName(): string {
  try {
    return userInfo().username.slice(0, 32)
  } catch {
    return process.env['USER'] || process.env['LOGNAME'] || 'guest'
  }
}
