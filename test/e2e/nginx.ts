/** A real nginx with the configuration from docs/operating.md. */
import { spawn, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '../environments/ports.ts'
import { temporaryDirectory, until, type Cleanup } from '../harness/server-harness.ts'

const DOCUMENT = fileURLToPath(new URL('../../docs/operating.md', import.meta.url))

/** The block of the document with this machine's ports. Throws if the document lacks a placeholder. */
function documented(listen: number, server: URL): string {
  const block = /^```nginx\n([\s\S]*?)^```$/m.exec(readFileSync(DOCUMENT, 'utf8'))?.[1] ?? ''
  const filled = block
    .replace('listen 80;', `listen 127.0.0.1:${listen};`)
    .replace('http://127.0.0.1:7350/;', `${server.origin}/;`)
  if (filled.includes('listen 80') || filled.includes(':7350') || !filled.includes('location /world/'))
    throw new Error(`docs/operating.md has no nginx block that can be filled in:\n${block}`)
  return filled
}

/**
 * Starts it in front of a server; returns the URL of the server below it. `change` edits the configuration, as an
 * operator may.
 */
export async function startNginx(
  clean: Cleanup,
  server: string,
  change: (configuration: string) => string = (same) => same,
): Promise<string> {
  if (spawnSync('nginx', ['-v']).error) throw new Error('these tests need nginx (Debian: apt-get install nginx-light)')
  const folder = temporaryDirectory(clean)
  const port = await freePort()
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `  ${name}_temp_path ${join(folder, name)};`)
    .join('\n')
  const file = join(folder, 'nginx.conf')
  const asRoot = process.getuid?.() === 0 ? 'user root;\n' : ''
  writeFileSync(
    file,
    `${asRoot}daemon off;\npid ${join(folder, 'nginx.pid')};\nerror_log stderr;\nevents {}\nhttp {\n  access_log off;\n${temporary}\n${change(documented(port, new URL(server)))}\n}\n`,
  )
  const child = spawn('nginx', ['-p', folder, '-c', file], { stdio: ['ignore', 'ignore', 'pipe'] })
  let errors = ''
  let hasEnded = false
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString()
  })
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => {
      hasEnded = true
      resolve()
    })
  })
  clean.add(async () => {
    child.kill('SIGTERM')
    await ended
  })
  const url = `http://127.0.0.1:${port}/world/`
  let isUp = false
  const ask = async (): Promise<void> => {
    const response = await fetch(`${url}healthz`).catch(() => null)
    isUp = response?.ok === true
  }
  await until('nginx answers', () => {
    if (hasEnded) throw new Error(`nginx ended: ${errors}`)
    if (!isUp) void ask()
    return isUp
  })
  return url
}
