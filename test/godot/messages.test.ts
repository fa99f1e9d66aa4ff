/** The addon's messages for players: each reason has one, and the template for translators has all of them. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { REJECT_REASONS } from '../../sim/index.ts'

const ADDON = fileURLToPath(new URL('../../godot-bridge/addons/otherworld/', import.meta.url))
const TEMPLATE = 'translations/otherworld.pot'
/** Reasons of the client itself. */
const CLIENT_REASONS = ['lost', 'not-joined', 'too-many']
/** Constants whose values go through tr(), by file. */
const TRANSLATED: readonly (readonly [file: string, constant: string])[] = [
  ['local_player/player_messages.gd', 'REJECTIONS'],
  ['local_player/grab/starter_shapes.gd', 'NAMES'],
  ['net/transport/webrtc_support.gd', 'INSTALL'],
  ['packages/upload/upload_messages.gd', '_STAGES'],
]
const TEXT = String.raw`"(?:[^"\\]|\\.)*"`

/** A script with its comments removed and its concatenated literals joined. */
function scriptOf(file: string): string {
  return readFileSync(ADDON + file, 'utf8')
    .replaceAll(/^\s*#.*$/gm, '')
    .replaceAll(/"\s*\\?\n\s*\+ "/g, '')
}

/** The literals in a constant's value: the values of a dictionary, the elements of a list, or a text. */
function textsOf(script: string, constant: string): readonly string[] {
  const value = new RegExp(`^const ${constant}\\b[^=]*= ([\\s\\S]*?)(?:\\n(?=\\S)(?!})|$(?![\\s\\S]))`, 'm').exec(
    script,
  )?.[1]
  if (value === undefined) throw new Error(`there is no constant ${constant}`)
  const isDictionary = value.startsWith('{')
  return [...value.matchAll(new RegExp(isDictionary ? `: (${TEXT}),` : `(${TEXT})`, 'g'))].map(
    (match) => match[1] ?? '',
  )
}

/** Every message that goes through tr(), as it stands in the scripts, with the files that have it. */
function messages(): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  const files = readdirSync(ADDON, { recursive: true, encoding: 'utf8' }).map((file) => file.replaceAll('\\', '/'))
  for (const file of files.filter((each) => each.endsWith('.gd')).toSorted()) {
    const script = scriptOf(file)
    const calls = new RegExp(`(?:\\btr\\(|TranslationServer\\.translate\\(|_refusal\\(Kind\\.\\w+, )(${TEXT})`, 'g')
    const constants = TRANSLATED.filter(([of]) => of === file).flatMap(([, name]) => textsOf(script, name))
    for (const text of [...[...script.matchAll(calls)].map((match) => match[1] ?? ''), ...constants]) {
      const holders = found.get(text) ?? []
      if (!holders.includes(file)) found.set(text, [...holders, file])
    }
  }
  return found
}

test('the template for translators has every message of the addon', () => {
  const head =
    'msgid ""\nmsgstr ""\n"Project-Id-Version: Otherworld\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
  const entries = [...messages()].map(([text, files]) => `#: ${files.join(' ')}\nmsgid ${text}\nmsgstr ""\n`)
  const template = [head, ...entries].join('\n')
  if (process.env.UPDATE_MESSAGES !== undefined) writeFileSync(ADDON + TEMPLATE, template)
  expect(readFileSync(ADDON + TEMPLATE, 'utf8'), 'stale: UPDATE_MESSAGES=1 writes it').toBe(template)
})

test('every reason of a rejected command has a message', () => {
  const script = scriptOf('local_player/player_messages.gd')
  const reasons = [...script.matchAll(/^\t"([\w-]+)": "/gm)].map((match) => match[1])
  expect(reasons.toSorted()).toEqual([...REJECT_REASONS, ...CLIENT_REASONS].toSorted())
})
