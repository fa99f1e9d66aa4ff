/** The interface through which the Local Cloud's HTTP handler reads and writes the files of its store. */
import type { AssetHead } from './assets.ts'
import type { Disk } from './disk.ts'
import type { ParsedKey } from './keys.ts'
import type { MinimumRate } from './limits.ts'
import type { LinkSigner } from './signature.ts'

/** Path prefix under which the server serves its files. */
export const LOCAL_PATH = '/v1/assets'

/** A file opened for reading. The caller closes it. */
export interface OpenFile extends AssetHead {
  readonly read: (buffer: Uint8Array, position: number) => Promise<number>
  readonly close: () => Promise<void>
}

export interface LocalFiles {
  readonly signer: LinkSigner
  readonly disk: Disk
  readonly minimumRates: { readonly upload: MinimumRate; readonly download: MinimumRate }
  readonly nowMs: () => number
  /** Returns null if there is no such file. */
  openFile(key: ParsedKey): Promise<OpenFile | null>
  /** Writes a file's media type. Do this before you publish the file, so that no file is without one. */
  writeType(path: string, mediaType: string): Promise<void>
}
