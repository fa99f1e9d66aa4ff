/** Authors and licence of a VRM, from its meta data (`meta` of VRMC_vrm 1.0 and of VRM 0.0). */
import type { VrmCredit } from '../figure-motion.ts'
import { objectOf, type GltfJson } from './json.ts'

const CHARACTERS_MAX = 200
const AUTHORS_MAX = 8
/** Names of a licence in VRM 0 that say nothing: the licence is then at `otherLicenseUrl`. */
const UNNAMED = 'Other'

/** A text on one line, without characters that change how the text around it is shown; null if there is none. */
function textOf(value: unknown): string | null {
  if (typeof value !== 'string') return null
  const text = value
    .slice(0, CHARACTERS_MAX)
    .replaceAll(/[\p{C}\s]+/gu, ' ')
    .trim()
  return text === '' ? null : text
}

const textsOf = (values: readonly unknown[]): readonly string[] => values.flatMap((value) => textOf(value) ?? [])

/** Null if the file has no meta data that the page shows. */
export function creditOf({ extensions }: GltfJson): VrmCredit | null {
  const isVrm1 = extensions?.['VRMC_vrm'] !== undefined
  const meta = objectOf(objectOf(extensions?.[isVrm1 ? 'VRMC_vrm' : 'VRM'])['meta'])
  const { authors, licenseName } = meta
  const credit: VrmCredit = isVrm1
    ? {
        title: textOf(meta['name']),
        authors: textsOf(Array.isArray(authors) ? authors.slice(0, AUTHORS_MAX) : []),
        copyright: textOf(meta['copyrightInformation']),
        licences: textsOf([meta['licenseUrl'], meta['otherLicenseUrl'], meta['thirdPartyLicenses']]),
      }
    : {
        title: textOf(meta['title']),
        authors: textsOf([meta['author']]),
        copyright: null,
        licences: textsOf([licenseName === UNNAMED ? null : licenseName, meta['otherLicenseUrl']]),
      }
  const isEmpty = !credit.title && !credit.copyright && credit.authors.length + credit.licences.length === 0
  return isEmpty ? null : credit
}
