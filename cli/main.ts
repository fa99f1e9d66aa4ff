/** The `otherworld` command: finds the verb, runs it, turns its outcome into an exit code. */
import { Exit, helpOf, parseVerb, UsageError, type Verb } from './verb.ts'

/** Each verb is loaded only when it is used, so that `--help` answers at once. */
const VERBS: readonly { readonly name: string; readonly summary: string; load(): Promise<{ readonly verb: Verb }> }[] = [
  { name: 'serve', summary: 'run the server', load: () => import('./serve.ts') },
  { name: 'bots', summary: 'connect simulated players to a server and report what they saw', load: () => import('./bots.ts') },
  { name: 'replay info', summary: 'say what a recording holds', load: () => import('./replay-info.ts') },
  { name: 'replay verify', summary: 'replay recordings and compare every state hash', load: () => import('./replay-verify.ts') },
]

function overview(): string {
  const width = Math.max(...VERBS.map(({ name }) => name.length)) + 2
  return ['otherworld VERB [options]', '', ...VERBS.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}`), '', '`otherworld VERB --help` tells more.', ''].join('\n')
}

async function main(argv: readonly string[]): Promise<number> {
  const found = VERBS.find(({ name }) => name.split(' ').every((word, i) => argv[i] === word))
  if (!found) {
    const asked = argv[0] === undefined || argv[0] === '--help' || argv[0] === 'help'
    if (!asked) process.stderr.write(`otherworld: there is no verb "${argv.slice(0, 2).join(' ')}"\n\n`)
    ;(asked ? process.stdout : process.stderr).write(overview())
    return asked && argv[0] !== undefined ? Exit.ok : Exit.usage
  }
  const { verb } = await found.load()
  const rest = argv.slice(found.name.split(' ').length)
  if (rest.includes('--help')) {
    process.stdout.write(helpOf(verb))
    return Exit.ok
  }
  try {
    return await verb.run(parseVerb(verb, rest))
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    process.stderr.write(`otherworld ${verb.name}: ${error.message}\n\`otherworld ${verb.name} --help\` shows its options.\n`)
    return Exit.usage
  }
}

process.exitCode = await main(process.argv.slice(2))
