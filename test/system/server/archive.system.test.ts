import { afterEach, test } from 'vitest'
import { restoresPackages, assignsNoNumberTwice, savesAndRestores } from '../../harness/server-archive.ts'
import { cleanup } from '../../harness/server-harness.ts'

const clean = cleanup()
afterEach(() => clean.all())

test(
  '200 props are unchanged after a restart, and restored from the archive without the recordings',
  () => savesAndRestores(clean, null),
  180_000,
)

test(
  'a realm that only the archive has is restored with its packages, in a recording that needs no archive',
  () => restoresPackages(clean, null),
  120_000,
)

test(
  'if only the data directory loses its user count, a new guest owns nothing',
  () => assignsNoNumberTwice(clean, null),
  120_000,
)
