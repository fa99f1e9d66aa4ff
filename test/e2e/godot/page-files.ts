/** The files that a page of godot-bridge/docs tells its reader to write. */
import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

/** The code blocks of a page by the name of the file before each of them, with this machine's addresses. */
export function filesOf(page: string, url: string): ReadonlyMap<string, string> {
  const text = readFileSync(join(ROOT, 'godot-bridge/docs', page), 'utf8')
  const blocks = text.matchAll(/`([\w.]+\.\w+)`[^`]*?:\n\n```\w+\n([\s\S]*?)```/g)
  return new Map(
    Array.from(blocks, ([, name = '', code = '']) => [
      name,
      code.replaceAll('http://127.0.0.1:7350', url.replace(/\/$/, '')).replaceAll('OTHERWORLD/', ROOT),
    ]),
  )
}

/** A file of a page. Throws if the page does not show it. */
export function fileIn(files: ReadonlyMap<string, string>, name: string): string {
  const code = files.get(name)
  if (code === undefined) throw new Error(`the page has no ${name}`)
  return code
}

/** Copies the addon into a project, as the pages say. */
export function addAddon(project: string): void {
  cpSync(join(ROOT, 'godot-bridge/addons/otherworld'), join(project, 'addons/otherworld'), { recursive: true })
}
