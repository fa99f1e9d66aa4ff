import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryDirectory } from '../test/harness/cleanup.ts'

test('the committed codecs equal what the generator writes for otherworld.proto', () => {
  const godot = 'godot-bridge/addons/otherworld/wire/generated'
  const folder = temporaryDirectory()
  execFileSync(process.execPath, ['protocol/generate.mjs', folder], { stdio: ['ignore', 'ignore', 'pipe'] })
  for (const file of ['otherworld.js', 'otherworld.d.ts'])
    expect(readFileSync(join(folder, file), 'utf8')).toBe(readFileSync(join('protocol/generated', file), 'utf8'))
  for (const file of ['messages.gd', 'limits.gd'])
    expect(readFileSync(join(folder, file), 'utf8')).toBe(readFileSync(join(godot, file), 'utf8'))
})
