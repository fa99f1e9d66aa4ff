import { describe, expect, test } from 'vitest'
import { readFileSync, readdirSync } from 'node:fs'
import { Rejected } from '../../types.ts'
import { parentOfBone, readHumanoid, REQUIRED_BONES } from './humanoid.ts'

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
