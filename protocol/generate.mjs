// Generates the codecs of otherworld.proto: `node protocol/generate.mjs [FOLDER]`. Without a folder the files go where they
// are committed: those of TypeScript to protocol/generated, those of Godot into the addon. generated.test.ts runs it into a
// temporary folder and compares.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import protobuf from 'protobufjs'
import { limitsText } from './gdscript/limits.mjs'
import { messagesText } from './gdscript/messages.mjs'

const [option = ''] = process.argv.slice(2)
if (option.startsWith('-')) {
  const isHelp = option === '--help' || option === '-h'
  process[isHelp ? 'stdout' : 'stderr'].write(
    `${isHelp ? '' : `there is no option ${option}\n`}node protocol/generate.mjs [FOLDER]: generates the codecs of otherworld.proto\n`,
  )
  process.exit(isHelp ? 0 : 2)
}
const here = dirname(fileURLToPath(import.meta.url))
const out = resolve(process.argv[2] ?? join(here, 'generated'))
const godot = resolve(process.argv[2] ?? join(here, '../godot-bridge/addons/otherworld/wire/generated'))
const require = createRequire(import.meta.url)
const tools = join(dirname(require.resolve('protobufjs-cli/package.json')), 'bin')
const tool = (name, ...args) =>
  execFileSync(process.execPath, [join(tools, name), ...args], { cwd: here, stdio: ['ignore', 'ignore', 'inherit'] })

// What we do not use is left out; a root of our own keeps two codecs in one program apart.
const options = [
  '-t',
  'static-module',
  '-w',
  'esm',
  '--es6',
  '-r',
  'otherworld',
  '--no-create',
  '--no-verify',
  '--no-convert',
  '--no-delimited',
  '--no-typeurl',
  '--no-service',
]

const temporary = mkdtempSync(join(tmpdir(), 'otherworld-codec-'))
try {
  // pbts makes the types from the comments, which the committed code does without.
  const commented = join(temporary, 'commented.js')
  const types = join(temporary, 'types.d.ts')
  const code = join(temporary, 'code.js')
  tool('pbjs', ...options, '-o', commented, 'otherworld.proto')
  tool('pbts', '--no-comments', '-o', types, commented)
  tool('pbjs', ...options, '--no-comments', '-o', code, 'otherworld.proto')
  mkdirSync(out, { recursive: true })
  writeFileSync(join(out, 'otherworld.js'), readFileSync(code, 'utf8'))
  writeFileSync(join(out, 'otherworld.d.ts'), readFileSync(types, 'utf8'))
} finally {
  rmSync(temporary, { recursive: true, force: true })
}

mkdirSync(godot, { recursive: true })
const { root } = protobuf.parse(readFileSync(join(here, 'otherworld.proto'), 'utf8'), new protobuf.Root(), {
  keepCase: true,
  alternateCommentMode: true,
})
writeFileSync(join(godot, 'messages.gd'), messagesText(root))
writeFileSync(join(godot, 'limits.gd'), limitsText(readFileSync(join(here, 'limits.ts'), 'utf8')))
