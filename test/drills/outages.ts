/** Stores that go away and return, each with a server that uses it. */
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { startRadosgw } from '../environments/radosgw.ts'
import { startServerProcess, type ServerProcess } from './server-process.ts'

export interface Outage {
  readonly name: string
  /** Takes the store away; returns a function that brings it back. */
  begin(): Promise<() => Promise<void>>
}

export interface StoreScenario {
  readonly server: ServerProcess
  readonly outages: readonly Outage[]
  stop(): Promise<void>
}

const ARGS = ['--logins-per-minute', '100000'] as const

/** A server with a real S3 server that can be stopped with open connections, or killed. */
export async function serverWithS3(): Promise<StoreScenario> {
  const s3 = await startRadosgw()
  const settings = {
    ENDPOINT: s3.endpoint,
    BUCKET: 'otherworld',
    REGION: 'us-east-1',
    ACCESS_KEY: s3.accessKey,
    SECRET_KEY: s3.secretKey,
  }
  for (const [name, value] of Object.entries(settings)) process.env[`OTHERWORLD_S3_${name}`] = value
  const server = await startServerProcess(...ARGS)
  for (const name of Object.keys(settings)) delete process.env[`OTHERWORLD_S3_${name}`]
  const frozen: Outage = {
    name: 's3 stopped, its connections open',
    begin: async () => {
      s3.pause()
      return async () => s3.resume()
    },
  }
  const killed: Outage = {
    name: 's3 killed',
    begin: async () => {
      await s3.kill()
      return () => s3.restart()
    },
  }
  const stop = async (): Promise<void> => {
    await server.stop()
    await s3.stop()
  }
  return { server, outages: [frozen, killed], stop }
}

/** A server whose folder of files can go away, like an unmounted disk. */
export async function serverWithDisk(): Promise<StoreScenario> {
  const server = await startServerProcess(...ARGS)
  const folder = join(server.data, 'assets')
  const gone: Outage = {
    name: 'the folder of files gone',
    begin: async () => {
      await rename(folder, `${folder}.away`)
      return () => rename(`${folder}.away`, folder)
    },
  }
  return { server, outages: [gone], stop: () => server.stop() }
}
