// The messages of otherworld.proto as straight-line typed GDScript, for the Godot addon: one inner class for each, with
// encode() and decode(). What they call (numbers, texts, vectors) is wire/codec.gd.
import { BYTES_MAX, LAST, REPEATS_MAX } from './rules.mjs'

// Engine classes have these names.
const CLASS_NAMES = { Input: 'PlayerInput' }
// Decoded to values of the engine, not to messages.
const VALUES = { Vec3: { type: 'Vector3', codec: 'vector3' }, Quat: { type: 'Quaternion', codec: 'quaternion' } }
// Names that the generated functions use; a field of such a name would be shadowed.
const LOCALS = new Set(['data', 'from', 'to', 'made', 'at', 'head', 'tag', 'number', 'stop', 'item', 'out'])

const VARINT = 0
const DELIMITED = 2
const FIXED_32 = 5
const SCALARS = {
  uint32: { type: 'int', wire: VARINT, put: 'put_number', read: 'number' },
  bool: { type: 'bool', wire: VARINT, put: 'put_bool', read: 'number != 0' },
  float: { type: 'float', wire: FIXED_32, put: 'put_float', read: 'data.decode_float(at)' },
  string: { type: 'String', wire: DELIMITED, put: 'put_text', read: 'Codec.text(data, at, stop)' },
  bytes: { type: 'PackedByteArray', wire: DELIMITED, put: 'put_bytes', read: 'data.slice(at, stop)' },
}
const LISTS = {
  float: {
    type: 'PackedFloat32Array',
    put: 'put_floats',
    wire: FIXED_32,
    one: 'data.decode_float(at)',
    all: 'Codec.floats(data, at, stop)',
  },
  uint32: {
    type: 'PackedInt32Array',
    put: 'put_numbers',
    wire: VARINT,
    one: 'number',
    all: 'Codec.numbers(data, at, stop)',
  },
}

const pascal = (name) => name.replace(/(?:^|_)(\w)/g, (_, letter) => letter.toUpperCase())
const upper = (name) => name.toUpperCase()
const className = (name) => CLASS_NAMES[name] ?? name
const tagOf = (field, wire) => (field.id << 3) | wire
const tabs = (depth, lines) => lines.map((line) => (line === '' ? '' : '\t'.repeat(depth) + line))

/** How a field is declared, written and read: `{ declare, put, branches: [tag, lines][] }`. */
function fieldCode(message, field) {
  if (LOCALS.has(field.name))
    throw new Error(`${message}.${field.name}: the generated code has a local of that name; rename it there`)
  if (field.resolvedType?.values) return scalarCode(message, field, { ...SCALARS.uint32 })
  const value = VALUES[field.type]
  if (value && field.repeated) return vectorListCode(message, field, value)
  if (value) return valueCode(field, value)
  if (field.resolvedType) return field.repeated ? messageListCode(message, field) : messageCode(field)
  if (field.repeated) return listCode(message, field)
  return scalarCode(message, field, SCALARS[field.type])
}

function scalarCode(message, field, scalar) {
  const limit =
    scalar.wire === DELIMITED
      ? [`if number > ${limitOf(BYTES_MAX, message, field) ?? 'Codec.OTHER_FIELD_BYTES_MAX'}:`, '\treturn null']
      : []
  return {
    declare: [`var ${field.name}: ${scalar.type}`],
    put: [`Codec.${scalar.put}(out, ${tagOf(field, scalar.wire)}, ${field.name})`],
    branches: [[tagOf(field, scalar.wire), [...limit, `made.${field.name} = ${scalar.read}`]]],
  }
}

function valueCode(field, { type, codec }) {
  const tag = tagOf(field, DELIMITED)
  return {
    declare: [
      `## Setting it also sets [member has_${field.name}].`,
      `var ${field.name}: ${type}:`,
      '\tset(value):',
      `\t\t${field.name} = value`,
      `\t\thas_${field.name} = true`,
      `var has_${field.name}: bool`,
    ],
    put: [`if has_${field.name}:`, `\tCodec.put_${codec}(out, ${tag}, ${field.name})`],
    branches: [
      [
        tag,
        [
          `var item: Variant = Codec.${codec}(data, at, stop)`,
          'if item == null:',
          '\treturn null',
          `made.${field.name} = item`,
        ],
      ],
    ],
  }
}

