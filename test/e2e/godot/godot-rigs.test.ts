/** A sample of each naming convention goes through the ingest, and Godot moves its head and hands like its wearer's. */
import { afterEach, expect, test } from 'vitest'
import { rigGlb } from '../../../ingest/fit/avatar/names/rig.fixture.ts'
import { SAMPLES } from '../../../ingest/fit/avatar/names/samples.fixture.ts'
import type { PackageManifest } from '../../../packages/manifest.ts'
import { cleanup, serveHere } from '../../harness/server-harness.ts'
import { UploadUser } from '../../harness/upload-user.ts'
import { expectGodotTests } from './godot.ts'

const clean = cleanup()
afterEach(() => clean.all())

/** Names and T-posed rotations of the joints that a headset moves. */
async function jointsOf(person: UploadUser, hash: string): Promise<Record<string, object>> {
  const { manifest } = (await person.api.ask('GET', `v1/packages/${hash}`)) as unknown as {
    readonly manifest: PackageManifest
  }
  return Object.fromEntries(
    ['head', 'leftHand', 'rightHand'].map((bone) => {
      const { joint, rest } = manifest.skeleton?.find(({ humanoid }) => humanoid === bone) ?? expect.fail(bone)
      return [bone, { name: joint, rest: [rest?.x, rest?.y, rest?.z, rest?.w] }]
    }),
  )
}

test('in Godot, head and hands of a rig of each convention are where its wearer has them', async () => {
  const server = await serveHere(clean)
  const ada = await UploadUser.at(server.url, 'Ada')
  const rigs: object[] = []
  for (const sample of SAMPLES) {
    const status = await ada.upload(await rigGlb(sample), { name: 'rig', fileName: 'rig.glb', sharing: 'everyone' })
    expect(status).toMatchObject({ stage: 'done', kind: 'avatar' })
    const hash = String(status['package'])
    rigs.push({ title: sample.convention, hash, joints: await jointsOf(ada, hash) })
  }
  await expectGodotTests('system/rigs_test.gd', {
    env: { OTHERWORLD_URL: server.url, OTHERWORLD_RIGS: JSON.stringify(rigs) },
  })
})
