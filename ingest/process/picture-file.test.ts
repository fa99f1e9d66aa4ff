import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryDirectory } from '../../test/harness/cleanup.ts'
import { PICTURE_FILE, pictureText, readPicture } from './picture-file.ts'

test.each([{ webp: Uint8Array.of(1, 2, 255) }, { reason: 'it has no triangles' }])(
  'the parent reads what the child wrote: %j',
  async (picture) => {
    const directory = temporaryDirectory()
    writeFileSync(join(directory, PICTURE_FILE), pictureText(picture))
    expect(await readPicture(directory)).toEqual(picture)
  },
)

test('a child that ended while it drew gives a reason', async () => {
  expect(await readPicture(temporaryDirectory())).toEqual({
    reason: 'it took too long or too much memory to draw',
  })
})
