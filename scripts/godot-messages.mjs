// Writes what the Godot addon shows its players, from the tables that the page uses too (protocol/player-messages.ts):
// a script with the tables, and the template for translators with every text that goes through tr().
//   node scripts/godot-messages.mjs           exit code 1 if a file is out of date
//   node scripts/godot-messages.mjs --write   writes them
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { importTypescript } from './import-typescript.mjs'
import { readOptions } from './options.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const ADDON = join(ROOT, 'godot-bridge/addons/otherworld')
const SCRIPT = 'translations/shared_messages.gd'
const TEMPLATE = 'translations/otherworld.pot'

/** The script's constants, and the tables that they hold. */
const TABLES = {
  REJECTIONS: ['REJECTION_MESSAGES', 'Messages by the reason of a rejected command.'],
  CONNECT: ['CONNECT_MESSAGES', 'Why a login or a connection failed.'],
  UPLOAD_STAGES: ['UPLOAD_STAGE_LABELS', 'Labels of the stages of an upload.'],
  UPLOAD: ['UPLOAD_MESSAGES', 'The parts of a broken rule of an upload, and a failure without a reason.'],
}
/** Constants of other scripts whose values go through tr(). */
const TRANSLATED = {
  'local_player/grab/starter_shapes.gd': ['NAMES'],
  'net/transport/webrtc_support.gd': ['INSTALL'],
}

/** The files that are generated, by their path in the addon. `tables`: the exports of protocol/player-messages.ts. */
export function generated(tables) {
  const script = scriptText(tables)
  return { [SCRIPT]: script, [TEMPLATE]: templateText(script) }
}

/** The file as it is now. */
export const current = (path) => readFileSync(join(ADDON, path), 'utf8')

const snake = (name) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

function scriptText(tables) {
  const lines = [
    'extends RefCounted',
    '## Messages that the web page shows too.',
    '## Generated from protocol/player-messages.ts by node scripts/godot-messages.mjs --write.',
    '',
    '## The message for a reason that this version does not know.',
    `const UNKNOWN_REJECTION := ${JSON.stringify(tables.UNKNOWN_REJECTION)}`,
  ]
  for (const [name, [table, comment]] of Object.entries(TABLES))
    lines.push(
      `## ${comment}`,
      `const ${name}: Dictionary[String, String] = {`,
      ...Object.entries(tables[table]).map(([key, text]) => `\t"${snake(key)}": ${JSON.stringify(text)},`),
      '}',
    )
  return `${lines.join('\n')}\n`
}

const TEXT = String.raw`"(?:[^"\\]|\\.)*"`

/** A script with its comments removed and its concatenated literals joined. */
const withoutComments = (text) => text.replaceAll(/^\s*#.*$/gm, '').replaceAll(/"\s*\\?\n\s*\+ "/g, '')

/** The literals in a constant's value: the values of a dictionary, the elements of a list, or a text. */
function textsOf(script, constant) {
  const pattern = `^const ${constant}\\b[^=]*= ([\\s\\S]*?)(?:\\n(?=\\S)(?!})|$(?![\\s\\S]))`
  const value = new RegExp(pattern, 'm').exec(script)?.[1]
  if (value === undefined) throw new Error(`there is no constant ${constant}`)
  const literal = value.startsWith('{') ? `: (${TEXT}),` : `(${TEXT})`
  return [...value.matchAll(new RegExp(literal, 'g'))].map((match) => match[1])
}

/** Every text that goes through tr(), as it is in the scripts, with the files that have it. */
function templateText(sharedScript) {
  const found = new Map()
  const files = readdirSync(ADDON, { recursive: true, encoding: 'utf8' }).map((file) => file.replaceAll('\\', '/'))
  for (const file of [...new Set([...files, SCRIPT])].filter((each) => each.endsWith('.gd')).toSorted()) {
    const script = withoutComments(file === SCRIPT ? sharedScript : current(file))
    const calls = script.matchAll(new RegExp(`(?:\\btr\\(|TranslationServer\\.translate\\()\\s*(${TEXT})`, 'g'))
    const constants = file === SCRIPT ? ['UNKNOWN_REJECTION', ...Object.keys(TABLES)] : (TRANSLATED[file] ?? [])
    for (const text of [...[...calls].map((match) => match[1]), ...constants.flatMap((name) => textsOf(script, name))])
      found.set(text, new Set([...(found.get(text) ?? []), file]))
  }
  const head =
    'msgid ""\nmsgstr ""\n"Project-Id-Version: Otherworld\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
  const entries = [...found].map(([text, holders]) => `#: ${[...holders].join(' ')}\nmsgid ${text}\nmsgstr ""\n`)
  return [head, ...entries].join('\n')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = readOptions({ write: { type: 'boolean', default: false } })
  for (const [path, text] of Object.entries(generated(await importTypescript('protocol/player-messages.ts')))) {
    if (values.write) writeFileSync(join(ADDON, path), text)
    else if (text !== current(path)) {
      process.stderr.write(`${path} of the addon is out of date: run node scripts/godot-messages.mjs --write\n`)
      process.exitCode = 1
    }
  }
}
