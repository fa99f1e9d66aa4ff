/** Projects with the files of a tutorial, and a running one that a test plays. */
import { appendFileSync, cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { temporaryDirectory, until, type Cleanup } from '../../harness/server-harness.ts'
import { UploadUser } from '../../harness/upload-user.ts'
import { GODOT_TESTS, runGodot } from './godot.ts'
import { addAddon, fileIn, filesOf } from './page-files.ts'

/** A project with the files of a page, whose main scene is `scene`; the probe prints what the scene shows. */
export function projectOf(clean: Cleanup, page: string, scene: string, url: string): string {
  const project = temporaryDirectory(clean)
  addAddon(project)
  for (const [name, code] of filesOf(page, url)) writeFileSync(join(project, name), code)
  const settings = fileIn(filesOf('five-minutes.md', url), 'project.godot')
  writeFileSync(
    join(project, 'project.godot'),
    `${settings.replace('res://main.tscn', `res://${scene}`)}\n[autoload]\n\nProbe="*res://tutorial_probe.gd"\n`,
  )
  cpSync(join(GODOT_TESTS, 'tutorial_probe.gd'), join(project, 'tutorial_probe.gd'))
  return project
}

/** Uploads a figure as an avatar that everyone may wear; the hash of its package. */
export const uploadFigure = async (url: string): Promise<string> =>
  (await UploadUser.at(url, 'Edda')).hashOf('avatars/debug_robot.vrm', { name: 'Robot', sharing: 'everyone' })

/** A running project that carries out steps (tutorial_probe.gd). */
export class Game {
  #output = ''
  #isOver = false
  readonly #project: string
  readonly #run: Promise<void>

  constructor(clean: Cleanup, project: string) {
    this.#project = project
    this.#run = this.#play()
    // A test that fails must not leave the game running.
    clean.add(() => {
      this.step('end')
      return this.#run
    })
  }

  async #play(): Promise<void> {
    try {
      await runGodot([], {
        project: this.#project,
        endsAt: 'ended\n',
        secondsMax: 550,
        onOutput: (output) => void (this.#output = output),
      })
    } catch (error) {
      this.#output += String(error)
    }
    this.#isOver = true
  }

  step(...lines: readonly string[]): void {
    appendFileSync(join(this.#project, 'steps.txt'), lines.map((line) => `${line}\n`).join(''))
  }

  /** Waits until `look` finds something. Fails with the output of the game if it does not, or if the game has ended. */
  async until<T>(what: string, look: () => T | Promise<T>, msMax?: number): Promise<NonNullable<T>> {
    try {
      return (await until(
        what,
        async () => {
          if (this.#isOver) throw new Error(`the game ended before ${what}`)
          return look()
        },
        msMax,
      )) as NonNullable<T>
    } catch (error) {
      return expect.fail(`${String(error)}:\n${this.#output}`)
    }
  }

  /** Waits until the game has printed a line that matches. */
  shows(pattern: RegExp, msMax?: number): Promise<RegExpExecArray> {
    return this.until(`it shows ${pattern.source}`, () => pattern.exec(this.#output), msMax)
  }

  /** Ends the game. Fails on errors of the engine and of scripts. */
  async end(): Promise<void> {
    this.step('end')
    await this.#run
    expect(this.#output).toContain('ended')
    expect(this.#output).not.toMatch(/^(SCRIPT )?ERROR/m)
  }
}
