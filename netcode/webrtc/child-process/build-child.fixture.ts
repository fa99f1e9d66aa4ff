import { buildEntry } from '../../../test/harness/build-entry.ts'

/** Builds the WebRTC child; resolves with its path. */
export const buildChild = (): Promise<string> => buildEntry(new URL('child.ts', import.meta.url), 'webrtc-child')
