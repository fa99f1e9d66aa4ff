/**
 * The reference of the addon's classes as Markdown, from Godot's own documentation of them (--doctool --gdscript-docs).
 */

export interface Parameter {
  readonly name: string
  readonly type: string
  readonly standard: string | undefined
}

export interface ReferenceEntry {
  readonly name: string
  readonly type: string
  readonly words: string
  readonly parameters: readonly Parameter[]
  /** The default value of a property, or the value of a constant. */
  readonly value: string | undefined
  /** The enumeration of a constant. */
  readonly enumeration: string | undefined
  readonly isStatic: boolean
}

export interface ClassPage {
  readonly name: string
  readonly inherits: string
  readonly words: string
  readonly signals: readonly ReferenceEntry[]
  readonly members: readonly ReferenceEntry[]
  readonly methods: readonly ReferenceEntry[]
  readonly constants: readonly ReferenceEntry[]
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
const plain = (xml: string): string =>
  xml.replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => ENTITIES[name] ?? '')
const attribute = (tag: string, name: string): string | undefined => {
  const value = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1]
  return value === undefined ? undefined : plain(value)
}
const inside = (xml: string, tag: string): string => new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(xml)?.[1] ?? ''

/** The elements of one kind with their content, also those without content. */
function elements(xml: string, tag: string): readonly { readonly head: string; readonly body: string }[] {
  return [...xml.matchAll(new RegExp(`<${tag}((?:\\s[^>]*?)?)(?:/>|>([\\s\\S]*?)</${tag}>)`, 'g'))].map((match) => ({
    head: match[1] ?? '',
    body: match[2] ?? '',
  }))
}

/** Lines of a text as written, without the XML's indentation. */
function textOf(xml: string): string {
  return plain(xml)
    .split('\n')
    .map((line) => line.replace(/^\t+/, ''))
    .join('\n')
    .trim()
}

function entryOf({ head, body }: { readonly head: string; readonly body: string }): ReferenceEntry {
  const returns = elements(body, 'return')[0]
  const hasTags = /<description>/.test(body)
  return {
    name: attribute(head, 'name') ?? '',
    type:
      attribute(
        returns?.head ?? head,
        returns && attribute(returns.head, 'enum') !== undefined
          ? 'enum'
          : !returns && attribute(head, 'enum') !== undefined
            ? 'enum'
            : 'type',
      ) ?? '',
    words: textOf(hasTags ? inside(body, 'description') : body),
    parameters: elements(body, 'param').map((param) => ({
      name: attribute(param.head, 'name') ?? '',
      type: attribute(param.head, 'enum') ?? attribute(param.head, 'type') ?? '',
      standard: attribute(param.head, 'default'),
    })),
    value: attribute(head, 'default') ?? attribute(head, 'value'),
    enumeration: attribute(head, 'enum'),
    isStatic: (attribute(head, 'qualifiers') ?? '').includes('static'),
  }
}

/** Scripts that a script loads are not part of its public interface. */
const isPublic = ({ name, value }: ReferenceEntry): boolean => !name.startsWith('_') && value !== '<Object>'

/** Parses one file that Godot wrote. Names that begin with an underscore are left out. */
export function readClass(xml: string): ClassPage {
  const head = /<class\s[^>]*>/.exec(xml)?.[0] ?? ''
  const list = (group: string, tag: string): readonly ReferenceEntry[] =>
    elements(inside(xml, group), tag).map(entryOf).filter(isPublic)
  return {
    name: attribute(head, 'name') ?? '',
    inherits: attribute(head, 'inherits') ?? '',
    words: [
      inside(xml, 'brief_description'),
      /<\/brief_description>\s*<description>([\s\S]*?)<\/description>/.exec(xml)?.[1] ?? '',
    ]
      .map(textOf)
      .filter(Boolean)
      .join('\n\n'),
    signals: list('signals', 'signal'),
    members: list('members', 'member'),
    methods: list('methods', 'method'),
    constants: list('constants', 'constant'),
  }
}

/** Public members of a class that have no description, but need one. */
export function wordless({ name, words, signals, members, methods, constants }: ClassPage): readonly string[] {
  const things = [
    ...signals,
    ...members,
    ...methods,
    ...constants.filter(({ enumeration }) => enumeration === undefined),
  ]
  return [
    ...(words === '' ? [name] : []),
    ...things.filter((entry) => entry.words === '').map((entry) => `${name}.${entry.name}`),
  ]
}

const anchor = (name: string): string => name.toLowerCase()

