import { describe, expect, test } from 'vitest'
import { readFileSync, readdirSync } from 'node:fs'
import { Rejected } from '../../types.ts'
import { parentOfBone, REQUIRED_BONES } from './bones.ts'
import { readHumanoid } from './humanoid.ts'

const nodes = [{ name: 'Hips' }, { name: 'Spine' }, { name: 'Twin' }, { name: 'Twin' }]

describe('the humanoid map', () => {
  test('is read from VRM 1.0', () => {
    const json = {
      nodes,
      extensions: { VRMC_vrm: { humanoid: { humanBones: { hips: { node: 0 }, leftThumbProximal: { node: 1 } } } } },
    }
    expect([...readHumanoid(json)]).toEqual([
      ['hips', 0],
      ['leftThumbProximal', 1],
    ])
  })

  test('is read from VRM 0.x, whose thumb bones have other names', () => {
    const humanBones = [
      { bone: 'hips', node: 0 },
      { bone: 'leftThumbProximal', node: 1 },
      { bone: 'leftThumbIntermediate', node: 2 },
      { bone: 'leftThumbDistal', node: 3 },
      { bone: 7, node: 'x' },
    ]
    expect([...readHumanoid({ nodes, extensions: { VRM: { humanoid: { humanBones } } } })]).toEqual([
      ['hips', 0],
      ['leftThumbMetacarpal', 1],
      ['leftThumbProximal', 2],
      ['leftThumbDistal', 3],
    ])
  })

  describe('that names a bone twice in VRM 0.x', () => {
    const tree = [
      { name: 'Root', children: [1] },
      { name: 'Hips', children: [2] },
      { name: 'Spine' },
      { name: 'Stray' },
    ]
    const twice = (...hips: number[]): { used: number | undefined; warnings: string[] } => {
      const warnings: string[] = []
      const humanBones = [...hips.map((node) => ({ bone: 'hips', node })), { bone: 'spine', node: 2 }]
      const map = readHumanoid(
        { nodes: tree, extensions: { VRM: { humanoid: { humanBones } } } },
        undefined,
        (warning) => warnings.push(`${warning.rule} ${warning.where}: ${warning.message}`),
      )
      return { used: map.get('hips'), warnings }
    }

    test('uses the node above the bones that hang from it, in any order, and says so', () => {
      for (const hips of [
        [1, 3],
        [3, 1],
      ]) {
        const { used, warnings } = twice(...hips)
        expect(used).toBe(1)
        expect(warnings).toEqual([expect.stringMatching(/^HUMANOID_BONE_TWICE hips: .*"Hips" is used/)])
      }
    })

    test('uses the last of nodes that fit equally well', () => {
      expect(twice(0, 1).used).toBe(1)
      expect(twice(1, 0).used).toBe(0)
    })

    test('says nothing if both are the same node', () => {
      expect(twice(1, 1)).toEqual({ used: 1, warnings: [] })
    })
  })

  test('is read from names in the file, and given names take priority', () => {
    const json = { nodes, asset: { extras: { otherworld: { humanoid: { hips: 'Hips' } } } } }
    expect([...readHumanoid(json)]).toEqual([['hips', 0]])
    expect([...readHumanoid(json, { hips: 'Spine' })]).toEqual([['hips', 1]])
  })

  test('is never guessed from names, and malformed maps are ignored', () => {
    expect(readHumanoid({ nodes }).size).toBe(0)
    for (const json of [null, 7, 'x', [], { extensions: { VRM: { humanoid: { humanBones: 3 } }, VRMC_vrm: [] } }])
      expect(readHumanoid(json).size).toBe(0)
  })

  test.each([
    ['no node has', 'Nobody'],
    ['two nodes have', 'Twin'],
  ])('a name that %s is refused with its bone', (_, name) => {
    expect(() => readHumanoid({ nodes }, { hips: name })).toThrow(Rejected)
    expect(() => readHumanoid({ nodes }, { hips: name })).toThrow('humanoid/hips')
  })
})

describe('a map that a person wrote', () => {
  const twins = [
    { name: 'Robot', children: [1] },
    { name: 'Chest' },
    { name: 'Guard', children: [3, 4] },
    { name: 'Chest' },
    { name: '#1' },
    { name: 'a/b' },
  ]

  test.each([
    ['a path names one of two nodes of one name', 'Guard/Chest', 3],
    ['a path may begin with a slash', '/Robot/Chest', 1],
    ['an index names a node', '#3', 3],
    ['a name that looks like an index or a path is a name', '#1', 4],
    ['a name with a slash is a name', 'a/b', 5],
  ])('%s', (_, entry, index) => {
    expect([...readHumanoid({ nodes: twins }, { chest: entry })]).toEqual([['chest', index]])
  })

  test('every wrong entry is reported, with what to write', () => {
    const fault = ((): unknown => {
      try {
        return readHumanoid({ nodes: twins }, { chest: 'Chest', hips: 'Nobody', head: 'Robot', spine: '#99' })
      } catch (error) {
        return error
      }
    })()
    expect((fault as Rejected).rejections.map(({ where, message }) => [where, message])).toEqual([
      [
        'humanoid/chest',
        'The map names "Chest" as chest, but 2 nodes are called "Chest". Write "Robot/Chest" or "Guard/Chest" instead.',
      ],
      [
        'humanoid/hips',
        'The map names "Nobody" as hips, but no node is called "Nobody". Write the node\'s name as in the file, its path ("Armature/Hips"), or its index ("#12").',
      ],
      ['humanoid/spine', expect.stringContaining('no node is called "#99"')],
    ])
  })

  test('nodes of one path are listed by their indices', () => {
    const same = [{ name: 'Rig', children: [1, 2] }, { name: 'Chest' }, { name: 'Chest' }]
    expect(() => readHumanoid({ nodes: same }, { chest: 'Chest' })).toThrow(
      'Write "#1" (Rig/Chest) or "#2" (Rig/Chest) instead.',
    )
  })
})

test('every example map has the required bones, and only bones', () => {
  const folder = 'fixtures/assets/humanoid'
  const maps = readdirSync(folder)
  expect(maps.length).toBeGreaterThanOrEqual(3)
  for (const file of maps) {
    const map = JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as Record<string, string>
    expect(Object.keys(map)).toEqual(expect.arrayContaining([...REQUIRED_BONES]))
    expect(Object.keys(map).filter((bone) => bone !== 'hips' && parentOfBone(bone) === null)).toEqual([])
  }
})
