/** The card that asks for a name. */
import { byId } from './dom.ts'
import type { RealmPreview } from '../app/realm-preview.ts'
import { peopleMessage } from './messages.ts'

export class JoinCard {
  readonly #name: HTMLInputElement
  readonly #enter: HTMLButtonElement

  constructor(join: (name: string) => void) {
    const [name, enter] = [byId('name'), byId('enter')]
    if (!(name instanceof HTMLInputElement) || !(enter instanceof HTMLButtonElement))
      throw new Error('index.html: #name is an input and #enter a button')
    this.#name = name
    this.#enter = enter
    byId('join-form').addEventListener('submit', (event) => {
      event.preventDefault()
      const typed = name.value.trim()
      if (typed === '') this.#problem('Please type a name first.')
      else join(typed)
    })
  }

  /** Asks for a name; `problem` says why the last attempt failed. */
  ask(remembered: string, problem: string | null): void {
    byId('join').hidden = false
    if (this.#name.value === '') this.#name.value = remembered
    this.#busy(false)
    this.#problem(problem ?? '')
    this.#name.focus()
  }

  joining(): void {
    this.#busy(true)
    this.#problem('')
  }

  hide(): void {
    byId('join').hidden = true
    this.#busy(false)
  }

  /** Shows the realm before joining. */
  visit({ realm, people }: RealmPreview): void {
    byId('join-realm').textContent = `Realm · ${realm}`
    byId('join-who').textContent = `${peopleMessage(people)} Walk around, meet people, grab and throw things.`
  }

  #busy(on: boolean): void {
    this.#enter.disabled = on
    this.#enter.textContent = on ? 'Entering …' : 'Enter'
  }

  #problem(text: string): void {
    byId('join-problem').textContent = text
    this.#name.toggleAttribute('aria-invalid', text !== '')
  }
}
