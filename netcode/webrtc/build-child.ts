/** Builds the WebRTC child for tests, so that they run the code as it is and not as it was last built. */
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** Resolves with the path of the built child. It lies in the repository, from where its packages are found. */
export async function buildChild(): Promise<string> {
  const outfile = fileURLToPath(new URL(`../../.tmp/webrtc-child-${process.pid}.mjs`, import.meta.url))
  const entry = fileURLToPath(new URL('child.ts', import.meta.url))
  await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', target: 'node20', format: 'esm', packages: 'external', logLevel: 'warning' })
  return outfile
}
