/** The `otherworld` program: finds the command, runs it, turns its outcome into an exit code. */
import { readFileSync } from 'node:fs'
import { printFailure, terminal } from './output.ts'
import { Exit, helpOf, parseArguments, UsageError, type CliCommand } from './command.ts'
import { pathFault } from './files/file-faults.ts'
import { codeOf } from '../storage/fault.ts'

const VERSION = (
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
).version

/** Commands are loaded on use, so that `--help` answers at once. */
const COMMANDS: readonly {
  readonly name: string
  readonly summary: string
  load(): Promise<{ readonly command: CliCommand }>
}[] = [
  { name: 'serve', summary: 'run the server', load: () => import('./commands/serve.ts') },
  {
    name: 'bots',
    summary: 'connect simulated players to a server and report what they measured',
    load: () => import('./commands/bots.ts'),
  },
  {
    name: 'ingest',
    summary: 'check a model file and build its package offline',
    load: () => import('./commands/ingest.ts'),
  },
  { name: 'upload', summary: 'upload a model to a server', load: () => import('./commands/upload.ts') },
  {
    name: 'packages list',
    summary: 'list your packages on a server',
    load: async () => ({ command: (await import('./commands/packages.ts')).list }),
  },
  {
    name: 'packages delete',
    summary: 'delete your packages on a server',
    load: async () => ({ command: (await import('./commands/packages.ts')).remove }),
  },
  {
    name: 'admin grant',
    summary: 'give a user a role in a realm',
    load: async () => ({ command: (await import('./commands/admin.ts')).grant }),
  },
  {
    name: 'admin revoke',
    summary: "remove a user's role in a realm",
    load: async () => ({ command: (await import('./commands/admin.ts')).revoke }),
  },
  {
    name: 'admin grants',
    summary: 'list the roles in a realm',
    load: async () => ({ command: (await import('./commands/admin.ts')).grants }),
  },
  {
    name: 'fuzz',
    summary: 'check properties of the physics on random sessions',
    load: () => import('./commands/fuzz.ts'),
  },
  { name: 'replay info', summary: 'show what a recording holds', load: () => import('./commands/replay/info.ts') },
  {
    name: 'replay verify',
    summary: 'replay recordings and compare every state hash',
    load: () => import('./commands/replay/verify.ts'),
  },
  {
    name: 'replay seek',
    summary: 'show the state of a recorded session at a tick',
    load: () => import('./commands/replay/seek.ts'),
  },
  {
    name: 'replay diff',
    summary: 'find the first tick, phase and field in which two recordings differ',
    load: async () => ({ command: (await import('./commands/replay/diff.ts')).diff }),
  },
  {
    name: 'replay bisect',
    summary: 'find the first tick, phase and field in which a replay differs from its recording',
    load: async () => ({ command: (await import('./commands/replay/bisect.ts')).bisect }),
  },
  {
    name: 'replay clip',
    summary: 'cut a part out of a recording',
    load: () => import('./commands/replay/clip.ts'),
  },
  {
    name: 'replay fork',
    summary: 'run a part of a recording again with other inputs',
    load: () => import('./commands/replay/fork.ts'),
  },
  {
    name: 'replay why',
    summary: 'find the inputs that caused an element to be where it is',
    load: () => import('./commands/replay/why.ts'),
  },
  {
    name: 'replay shrink',
    summary: 'find a small recording that fails like a large one, with a test',
    load: () => import('./commands/replay/shrink.ts'),
  },
  {
    name: 'replay search',
    summary: 'find moments in many recordings: who did what, and what followed',
    load: () => import('./commands/replay/search.ts'),
  },
  {
    name: 'replay rehearse',
    summary: 'replay recordings by another build, and report what it would change',
    load: () => import('./commands/replay/rehearse.ts'),
  },
  {
    name: 'replay migrate',
    summary: 'record old recordings again with this version, and report what became different',
    load: () => import('./commands/replay/migrate.ts'),
  },
]

