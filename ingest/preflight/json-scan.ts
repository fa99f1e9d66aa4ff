/**
 * Scans JSON text before it is parsed: depth, number of values, duplicate or dangerous keys, numbers that become
 * infinite. One pass, with a few bytes of memory a level. The parser reports text that is not JSON.
 */
import { refuseUpload } from './advice.ts'
import { CHECK_LIMITS } from '../limits.ts'
import { clipped } from '../text.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d
const COLON = 0x3a

interface JsonLevel {
  /** Keys so far; null in an array. */
  readonly keys: Set<string> | null
  /** The current place: the key, or the index. */
  at: string | number
  /** True in an object if the next string is a key. */
  keyNext: boolean
}

const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09
const isStructure = (code: number): boolean =>
  code === COMMA ||
  code === COLON ||
  code === OPEN_OBJECT ||
  code === CLOSE_OBJECT ||
  code === OPEN_ARRAY ||
  code === CLOSE_ARRAY ||
  code === QUOTE

/** Position after the closing quote of the string that begins at `start`; the text's end if it is not closed. */
function stringEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === BACKSLASH) at++
    else if (code === QUOTE) return at + 1
  }
  return text.length
}

class Scan {
  readonly #text: string
  readonly #levels: JsonLevel[] = []
  #values = 0

  constructor(text: string) {
    this.#text = text
  }

  run(): void {
    for (let at = 0; at < this.#text.length;) at = this.#step(at)
  }

  /** Reads one token. Returns the position of the next. */
  #step(at: number): number {
    const code = this.#text.charCodeAt(at)
    if (isSpace(code) || code === COLON) return at + 1
    if (code === QUOTE) return this.#string(at)
    if (code === OPEN_OBJECT || code === OPEN_ARRAY) this.#open(code === OPEN_OBJECT)
    else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) this.#levels.pop()
    else if (code === COMMA) this.#next()
    else return this.#literal(at)
    return at + 1
  }

  #open(isMap: boolean): void {
    this.#count()
    if (this.#levels.length >= CHECK_LIMITS.jsonDepth)
      refuseUpload(
        'JSON_DEPTH',
        this.#where(),
        `The JSON is nested deeper than ${CHECK_LIMITS.jsonDepth} levels.`,
        this.#levels.length + 1,
        CHECK_LIMITS.jsonDepth,
      )
    this.#levels.push({ keys: isMap ? new Set() : null, at: isMap ? '' : 0, keyNext: isMap })
  }

  #next(): void {
    const level = this.#levels.at(-1)
    if (!level) return
    if (level.keys) level.keyNext = true
    else level.at = Number(level.at) + 1
  }

  #string(start: number): number {
    const end = stringEnd(this.#text, start)
    const level = this.#levels.at(-1)
    if (level?.keys && level.keyNext) this.#key(level, level.keys, start, end)
    else this.#count()
    return end
  }

  #key(level: JsonLevel, keys: Set<string>, start: number, end: number): void {
    level.keyNext = false
    if (end - start > CHECK_LIMITS.jsonKeyCharacters + 2)
      refuseUpload(
        'JSON_KEY',
        this.#where(),
        `A key has ${end - start - 2} characters; at most ${CHECK_LIMITS.jsonKeyCharacters} are allowed.`,
        end - start - 2,
        CHECK_LIMITS.jsonKeyCharacters,
      )
    const key = unescaped(this.#text.slice(start, end))
    level.at = key
    if (key === '__proto__')
      refuseUpload(
        'JSON_KEY',
        this.#where(),
        'A key is called "__proto__", which no glTF file needs and which attacks programs that read it.',
        key,
      )
    if (keys.has(key))
      refuseUpload(
        'JSON_DUPLICATE_KEY',
        this.#where(),
        `The key "${clipped(key)}" occurs twice in one object, so programs would read the file differently.`,
        key,
      )
    keys.add(key)
  }

  #literal(start: number): number {
    let end = start + 1
    while (end < this.#text.length && !isStructure(this.#text.charCodeAt(end)) && !isSpace(this.#text.charCodeAt(end)))
      end++
    this.#count()
    const word = this.#text.slice(start, Math.min(end, start + 400))
    if (/^-?\d/.test(word) && !Number.isFinite(Number(word)) && /^-?[\d.eE+-]+$/.test(word))
      refuseUpload('JSON_NUMBER', this.#where(), 'A number is too large.', clipped(word))
    return end
  }

  #count(): void {
    this.#values += 1
    if (this.#values > CHECK_LIMITS.jsonValues)
      refuseUpload(
        'JSON_SIZE',
        '',
        `The JSON holds more than ${CHECK_LIMITS.jsonValues.toLocaleString('en-US')} values.`,
        this.#values,
        CHECK_LIMITS.jsonValues,
      )
  }

  #where(): string {
    return this.#levels.map(({ at }) => `/${clipped(String(at)).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
  }
}

/** A string token without quotes and escapes; unchanged if it is malformed. */
function unescaped(token: string): string {
  if (!token.includes('\\')) return token.slice(1, -1)
  try {
    return String(JSON.parse(token))
  } catch {
    return token
  }
}

/** Refuses text that is harmful to parse. Throws Rejected. */
export function scanJson(text: string): void {
  new Scan(text).run()
}
