import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { checkUpload } from './check.ts'
import { ADVICE, WARNING_ADVICE } from './advice.ts'
import { hung, wholly } from './odd.fixture.ts'

test('a warning about a rig as Blender writes it says that you need not change anything', async () => {
  const armature = {
    nodes: [{ children: [1, 2] }, { mesh: 0, skin: 0 }, {}],
    scenes: [{ nodes: [0] }],
    skins: [{ joints: [2] }],
  }
  const { warnings } = await checkUpload(hung(new Uint8Array(16), wholly, armature))
  expect(warnings).toEqual([
    {
      rule: 'NODE_SKINNED_MESH_NON_ROOT',
      where: '/nodes/1',
      message: `Node with a skinned mesh is not root. Parent transforms will not affect a skinned mesh. ${WARNING_ADVICE['NODE_SKINNED_MESH_NON_ROOT']}`,
    },
  ])
  expect(warnings[0]?.message).toMatch(/You need not change anything\.$/)
})

test('each advice for a warning is for one of the validator', () => {
  const page = readFileSync(createRequire(import.meta.url).resolve('gltf-validator/ISSUES.md'), 'utf8')
  const codes = [...page.matchAll(/^\|([A-Z_]+)\|.*\|Warning\|$/gm)].map(([, code]) => code)
  expect(codes.length).toBeGreaterThan(20)
  expect(Object.keys(WARNING_ADVICE).filter((code) => !codes.includes(code) || code in ADVICE)).toEqual([])
})