/** Lists the commands. `family`: only those that begin with this word, e.g. "replay". */
function overview(family: string | null = null): string {
  const shown = COMMANDS.filter(({ name }) => family === null || name.startsWith(`${family} `))
  const width = Math.max(...shown.map(({ name }) => name.length)) + 2
  return [
    `otherworld ${family === null ? '' : `${family} `}COMMAND [options]`,
    '',
    ...shown.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}`),
    '',
    `\`otherworld ${family === null ? '' : `${family} `}COMMAND --help\` shows its options${family === null ? '; `otherworld --version` shows the version' : ''}.`,
    '',
  ].join('\n')
}

const isHelp = (word: string | undefined): boolean =>
  word === undefined || word === '--help' || word === '-h' || word === 'help'

/** Without a command: prints help on standard output if requested, else on standard error with exit code 2. */
function answerWithoutCommand(argv: readonly string[]): number {
  if (argv[0] === '--version') {
    process.stdout.write(`${VERSION}\n`)
    return Exit.ok
  }
  const [word = '', second] = argv
  const family = COMMANDS.some(({ name }) => name.startsWith(`${word} `)) ? word : null
  const asked = isHelp(argv[0]) || (family !== null && isHelp(second))
  if (!asked) process.stderr.write(`otherworld: there is no command "${argv.slice(0, 2).join(' ')}"\n\n`)
  ;(asked ? process.stdout : process.stderr).write(overview(family))
  return asked ? Exit.ok : Exit.usage
}

/** Faults of the machine, such as a full disk: a stack trace would not help. */
function refusedByTheSystem(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error) || !('path' in error || 'syscall' in error)) return null
  return ['ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE', 'EACCES', 'EPERM'].includes(String(error.code))
    ? `the operating system refused: ${error.message}`
    : null
}

/** The error as wrong use of the command line: that it is, or a path that cannot be used. */
function usageOf(error: unknown): string | null {
  if (error instanceof UsageError) return error.message
  // A file that is missing without another message may be one of this program: a bug.
  const fault = error instanceof Error && 'path' in error && codeOf(error) !== 'ENOENT' ? pathFault(error) : null
  return fault === null ? null : `cannot use ${String((error as NodeJS.ErrnoException).path)}: ${fault}`
}

async function main(given: readonly string[]): Promise<number> {
  const argv = given[0] === 'help' ? [...given.slice(1), '--help'] : given
  const found = COMMANDS.find(({ name }) => name.split(' ').every((word, i) => argv[i] === word))
  if (!found) return answerWithoutCommand(argv)
  const { command } = await found.load()
  const rest = argv.slice(found.name.split(' ').length)
  if (rest.includes('--help') || rest.includes('-h')) {
    process.stdout.write(helpOf(command))
    return Exit.ok
  }
  try {
    return await command.run(parseArguments(command, rest))
  } catch (error) {
    const json = rest.includes('--json')
    const usage = usageOf(error)
    if (usage !== null) {
      printFailure(
        terminal,
        command.name,
        json,
        { reason: 'usage', message: usage },
        `${usage}\n\`otherworld ${command.name} --help\` shows its options.`,
      )
      return Exit.usage
    }
    const refused = refusedByTheSystem(error)
    if (refused !== null) {
      printFailure(terminal, command.name, json, { reason: 'system', message: refused })
      return Exit.failed
    }
    const { message, stack } = error instanceof Error ? error : new Error(String(error))
    printFailure(
      terminal,
      command.name,
      json,
      { reason: 'internal', message },
      `this is a bug in the program: ${stack ?? message}`,
    )
    return Exit.failed
  }
}

const code = await main(process.argv.slice(2))
// Flush the output, then exit at once. Native threads, above all the WebRTC library's, have nothing
// left to do, and unloading that library has aborted the process while a connection was closing.
process.stdout.write('', () => process.stderr.write('', () => process.exit(code)))
