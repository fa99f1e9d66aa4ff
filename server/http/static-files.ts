/**
 * Serves the built viewer from memory. Only files that existed at the start can be served, so no path leads elsewhere.
 * Why not `sirv`: it streams files from disk, so a rebuild while the server runs mixes two builds; it compresses only
 * what the build has compressed; and its ETags come from the file's time, which differs between machines with the same
 * build.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join, relative, sep } from 'node:path'
import { gzipSync } from 'node:zlib'
import { codeOf } from '../error.ts'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.glb': 'model/gltf-binary',
  '.bin': 'application/octet-stream',
  '.owr': 'application/octet-stream',
}
const COMPRESSED = /^(text\/|application\/(json|wasm|manifest)|image\/svg)/
/** The viewer is a few megabytes; a directory far beyond that is a mistake. */
const BYTES_MAX = 128 * 1024 * 1024

interface StaticFile {
  readonly bytes: Buffer
  readonly type: string
  readonly etag: string
  /** The build puts a content hash into these names. */
  readonly immutable: boolean
  gzip: Buffer | null
}

export interface StaticFiles {
  /** Number of files; 0: the viewer is not built. */
  readonly count: number
  /** Answers GET or HEAD of a path; false: there is no such file. */
  serve(path: string, request: IncomingMessage, response: ServerResponse): boolean
}

/** `/` and `/folder/` serve their index.html; `/name` also serves name.html. */
export function loadStaticFiles(root: string): StaticFiles {
  const files = new Map<string, StaticFile>()
  let total = 0
  for (const file of listFiles(root)) {
    const bytes = readFileSync(file)
    total += bytes.length
    if (total > BYTES_MAX) throw new Error(`${root} holds more than ${BYTES_MAX} bytes`)
    const path = `/${relative(root, file).split(sep).join('/')}`
    files.set(path, {
      bytes,
      type: TYPES[extname(file).toLowerCase()] ?? 'application/octet-stream',
      etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 27)}"`,
      immutable: /^\/assets\/.*-[\w-]{8,}\.\w+$/.test(path),
      gzip: null,
    })
  }
  const find = (path: string): StaticFile | undefined =>
    path.endsWith('/')
      ? files.get(`${path}index.html`)
      : (files.get(path) ?? files.get(`${path}.html`) ?? files.get(`${path}/index.html`))
  return {
    count: files.size,
    serve: (path, request, response) => {
      const file = find(path)
      if (file) send(file, request, response)
      return file !== undefined
    },
  }
}

function listFiles(root: string): string[] {
  try {
    return readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  }
}

function send(file: StaticFile, request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('etag', file.etag)
  response.setHeader('cache-control', file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache')
  response.setHeader('vary', 'accept-encoding')
  if (request.headers['if-none-match']?.split(/\s*,\s*/).includes(file.etag)) {
    response.writeHead(304).end()
    return
  }
  let body = file.bytes
  if (COMPRESSED.test(file.type) && /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))) {
    file.gzip ??= gzipSync(file.bytes, { level: 6 })
    body = file.gzip
    response.setHeader('content-encoding', 'gzip')
  }
  response.writeHead(200, { 'content-type': file.type, 'content-length': body.length })
  response.end(request.method === 'HEAD' ? undefined : body)
}
