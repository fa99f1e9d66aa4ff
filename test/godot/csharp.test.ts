/** The C# example and its page use only names that the Godot addon has. CI has no Godot with .NET, so nothing compiles them. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { checkUses, readApi, type ApiUse } from '../environments/godot-api.ts'

const BRIDGE = fileURLToPath(new URL('../../godot-bridge', import.meta.url))
const read = (path: string): string => readFileSync(join(BRIDGE, path), 'utf8')
const API = readApi(read('docs/nodes.md'))
const EXAMPLE = read('docs/examples/RealmVisit.cs')
const PAGE = read('docs/csharp.md')
const SNIPPETS = [...PAGE.matchAll(/```csharp\n([\s\S]*?)```/g)].map(([, code]) => code ?? '').join('\n')
/** Classes of the variables in the example and on the page. */
const RECEIVERS = {
  _client: 'OtherworldClient',
  avatar: 'OtherworldAvatarState',
  by: 'OtherworldAvatarState',
  prop: 'OtherworldPropState',
  outcome: 'OtherworldOutcome',
}
/** `state` is Godot's own GDScriptFunctionState. */
const FOREIGN = ['state']

const check = (code: string): ApiUse => checkUses(code, API, RECEIVERS, FOREIGN)

test('each name that the C# example uses exists, with the right number of arguments', () => {
  const { checked, faults } = check(EXAMPLE)
  expect(faults).toEqual([])
  expect(checked).toBeGreaterThan(10)
})

test('each name in the C# of the page exists, with the right number of arguments', () => {
  const { checked, faults } = check(SNIPPETS)
  expect(faults).toEqual([])
  expect(checked).toBeGreaterThan(5)
})

test('each class and each script that the example and the page name exists', () => {
  const text = `${EXAMPLE}\n${PAGE}`
  const classes = [...text.matchAll(/\bOtherworld[A-Z]\w*/g)].map(([name]) => name)
  expect(classes.filter((name) => !API.has(name))).toEqual([])
  const scripts = [...text.matchAll(/res:\/\/(addons\/[\w/.]+)/g)].map(([, path]) => path ?? '')
  expect(scripts.filter((path) => !existsSync(join(BRIDGE, path)))).toEqual([])
  expect([classes.length > 0, scripts.length > 0]).toEqual([true, true])
})

describe('the check reports', () => {
  const faultsOf = (code: string): readonly string[] => check(code).faults

  test('a method, property or signal that does not exist', () => {
    expect(
      faultsOf('_client.Call("spawn_cube"); avatar.Get("nick"); _client.Connect("grabbed", Callable.From(OnGrab));'),
    ).toEqual([
      '_client.Call: OtherworldClient.spawn_cube does not exist',
      'avatar.Get: OtherworldAvatarState.nick does not exist',
      '_client.Connect: OtherworldClient.grabbed does not exist',
    ])
  })

  test('too few or too many arguments of a method', () => {
    expect(faultsOf('_client.Call("grab", prop.Get("element")); _client.Call("despawn", 1, 2);')).toEqual([
      '_client.Call: OtherworldClient.grab takes 2 to 2 arguments, not 1',
      '_client.Call: OtherworldClient.despawn takes 1 to 1 arguments, not 2',
    ])
  })

  test('a callback that takes another number of arguments than its signal has', () => {
    expect(faultsOf('_client.Connect("prop_grabbed", Callable.From<GodotObject>(OnGrab));')).toEqual([
      '_client.Connect: OtherworldClient.prop_grabbed takes 2 to 2 arguments, not 1',
    ])
  })

  test('a variable of an unknown class, and a name that is not a literal', () => {
    expect(faultsOf('other.Get("name"); _client.Get(key);')).toEqual([
      'other.Get: the class of other is unknown',
      '_client.Get(key): the name is not a string literal',
    ])
  })
})
