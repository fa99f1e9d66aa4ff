/**
 * The command line of developer scripts. `--help` prints the comment at the top of the script. A wrong option or value ends
 * the script with exit code 2 and a message, without a stack trace.
 */
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { parseArgs } from 'node:util'

const script = () => process.argv[1] ?? ''

/** The comment at the top of a script. */
function help() {
  const text = readFileSync(script(), 'utf8').replace(/^#!.*\n/, '')
  const [comment] = /^(?:\/\/.*\n)+/.exec(text) ?? /^\/\*\*[^]*?\*\//.exec(text) ?? ['']
  return `${comment
    .replace(/^\/\*\*\n?|\n? *\*\/$/g, '')
    .replace(/^(?:\/\/| \*) ?/gm, '')
    .trim()}\n`
}

/**
 * Ends the script because of wrong usage.
 *
 * @param {string} message
 * @returns {never}
 */
export function wrongUsage(message) {
  process.stderr.write(`${basename(script())}: ${message}\n\`node ${script()} --help\` shows how to use it.\n`)
  process.exit(2)
}

/**
 * Reads the options, as `parseArgs` of node:util takes them. `positionals`: how many other words there may be. Ends the
 * script for `--help` and for wrong usage.
 */
export function readOptions(options = {}, positionals = 0, args = process.argv.slice(2)) {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(help())
    process.exit(0)
  }
  try {
    const parsed = parseArgs({ args, options, allowPositionals: true })
    const extra = parsed.positionals[positionals]
    if (extra !== undefined) wrongUsage(`"${extra}" is one argument too many`)
    return parsed
  } catch (error) {
    return wrongUsage(error.message.split('. To specify')[0])
  }
}

/**
 * The value of a numeric option.
 *
 * @param {string} name
 * @param {string} text
 * @returns {number}
 */
export function wholeNumber(name, text, min = 0) {
  const value = Number(text)
  if (text !== '' && Number.isSafeInteger(value) && value >= min) return value
  return wrongUsage(`--${name} is "${text}"; it takes a whole number from ${min}`)
}
