// Our own lint rules, which oxlint does not have. `**` is not exact across engines (it may be computed by pow). A module
// may import only from modules before it.
import { posix } from 'node:path'

/** The modules in their order, from the ground up; a module imports only from those before it. */
export const LAYERS = [
  'sim',
  'protocol',
  'packages',
  'http-contract',
  'http',
  'netcode',
  'replay',
  'ingest',
  'storage',
  'server',
  'viewer',
  'bots',
  'testing',
  'cli',
  'scripts',
  'test',
  'bench',
]
/** Pairs of modules that must not import each other although their order would allow it. */
const STRANGERS = [['netcode', 'replay']]

const noExponent = {
  create: (context) => ({
    BinaryExpression(node) {
      if (node.operator === '**')
        context.report({
          node,
          message: '`**` differs between engines: multiply, or write a polynomial in sim/maths/maths.ts',
        })
    },
    AssignmentExpression(node) {
      if (node.operator === '**=')
        context.report({
          node,
          message: '`**=` differs between engines: multiply, or write a polynomial in sim/maths/maths.ts',
        })
    },
  }),
}

/** On file systems like /proc, Node's recursion never ends: paths that users name must not get into it. */
const noRecursiveMkdir = {
  create: (context) => ({
    CallExpression(node) {
      const name = node.callee.name ?? node.callee.property?.name ?? ''
      const options = node.arguments[1]
      const isRecursive = options?.properties?.some(
        ({ key, value }) => key?.name === 'recursive' && value.value === true,
      )
      if (isRecursive && ['mkdir', 'mkdirSync'].includes(name))
        context.report({ node, message: "mkdir's `recursive` can loop for ever: use makeFolder of storage/folder.ts" })
    },
  }),
}

const moduleOf = (path) => path.split('/')[0]
/** Tests, and code that only tests use, say so by their names. */
const isTestCode = (path) => /\.(?:test|suite|fixture|fake)\.m?ts$/.test(path)

/** Why `file` (from the root) may not import `source`, or null. */
export function importFault(file, source) {
  if (!source.startsWith('.') || isTestCode(file)) return null
  const target = posix.join(posix.dirname(file), source)
  const [from, to] = [moduleOf(file), moduleOf(target)]
  if (isTestCode(target) && !['test', 'bench'].includes(from)) return `${target} is for tests alone`
  if (!LAYERS.includes(from) || !LAYERS.includes(to) || from === to) return null
  if (LAYERS.indexOf(to) > LAYERS.indexOf(from)) return `${from}/ stands below ${to}/ and must not import it`
  if (STRANGERS.some(([a, b]) => (a === from && b === to) || (b === from && a === to)))
    return `${from}/ and ${to}/ do not import each other`
  return null
}

const layers = {
  create(context) {
    const file = (context.filename ?? context.getFilename()).split(`${process.cwd()}/`).pop()
    const check = (node) => {
      const fault = typeof node.source?.value === 'string' ? importFault(file, node.source.value) : null
      if (fault) context.report({ node, message: fault })
    }
    return { ImportDeclaration: check, ExportNamedDeclaration: check, ExportAllDeclaration: check }
  },
}

/** One privacy style: `#name`, which holds at run time too. A private constructor has no other form. */
const privateFields = {
  create(context) {
    const check = (node) => {
      if (node.accessibility === 'private' && node.kind !== 'constructor')
        context.report({ node, message: 'write `#name` instead of `private name`' })
    }
    return { PropertyDefinition: check, MethodDefinition: check }
  },
}

export default {
  meta: { name: 'otherworld' },
  rules: {
    'no-exponent': noExponent,
    'no-recursive-mkdir': noRecursiveMkdir,
    layers,
    'private-fields': privateFields,
  },
}
