import { afterEach, test } from 'vitest'
import { bringsPackagesBack, givesNoNumberTwice, savesAndBringsBack } from '../../harness/server-archive.ts'
import { cleanup } from '../../harness/server-harness.ts'

const clean = cleanup()
afterEach(() => clean.all())

test(
  'after a restart 200 things stand exactly where they were; without the recordings, where the archive saved them',
  () => savesAndBringsBack(clean, null),
  180_000,
)

test(
  'a realm that only the archive knows comes back with the physics of its packages, in a recording that needs no archive',
  () => bringsPackagesBack(clean, null),
  120_000,
)

test(
  'where the count of users is lost and the archive is not, a new guest owns nothing that is there',
  () => givesNoNumberTwice(clean, null),
  120_000,
)
