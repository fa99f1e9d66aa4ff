/** The page's own elements, by id. */

/** Throws where index.html lacks it: the two are built together. */
export function byId(id: string): HTMLElement {
  const element = document.getElementById(id)
  if (!element) throw new Error(`index.html has no element with id "${id}"`)
  return element
}