/** Converts Godot's BBCode to Markdown; names of classes on the page become links. */
function markdownOf(bbcode: string, classes: ReadonlySet<string>): string {
  const blocks = bbcode.split(/\[codeblock\]\n?([\s\S]*?)\n?\[\/codeblock\]/)
  return blocks
    .map((text, i) =>
      i % 2 === 1
        ? `\n\n\`\`\`gdscript\n${text.replaceAll(/^(?: {4})+/gm, (spaces) => '\t'.repeat(spaces.length / 4))}\n\`\`\`\n\n`
        : inline(text, classes),
    )
    .join('')
    .replaceAll(/[ \t]+\n/g, '\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim()
}

function inline(text: string, classes: ReadonlySet<string>): string {
  return text
    .replaceAll(/\[(?:member|method|signal|param|constant|enum) ([^\]]+)\]/g, '`$1`')
    .replaceAll(/\[code\]([\s\S]*?)\[\/code\]/g, '`$1`')
    .replaceAll(/\[b\]([\s\S]*?)\[\/b\]/g, '**$1**')
    .replaceAll(/\[i\]([\s\S]*?)\[\/i\]/g, '*$1*')
    .replaceAll(/(?:\[br\]\s*)+/g, '\n\n')
    .replaceAll(/\[([A-Z][A-Za-z0-9]+)\]/g, (_, name: string) =>
      classes.has(name) ? `[${name}](#${anchor(name)})` : `\`${name}\``,
    )
}

/** Context of the whole page: names that become links, and enumeration values by type and number. */
export interface ReferenceNames {
  readonly classes: ReadonlySet<string>
  readonly values: ReadonlyMap<string, string>
}

export function namesOf(pages: readonly ClassPage[]): ReferenceNames {
  const values = pages.flatMap(({ name, constants }) =>
    constants.flatMap((each) =>
      each.enumeration === undefined ? [] : [[`${name}.${each.enumeration}=${each.value ?? ''}`, each.name] as const],
    ),
  )
  return { classes: new Set(pages.map(({ name }) => name)), values: new Map(values) }
}

/** Shows `OtherworldClient.State` as `State` on its own page, and scripts without a name as their type. */
const typeOf = (type: string, own: string): string =>
  type.startsWith('"') ? 'RefCounted' : type.replace(`${own}.`, '').replace('[]', ' array')

/** A longer value is a table, which nobody reads in a signature. */
const VALUE_CHARACTERS_MAX = 60

function valueOf(value: string | undefined, type: string, own: string, { values }: ReferenceNames): string {
  if (value === undefined || value === '' || value === '<unknown>' || value.length > VALUE_CHARACTERS_MAX) return ''
  const full = type.includes('.') ? type : `${own}.${type}`
  return ` = ${values.get(`${full}=${value}`) ?? value}`
}

function signature({ name, parameters, type, isStatic }: ReferenceEntry, own: string, names: ReferenceNames): string {
  const list = parameters
    .map((param) => `${param.name}: ${typeOf(param.type, own)}${valueOf(param.standard, param.type, own, names)}`)
    .join(', ')
  return `${isStatic ? 'static ' : ''}${name}(${list})${type === '' ? '' : ` -> ${typeOf(type, own)}`}`
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `\n**${title}**\n\n${lines.join('\n')}\n`
}

function enumerations({ constants }: ClassPage, { classes }: ReferenceNames): readonly string[] {
  const titles = [...new Set(constants.flatMap(({ enumeration }) => enumeration ?? []))]
  return titles.map((title) => {
    const values = constants.filter(({ enumeration }) => enumeration === title)
    return `- \`${title}\`: ${values.map(({ name, value, words }) => `\`${name} = ${value ?? '?'}\`${words === '' ? '' : ` (${markdownOf(words, classes).replace(/\.$/, '')})`}`).join(', ')}`
  })
}

/** Renders a class as a part of the page. `exports`: the properties that the inspector shows. */
export function renderClass(page: ClassPage, names: ReferenceNames, exports: ReadonlySet<string>): string {
  const { name: own, members, constants } = page
  const words = (entry: ReferenceEntry): string => markdownOf(entry.words, names.classes).replaceAll('\n', '\n  ')
  const property = (entry: ReferenceEntry): string =>
    `- \`${entry.name}${entry.type === '' ? '' : `: ${typeOf(entry.type, own)}`}${valueOf(entry.value, entry.type, own, names)}\`: ${words(entry)}`
  return `## ${own}\n\n*extends ${page.inherits}*\n\n${markdownOf(page.words, names.classes)}\n${[
    section('Exports', members.filter(({ name }) => exports.has(name)).map(property)),
    section('Properties', members.filter(({ name }) => !exports.has(name)).map(property)),
    section(
      'Signals',
      page.signals.map((entry) => `- \`${signature({ ...entry, type: '' }, own, names)}\`: ${words(entry)}`),
    ),
    section(
      'Methods',
      page.methods.map((entry) => `- \`${signature(entry, own, names)}\`: ${words(entry)}`),
    ),
    section('Enumerations', enumerations(page, names)),
    section('Constants', constants.filter(({ enumeration }) => enumeration === undefined).map(property)),
  ].join('')}`
}
