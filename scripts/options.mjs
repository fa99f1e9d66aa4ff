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

/** Joins an option and a negative number after it with "=": Node takes the number for an option of its own. */
const joinNegativeNumbers = (args, options) =>
  args.reduce((joined, word) => {
    const before = joined.at(-1) ?? ''
    const name = /^--([\w-]+)$/.exec(before)?.[1] ?? ''
    const isValue = /^-[\d.]/.test(word) && options[name]?.type === 'string'
    return isValue ? [...joined.slice(0, -1), `${before}=${word}`] : [...joined, word]
  }, [])

/**
 * Reads the options, as `parseArgs` of node:util takes them. `positionals`: how many other words there may be. `details`
 * follow the comment in the help. Ends the script for `--help` and for wrong usage.
 */
export function readOptions(options = {}, positionals = 0, { args = process.argv.slice(2), details = '' } = {}) {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(details === '' ? help() : `${help()}\n${details}`)
    process.exit(0)
  }
  try {
    const parsed = parseArgs({ args: joinNegativeNumbers(args, options), options, allowPositionals: true })
    const extra = parsed.positionals[positionals]
    if (extra !== undefined) wrongUsage(`"${extra}" is one argument too many`)
    return parsed
  } catch (error) {
    const name = /'(?:-\w, )?--([\w-]+)/.exec(error.message)?.[1]
    if (error.code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE' && name !== undefined)
      wrongUsage(options[name]?.type === 'boolean' ? `--${name} takes no value` : `--${name} needs a value`)
    return wrongUsage(error.message.split('. To specify')[0])
  }
}

/**
 * The value of a numeric option. Another value ends the script.
 *
 * @param {string} name
 * @param {string} text
 * @returns {number}
 */
export function wholeNumber(name, text, min = 0, max = Number.MAX_SAFE_INTEGER) {
  if (/^\d+$/.test(text) && Number(text) >= min && Number(text) <= max) return Number(text)
  const range = max === Number.MAX_SAFE_INTEGER ? `from ${min}` : `from ${min} to ${max}`
  return wrongUsage(`--${name} is "${text}"; it takes a whole number ${range}`)
}

/**
 * The value of an option that takes one of a few words. Another value ends the script.
 *
 * @param {string} name
 * @param {string} text
 * @param {readonly string[]} allowed
 * @returns {string}
 */
export function oneOf(name, text, allowed) {
  return allowed.includes(text) ? text : wrongUsage(`--${name} is "${text}"; it takes one of: ${allowed.join(', ')}`)
}

/**
 * The values of an option that takes words with commas between them; all of `allowed` for an empty text. An unknown word
 * ends the script.
 *
 * @param {string} name
 * @param {string} text
 * @param {readonly string[]} allowed
 * @returns {readonly string[]}
 */
export function someOf(name, text, allowed) {
  return text === '' ? allowed : text.split(',').map((word) => oneOf(name, word, allowed))
}
