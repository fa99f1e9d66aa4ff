/** The repository checks itself: layers, the simulation's bans, sizes, pins, words. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { importFault } from '../../scripts/oxlint-otherworld.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const tracked = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).split('\n').filter(Boolean)
const sources = tracked.filter((path) => /\.(ts|mjs|gd)$/.test(path) && !path.includes('/generated/'))
const read = (path: string): string => readFileSync(`${root}/${path}`, 'utf8')

/** All module names that a file imports, exports from, or loads while it runs. */
const importsOf = (path: string): string[] =>
  [...read(path).matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '')

describe('the repository', () => {
  test('a folder imports only from the layers before it', () => {
    const faults = sources.flatMap((path) =>
      importsOf(path)
        .map((source) => importFault(path, source))
        .filter(Boolean)
        .map((fault) => `${path}: ${fault}`),
    )
    expect(faults).toEqual([])
  })

  test('the layer rule sees an upward import, and that netcode and replay are strangers', () => {
    expect(importFault('sim/a.ts', '../server/b.ts')).toContain('must not import')
    expect(importFault('replay/a.ts', '../netcode/b.ts')).toContain('do not import each other')
    expect(importFault('server/realm/a.ts', '../../sim/index.ts')).toBeNull()
    expect(importFault('server/realm/a.ts', '../../storage/a.suite.ts')).toContain('for tests alone')
    expect(importFault('cli/a.ts', '../test/b.ts')).toContain('must not import')
  })

  test('lint refuses clocks, engine-dependent maths and upward imports in the simulation', () => {
    const folder = `${root}/sim/.lint-probe`
    mkdirSync(folder, { recursive: true })
    try {
      writeFileSync(
        `${folder}/probe.ts`,
        "import { x } from '../../server/x.ts'\nexport const a = [Date.now(), Math.sin(1), 2 ** 3, new WeakRef({}), globalThis, x]\n",
      )
      const { stdout, status } = spawnSync('npx', ['oxlint', '--format', 'json', folder], {
        cwd: root,
        encoding: 'utf8',
      })
      const said = JSON.stringify(JSON.parse(stdout))
      for (const ban of ["'Date'", "'Math'", "'WeakRef'", "'globalThis'", 'no-exponent', 'otherworld(layers)'])
        expect(said).toContain(ban)
      expect(status).not.toBe(0)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test('texts of errors name no request of the API: the page, Godot and the command line show them too', () => {
    const request = /(['`])(?:(?!\1).)*\b(?:GET|POST|PUT|PATCH|DELETE) \/v1(?:(?!\1).)*\1/
    const named = sources
      .filter(
        (path) => /^(?:http|netcode|server|storage)\//.test(path) && !/\.(?:test|suite|fixture|fake)\.ts$/.test(path),
      )
      // Without a token there is no client that could show it.
      .filter((path) =>
        read(path)
          .split('\n')
          .some((line) => !/^\s*(?:\*|\/[/*])/.test(line) && request.test(line)),
      )
    expect(named).toEqual([])
  })

  test('source files stay readable: at most 400 lines', () => {
    expect(
      sources.map((path) => [path, read(path).split('\n').length] as const).filter(([, lines]) => lines > 401),
    ).toEqual([])
  })

  test('every dependency is pinned exactly, and the lockfile names no host', () => {
    const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<string, Record<string, string>>
    const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(
      ([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version),
    )
    expect(loose).toEqual([])
    expect(read('package-lock.json')).not.toMatch(/"resolved":/)
  })

  test('no test is skipped or singled out, and no type check is switched off', () => {
    const marks =
      /\b(?:test|it|describe)\.(?:skip|only|todo|fails)\b|@ts-(?:ignore|nocheck|expect-error)|oxlint-disable|\bas any\b/
    expect(sources.filter((path) => path !== 'test/house/tidy.test.ts' && marks.test(read(path)))).toEqual([])
  })

  test('no test mocks a module: files of the unit tests share their modules', () => {
    const mocks = /\bvi\.(?:mock|doMock|resetModules|stubEnv|stubGlobal)\(/
    expect(sources.filter((path) => path.endsWith('.ts') && mocks.test(read(path)))).toEqual([])
    expect(mocks.test(['vi', 'mock('].join('.'))).toBe(true)
  })

  test("no path is taken from a file URL with .pathname, which a space, #, % or an umlaut in a folder's name breaks", () => {
    const pathname = /(?:import\.meta\.url|file:\/\/[^'`"]*['`"])\)\.pathname/
    expect(sources.concat('cli/otherworld.js').filter((path) => pathname.test(read(path)))).toEqual([])
    expect(pathname.test(["new URL('.', import.meta.url)", '.pathname'].join(''))).toBe(true)
  })

  test('links in the documents lead somewhere', () => {
    const documents = tracked.filter((path) => path.endsWith('.md'))
    const dead = documents.flatMap((path) =>
      [...read(path).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)]
        .map((match) => decodeURIComponent(match[1] ?? ''))
        .filter((target) => {
          const full = posix.join(posix.dirname(path), target).replace(/\/$/, '')
          return !tracked.some((file) => file === full || file.startsWith(`${full}/`))
        })
        .map((target) => `${path}: ${target}`),
    )
    expect(dead).toEqual([])
  })

  test('links to sections of the documents lead to a heading', () => {
    /** The anchor that GitHub gives a heading. */
    const anchor = (heading: string): string =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-')
    const anchorsOf = (path: string): readonly string[] =>
      [...read(path).matchAll(/^#+ (.+)$/gm)].map((match) => anchor(match[1] ?? ''))
    const dead = tracked
      .filter((path) => path.endsWith('.md'))
      .flatMap((path) =>
        [...read(path).matchAll(/\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)/g)]
          .filter(([, target = '', section = '']) => {
            const document = target === '' ? path : posix.join(posix.dirname(path), target)
            return !anchorsOf(document).includes(section)
          })
          .map(([link]) => `${path}: ${link}`),
      )
    expect(dead).toEqual([])
  })
})
