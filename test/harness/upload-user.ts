/** Users who upload and spawn packages: steps of tests for all archives and stores. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { ServerApi, textIn, type Fields } from '../../cli/server-client/server-api.ts'
import { uploadBytes, type UploadWish } from '../../cli/server-client/upload-file.ts'
import { login, type RenderClient } from '../../netcode/index.ts'
import { Permission, type Vec3 } from '../../sim/index.ts'
import { joined, serveHere, until, type Cleanup, type TestServer } from './server-harness.ts'
import type { Settings } from '../../server/main.ts'

const ASSETS = fileURLToPath(new URL('../../fixtures/assets/', import.meta.url))
export const assetBytes = (path: string): Buffer => readFileSync(join(ASSETS, path))

const UPLOAD_MS_MAX = 120_000

/** A user with a token. Its client joins on demand. */
export class UploadUser {
  readonly url: string
  readonly name: string
  readonly token: string
  readonly identity: string
  readonly uid: string
  readonly user: number
  readonly api: ServerApi

  private constructor(url: string, name: string, reply: Awaited<ReturnType<typeof login>>) {
    this.url = url
    this.name = name
    this.token = reply.token
    this.identity = reply.identity
    this.uid = reply.user.uid
    this.user = reply.user.number
    this.api = new ServerApi(url, reply.token)
  }

  static async at(url: string, name: string, identity?: string): Promise<UploadUser> {
    return new UploadUser(url, name, await login(url, name, identity === undefined ? {} : { identity }))
  }

  /** The settled status. `file`: a path in fixtures/assets, or the file's bytes. */
  upload(file: string | Uint8Array, wish: Partial<UploadWish> = {}): Promise<Fields> {
    const isPath = typeof file === 'string'
    const watch = {
      sent: (): void => undefined,
      stage: (): void => undefined,
      signal: AbortSignal.timeout(UPLOAD_MS_MAX),
    }
    return uploadBytes(
      this.api,
      this.url,
      isPath ? assetBytes(file) : file,
      {
        name: 'thing',
        fileName: isPath ? file : 'made.glb',
        kind: undefined,
        humanoid: undefined,
        sharing: 'owner',
        ...wish,
      },
      watch,
    )
  }

  async hashOf(file: string | Uint8Array, wish: Partial<UploadWish> = {}): Promise<string> {
    const status = await this.upload(file, wish)
    expect(status).toMatchObject({ stage: 'done' })
    return textIn(status, 'package') ?? ''
  }

  join(clean: Cleanup): Promise<RenderClient> {
    return joined(clean, this.url, this.name, { token: this.token })
  }
}

/** The position of the client's own avatar, after the first snapshot that shows it. */
export async function ownPosition(client: RenderClient): Promise<Vec3> {
  const own = (): Vec3 | undefined => client.sample().avatars.find((avatar) => avatar.own)?.position
  await until('the own avatar is seen', () => own() !== undefined)
  return own() as Vec3
}

/** Spawns a package within everyone's reach; returns its element. */
export async function spawnOf(client: RenderClient, hash: string, access = 0): Promise<number> {
  const { x, y, z } = await ownPosition(client)
  const outcome = await client.spawn(hash, { position: { x, y: y + 1, z: z - 0.8 }, access })
  expect(outcome.ok ? 'spawned' : outcome.reason).toBe('spawned')
  return outcome.ok ? outcome.element : 0
}

/** Does what `otherworld admin grant` does. */
export async function grantRole(server: TestServer, uid: string, role: 'builder' | 'owner' | null): Promise<void> {
  const api = new ServerApi(server.url, readFileSync(join(server.data, 'operator-token'), 'utf8').trim())
  await api.ask(
    role === null ? 'DELETE' : 'PUT',
    `v1/realms/${server.status().id}/grants/${uid}`,
    role === null ? undefined : { role },
  )
}

/** Downloads by the link, without a token: a range, as a resumed download requests it, and the whole file. */
export async function downloads(person: UploadUser, hash: string): Promise<void> {
  const { files, manifest } = (await person.api.ask('GET', `v1/packages/${hash}`)) as {
    readonly files: { readonly runtime: { readonly url: string } }
    readonly manifest: { readonly files: { readonly runtime: { readonly sha256: string } } }
  }
  const url = new URL(files.runtime.url, person.url)
  const part = await fetch(url, { headers: { range: 'bytes=0-3' } })
  expect([part.status, await part.text()]).toEqual([206, 'glTF'])
  const whole = await fetch(url)
  expect(whole.headers.get('etag')).not.toBeNull()
  expect(
    createHash('sha256')
      .update(new Uint8Array(await whole.arrayBuffer()))
      .digest('hex'),
  ).toBe(manifest.files.runtime.sha256)
}

/**
 * A teacup is uploaded, spawned, seen and downloaded by another user, and still there with its owner after a restart,
 * whichever stores keep records and files.
 */
export async function uploadsTheTeacup(clean: Cleanup, settings: Partial<Settings>): Promise<TestServer> {
  const server = await serveHere(clean, settings)
  const [ada, bob] = [await UploadUser.at(server.url, 'Ada'), await UploadUser.at(server.url, 'Bob')]
  const hash = await ada.hashOf('objects/teacup.glb', { name: 'teacup' })
  const [atAda, atBob] = [await ada.join(clean), await bob.join(clean)]
  const element = await spawnOf(atAda, hash)
  const seenBy = (client: RenderClient): ReturnType<RenderClient['sample']>['props'][number] | undefined =>
    client.sample().props.find((prop) => prop.element === element)
  await until('Bob sees the cup', () => seenBy(atBob))
  expect(seenBy(atBob)).toMatchObject({ package: hash, owner: ada.user })
  await downloads(bob, hash)
  expect((await bob.upload('objects/teacup.glb', { name: 'teacup' }))['package']).toBe(hash)

  await Promise.all([atAda.close('bye'), atBob.close('bye')])
  await server.stop()
  const again = await serveHere(clean, { ...settings, dataDirectory: server.data })
  const back = await UploadUser.at(again.url, 'Ada', ada.identity)
  expect([back.uid, back.user]).toEqual([ada.uid, ada.user])
  const atBack = await back.join(clean)
  await until('the cup stands there', () => seenBy(atBack))
  expect(seenBy(atBack)).toMatchObject({ package: hash, owner: ada.user })
  await downloads(back, hash)
  expect((await back.api.ask('GET', 'v1/packages'))['packages']).toMatchObject([{ hash, name: 'teacup', own: true }])
  expect(await atBack.despawn(element)).toMatchObject({ ok: true })
  return again
}

export const BUILD = Permission.spawn | Permission.grab | Permission.scale
