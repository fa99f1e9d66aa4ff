import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { Names, safeName } from './names.ts'

describe('names', () => {
  test.each([
    ['Arm.L', 'Arm_L'],
    ['mixamorig:Hips', 'mixamorig_Hips'],
    ['a/b@c"d%e', 'a_b_c_d_e'],
    ['', 'Node'],
    ['...', 'Node'],
    ['  Cup  of\ttea ', 'Cup of tea'],
    ['Ｆｕｌｌ ﬁ', 'Full fi'],
    ['左腕', '左腕'],
    ['evil\u{202e}gnp.exe', 'evilgnp_exe'],
    ['a\u{0000}b\u{200b}c', 'abc'],
    ['x'.repeat(100), 'x'.repeat(64)],
    ['😀 face', '_ face'],
  ])('%j becomes %j', (given, safe) => expect(safeName(given, 'Node')).toBe(safe))

  test('a repeated name gets a number, within the length', () => {
    const names = new Names()
    expect(['Cup', 'Cup', 'Cup_2', 'Cup', 'cup'].map((name) => names.unique(name))).toEqual([
      'Cup',
      'Cup_2',
      'Cup_2_2',
      'Cup_3',
      'cup',
    ])
    const long = 'y'.repeat(64)
    expect([names.unique(long), names.unique(long)]).toEqual([long, `${'y'.repeat(62)}_2`])
  })

  test.prop([fc.array(fc.string({ unit: 'binary', maxLength: 90 }), { maxLength: 40 })])(
    'any names become unique names that Godot accepts',
    (given) => {
      const names = new Names()
      const made = given.map((name) => names.unique(safeName(name, 'Node')))
      expect(new Set(made).size).toBe(made.length)
      for (const name of made) {
        expect(name).not.toMatch(/[.:@/"%\p{C}]|^\s|\s$|^$/u)
        expect(Array.from(name).length).toBeLessThanOrEqual(64)
        expect(name.normalize('NFKC')).toBe(name)
      }
    },
  )
})
