/** Runs in the browser: the digest of recordings, which the page fetches. */
import { digestOf, type ReplayDigest } from './digest.ts'

declare global {
  interface Window {
    digestUrls?: (urls: readonly string[]) => Promise<ReplayDigest>
  }
}

window.digestUrls = async (urls) =>
  digestOf(
    await Promise.all(
      urls.map(async (url) => ({ name: url, bytes: new Uint8Array(await (await fetch(url)).arrayBuffer()) })),
    ),
  )
