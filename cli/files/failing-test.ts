/** The Vitest file that holds a shrunk recording. */
import { relative, sep } from 'node:path'

export interface FailingTest {
  /** The recording's file name, beside the test. */
  readonly recording: string
  /** The condition, or the absolute path of the module that has it. */
  readonly condition: string
  readonly module: string | null
  /** The folder of the test. */
  readonly folder: string
}

/** A test that fails as long as the condition becomes true in the recording. */
export function failingTest({ recording, condition, module, folder }: FailingTest): string {
  const path = module === null ? '' : relative(folder, module).split(sep).join('/')
  const from = path.startsWith('.') ? path : `./${path}`
  return `import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { failureInRecording } from 'otherworld/testing'
${module === null ? '' : `import { fails } from ${JSON.stringify(from)}\n`}
test(${JSON.stringify(`${recording} has no moment of the kind: ${condition}`)}, async () => {
  const recording = readFileSync(new URL(${JSON.stringify(`./${recording}`)}, import.meta.url))
  expect(await failureInRecording(recording, ${module === null ? JSON.stringify(condition) : 'fails'})).toBeNull()
})
`
}