function vectorListCode(message, field, { codec }) {
  const tag = tagOf(field, DELIMITED)
  return {
    declare: [`var ${field.name}: PackedVector3Array = []`],
    put: [`for item: Vector3 in ${field.name}:`, `\tCodec.put_${codec}(out, ${tag}, item)`],
    branches: [
      [
        tag,
        [
          `var item: Variant = Codec.${codec}(data, at, stop)`,
          ...full(message, field, 'item == null'),
          `made.${field.name}.append(item)`,
        ],
      ],
    ],
  }
}

function messageCode(field) {
  const tag = tagOf(field, DELIMITED)
  const type = className(field.type)
  const put = `\tCodec.put_bytes(out, ${tag}, ${field.name}.encode(), true)`
  const read = [`made.${field.name} = ${type}.decode(data, at, stop)`, `if not made.${field.name}:`, '\treturn null']
  if (!field.partOf)
    return { declare: [`var ${field.name}: ${type}`], put: [`if ${field.name}:`, put], branches: [[tag, read]] }
  const which = `${field.partOf.name}_case`
  const cases = `${pascal(field.partOf.name)}Case`
  return {
    declare: [
      `var ${field.name}: ${type}:`,
      '\tset(value):',
      `\t\t${field.name} = value`,
      `\t\t${which} = ${cases}.${upper(field.name)} if value else ${cases}.NONE`,
    ],
    put: [`if ${which} == ${cases}.${upper(field.name)}:`, put],
    branches: [[tag, [`if made.${which}:`, '\treturn null', ...read]]],
  }
}

function messageListCode(message, field) {
  const tag = tagOf(field, DELIMITED)
  const type = className(field.type)
  return {
    declare: [`var ${field.name}: Array[${type}] = []`],
    put: [`for item: ${type} in ${field.name}:`, `\tCodec.put_bytes(out, ${tag}, item.encode(), true)`],
    branches: [
      [
        tag,
        [
          `var item := ${type}.decode(data, at, stop)`,
          ...full(message, field, 'not item'),
          `made.${field.name}.append(item)`,
        ],
      ],
    ],
  }
}

// Packed as proto3 writes it; one by one is as good.
function listCode(message, field) {
  const { type, put, wire, one, all } = LISTS[field.type]
  const limit = limitOf(REPEATS_MAX, message, field)
  const checked = [`if made.${field.name}.size() > ${limit}:`, '\treturn null']
  return {
    declare: [`var ${field.name}: ${type} = []`],
    put: [`Codec.${put}(out, ${tagOf(field, DELIMITED)}, ${field.name})`],
    branches: [
      [
        tagOf(field, DELIMITED),
        [
          `var item: Variant = ${all}`,
          'if item == null:',
          '\treturn null',
          `made.${field.name}.append_array(item)`,
          ...checked,
        ],
      ],
      [tagOf(field, wire), [`made.${field.name}.append(${one})`, ...checked]],
    ],
  }
}

const full = (message, field, broken) => [
  `if ${broken} or made.${field.name}.size() == ${limitOf(REPEATS_MAX, message, field)}:`,
  '\treturn null',
]

function limitOf(table, message, field) {
  const limit = table[`${message}.${field.name}`]
  if (limit === undefined && field.repeated)
    throw new Error(`${message}.${field.name}: a repeated field needs a limit in rules.mjs`)
  return limit
}

const commented = (comment) =>
  (comment ?? '')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => `## ${line}`)

