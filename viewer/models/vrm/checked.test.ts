import { expect, test } from 'vitest'
import { checkVrm } from './checked.ts'
import type { GltfJson } from './json.ts'

test('colours of expressions in VRM 0 become linear, and texture transforms stay as they are', () => {
  const value = (propertyName: string, targetValue: number[]) => ({ materialName: 'skin', propertyName, targetValue })
  const values = [value('_Color', [1, 0.5, 0, 0.5]), value('_MainTex_ST', [0.5, 0.25, 0.125, 0.5])]
  const group = { presetName: 'neutral', name: 'n', materialValues: values }
  const json: GltfJson = { extensions: { VRM: { blendShapeMaster: { blendShapeGroups: [group] } } } }
  checkVrm(json)
  expect(json.extensions).toMatchObject({
    VRM: {
      blendShapeMaster: {
        blendShapeGroups: [
          {
            materialValues: [value('_Color', [1, 0.5 ** 2.2, 0, 0.5]), value('_MainTex_ST', [0.5, 0.25, 0.125, 0.5])],
          },
        ],
      },
    },
  })
})
