/** Finds and creates elements of the page. */

/** Throws if index.html has no such element: the two are built together. */
export function byId(id: string): HTMLElement {
  const element = document.getElementById(id)
  if (!element) throw new Error(`index.html has no element with id "${id}"`)
  return element
}

/** The same, with a type check: `byIdAs('name', HTMLInputElement)`. */
export function byIdAs<T extends HTMLElement>(id: string, kind: new () => T): T {
  const element = byId(id)
  if (!(element instanceof kind)) throw new Error(`index.html: #${id} should be a ${kind.name}`)
  return element
}

type Attributes = Readonly<Record<string, string | boolean | (() => void)>>

/** Creates an element with attributes by name, `text` and `click`; an attribute that is false is left out. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name, value)
    else if (name === 'text') element.textContent = String(value)
    else if (value !== false) element.setAttribute(name, value === true ? '' : value)
  }
  element.append(...children)
  return element
}

export const makeButton = (text: string, click: () => void, attributes: Attributes = {}): HTMLButtonElement =>
  make('button', { type: 'button', text, click, ...attributes })