function encoder(message, codes) {
  const last = LAST[message.name] ?? []
  const inOrder = [
    ...message.fieldsArray.filter(({ name }) => !last.includes(name)),
    ...message.fieldsArray.filter(({ name }) => last.includes(name)),
  ]
  return [
    'func encode() -> PackedByteArray:',
    '\tvar out := PackedByteArray()',
    ...tabs(
      1,
      inOrder.flatMap((field) => codes.get(field).put),
    ),
    '\treturn out',
  ]
}

// A known field of another wire type is malformed, as is number 0; other numbers are of a later version.
function decoder(message, codes) {
  const fields = message.fieldsArray
  if (fields.some(({ id }, i) => id !== i + 1))
    throw new Error(`${message.name}: its fields are not numbered 1, 2, 3 …, which the generated code counts on`)
  const branches = fields.flatMap((field) => codes.get(field).branches)
  return [
    `static func decode(data: PackedByteArray, from: int, to: int) -> ${className(message.name)}:`,
    ...tabs(1, [
      `var made := ${className(message.name)}.new()`,
      'var at := from',
      'while at < to:',
      ...tabs(1, [
        'var head := Codec.head(data, at, to)',
        'if head < 0:',
        '\treturn null',
        'var tag := head >> 37',
        'var number := head & 0xffffffff',
        'at += head >> 32 & 31',
        'var stop := at + number if tag & 7 else at',
        ...branches.flatMap(([tag, lines], i) => [`${i === 0 ? 'if' : 'elif'} tag == ${tag}:`, ...tabs(1, lines)]),
        `elif tag < ${(fields.length + 1) << 3} or stop - at > Codec.OTHER_FIELD_BYTES_MAX:`,
        '\treturn null',
        'at = stop',
      ]),
      'return made',
    ]),
  ]
}

function oneofCode(oneof) {
  const names = oneof.fieldsArray.map((field) => `\t${upper(field.name)} = ${field.id},`)
  return [
    '## The field that was set last, of the fields that exclude each other. Only this field is written.',
    `enum ${pascal(oneof.name)}Case {`,
    '\tNONE = 0,',
    ...names,
    '}',
    `var ${oneof.name}_case := ${pascal(oneof.name)}Case.NONE`,
  ]
}

function messageClass(message) {
  const codes = new Map(message.fieldsArray.map((field) => [field, fieldCode(message.name, field.resolve())]))
  const declared = message.fieldsArray.flatMap((field) => [...commented(field.comment), ...codes.get(field).declare])
  const body = [
    ...message.oneofsArray.flatMap(oneofCode),
    ...declared,
    '',
    '',
    ...encoder(message, codes),
    '',
    '',
    ...decoder(message, codes),
  ]
  return [
    ...commented(message.comment?.startsWith('---') ? '' : message.comment),
    `class ${className(message.name)}:`,
    '\textends RefCounted',
    ...tabs(1, body),
  ]
}

const enumCode = (one) => [
  `enum ${one.name} {`,
  ...Object.entries(one.values).map(([name, value]) => `\t${name} = ${value},`),
  '}',
]

/** The text of messages.gd; `root`: protobufjs's, parsed with `keepCase`. */
export function messagesText(root) {
  const all = root.lookup('otherworld').nestedArray
  const messages = all.filter((one) => one.fieldsArray && !VALUES[one.name])
  const head = [
    '# Generated from protocol/otherworld.proto by `npm run generate`; changes here are lost.',
    'extends RefCounted',
    '## The messages of the wire. Fields are at their default where they were not sent.',
    '##',
    '## [code]decode[/code] reads the bytes of [code]data[/code] from [code]from[/code] up to [code]to[/code]. It returns',
    '## null if they are malformed. A field that was sent twice has its last value. Two fields that exclude each other are',
    '## malformed. Check the values with [code]checks.gd[/code] before you use them.',
    '',
    'const Codec := preload("../codec.gd")',
    'const Limits := preload("limits.gd")',
  ]
  const parts = [...all.filter((one) => one.values).map(enumCode), ...messages.map(messageClass)]
  return `${[head, ...parts].map((lines) => lines.join('\n')).join('\n\n\n')}\n`
}
