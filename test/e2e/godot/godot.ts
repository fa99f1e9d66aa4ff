/** Runs tests that are written in GDScript in a real Godot. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { importProject, runGodot as run, type GodotOptions, type GodotRun } from '../../environments/godot.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
export const DEMO = join(ROOT, 'godot-bridge/demo')
export const GODOT_TESTS = join(ROOT, 'godot-bridge/test')

const imported = new Map<string, Promise<void>>()

/** Imports the project once. */
function once(project: string): Promise<void> {
  const importing = imported.get(project) ?? importProject(project)
  imported.set(project, importing)
  return importing
}

/** Runs Godot to its end, on the demo project unless another is named. */
export async function runGodot(
  args: readonly string[],
  { project = DEMO, ...options }: Partial<GodotOptions> = {},
): Promise<GodotRun> {
  await once(project)
  return run(args, { project, ...options })
}

/**
 * Runs the tests of a folder or file below godot-bridge/test. Returns Godot's output, or fails with it unless all
 * passed.
 */
export async function expectGodotTests(place: string, options: Partial<GodotOptions> = {}): Promise<string> {
  const { status, output } = await runGodot(
    ['-s', join(GODOT_TESTS, 'run.gd'), '--', join(GODOT_TESTS, place)],
    options,
  )
  expect(status, output).toBe(0)
  expect(output).toMatch(/^[1-9]\d* passed, 0 failed$/m)
  return output
}
