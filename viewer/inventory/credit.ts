/** Says who made the avatar that a player wears. Pure. */
import type { VrmCredit } from '../models/figure-motion.ts'

/** For example: "Robot" by Ada. 2025 Ada. Licence: https://vrm.dev/licenses/1.0/ */
export function creditLine({ title, authors, copyright, licences }: VrmCredit): string {
  const name = title === null ? 'This avatar' : `“${title}”`
  const by = authors.length > 0 ? ` by ${authors.join(', ')}` : ''
  const rights = copyright === null ? '' : ` ${copyright}.`
  const licence = licences.length > 0 ? ` Licence: ${licences.join(', ')}` : ''
  return `${name}${by}.${rights}${licence}`
}
