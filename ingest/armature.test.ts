import { describe, expect, test } from 'vitest'
import { Document } from '@gltf-transform/core'
import { armatureOf } from './armature.ts'
import { fitAvatar } from './fit/index.ts'
import { readFixture } from './fit/model.fixture.ts'

describe('the armature of a node tree', () => {
  test('a skinned figure has its joints in the order of the tree, without the nodes above and beside them', async () => {
    const { document, humanoid } = await readFixture('fixtures/assets/avatars/CesiumMan.glb')
    const { rest } = fitAvatar(document, humanoid, () => undefined)
    const armature = armatureOf(document, { humanoid, rest }) ?? []
    expect(armature).toHaveLength(19)
    expect(armature[0]).toMatchObject({ joint: 'Skeleton_torso_joint_1', parent: null, humanoid: 'hips' })
    const places = new Map(armature.map(({ joint }, i) => [joint, i]))
    armature.forEach(({ parent }, i) => expect(parent === null ? -1 : places.get(parent)).toBeLessThan(i))
    expect(armature.filter((joint) => joint.rest !== undefined)).toHaveLength(humanoid.size)
    expect(armature.some(({ joint }) => joint === 'Z_UP' || joint === 'Armature' || joint === 'Cesium_Man')).toBe(false)
  })

  test('a robot of rigid parts has its humanoid nodes, although nothing is skinned', async () => {
    const { document, humanoid } = await readFixture('fixtures/assets/avatars/debug_robot.vrm')
    expect(document.getRoot().listSkins()).toHaveLength(0)
    const armature = armatureOf(document, { humanoid }) ?? []
    expect(armature).toHaveLength(humanoid.size)
    expect(armature.find(({ humanoid: bone }) => bone === 'leftHand')?.parent).toBe('lower_arm.L')
  })

  test("nodes between joints are skipped, and the upload's names are kept", () => {
    const document = new Document()
    const [hips, between, spine] = [
      document.createNode('hips'),
      document.createNode('between'),
      document.createNode('spine_2'),
    ]
    document.createScene().addChild(hips.addChild(between.addChild(spine)))
    document.createSkin().addJoint(hips).addJoint(spine)
    expect(armatureOf(document, { uploaded: new Map([[spine, 'spine']]) })).toEqual([
      { joint: 'hips', parent: null, name: 'hips' },
      { joint: 'spine_2', parent: 'hips', name: 'spine' },
    ])
  })

  test('a teacup has none', async () => {
    expect(armatureOf((await readFixture('fixtures/assets/objects/teacup.glb')).document)).toBeNull()
  })
})
