/** The inventory panel: the prop that you point at, and the packages that you can place or wear. */
import { ACTS, Access, type Act } from '../../sim/types.ts'
import { accessOf } from '../../sim/props/access.ts'
import type { PackageRecord, Sharing } from '../../http-contract/index.ts'
import { byId, make, makeButton } from '../ui/dom.ts'
import { ACT_LABELS, withAccess, accessLabel, type Pointed } from './pointed.ts'

export interface PanelActions {
  place(record: PackageRecord): void
  wear(record: PackageRecord): void
  /** Changes back to the realm's own body. */
  takeOff(): void
  share(record: PackageRecord, sharing: Sharing): void
  remove(record: PackageRecord): void
  changeAccess(pointed: Pointed, access: number): void
}

export class InventoryPanel {
  readonly #actions: PanelActions
  #pointed = ''

  constructor(actions: PanelActions) {
    this.#actions = actions
    byId('take-off').addEventListener('click', () => actions.takeOff())
  }

  get isOpen(): boolean {
    return !byId('inventory').hidden
  }

  /** True while the mouse or the keyboard focus is in the panel: the pointed-at prop then stays the same. */
  get isBusy(): boolean {
    return byId('inventory').matches(':hover, :focus-within')
  }

  open(on: boolean): void {
    byId('inventory').hidden = !on
    byId('tool-inventory').setAttribute('aria-expanded', String(on))
  }

  /** `credit`: who made the avatar; null if that is not known. */
  wearing(on: boolean, credit: string | null): void {
    byId('take-off').hidden = !on
    byId('credit').textContent = credit
  }

  /** Shows the packages; null while they are loading. */
  list(records: readonly PackageRecord[] | null, problem: string | null): void {
    byId('inventory-problem').textContent = problem ?? ''
    const rows = (records ?? []).map((record) => this.#row(record))
    const said =
      records === null
        ? problem === null
          ? 'One moment …'
          : ''
        : 'Nothing yet. Drop a GLB or VRM file anywhere on the page, or choose one above.'
    byId('packages').replaceChildren(...(rows.length > 0 ? rows : [make('li', { class: 'soft', text: said })]))
  }

  #row(record: PackageRecord): HTMLElement {
    const { name, kind, own, sharing } = record
    const use =
      kind === 'avatar'
        ? makeButton('Wear', () => this.#actions.wear(record), { 'aria-label': `Wear ${name}` })
        : makeButton('Place', () => this.#actions.place(record), { 'aria-label': `Place ${name}` })
    const who = own ? (sharing === 'everyone' ? 'shared by you' : 'only yours') : 'shared'
    const line = make('div', { class: 'head' }, make('strong', { text: name }), use)
    const soft = make('span', { class: 'soft', text: `${kind === 'avatar' ? 'Avatar' : 'Object'} · ${who}` })
    if (!own) return make('li', {}, line, make('div', { class: 'actions' }, soft))
    const other: Sharing = sharing === 'everyone' ? 'owner' : 'everyone'
    const share = makeButton(other === 'everyone' ? 'Share' : 'Unshare', () => this.#actions.share(record, other), {
      class: 'small',
      'aria-label': other === 'everyone' ? `Let everyone place ${name}` : `Keep ${name} to yourself`,
    })
    return make('li', {}, line, make('div', { class: 'actions' }, soft, share, this.#removeButton(record)))
  }

  /** Asks for confirmation before it deletes. */
  #removeButton(record: PackageRecord): HTMLElement {
    const button = makeButton(
      'Delete',
      () => {
        if (button.dataset.sure === 'yes') return this.#actions.remove(record)
        button.dataset.sure = 'yes'
        button.textContent = 'Really?'
        setTimeout(() => {
          button.dataset.sure = ''
          button.textContent = 'Delete'
        }, 4_000)
        return undefined
      },
      { class: 'small', 'aria-label': `Delete ${record.name}` },
    )
    return button
  }

  /** Shows the prop that the player points at; null for none. */
  point(pointed: Pointed | null): void {
    const key = JSON.stringify(pointed)
    if (key === this.#pointed) return
    this.#pointed = key
    byId('pointed').replaceChildren(
      ...(pointed
        ? this.#pointedRows(pointed)
        : [make('p', { class: 'soft', text: 'Point at an item to see who owns it and who may use it.' })]),
    )
  }

  #pointedRows(pointed: Pointed): readonly Node[] {
    const { name, owner, problem } = pointed
    const head = make(
      'div',
      { class: 'head' },
      make('strong', { text: name }),
      make('span', { class: 'soft', text: owner }),
    )
    const acts = ACTS.filter((act) => !pointed.isStatic || act === 'despawn').map((act) => this.#actRow(pointed, act))
    return [
      head,
      ...(problem === null ? [] : [make('p', { class: 'problem', text: problem })]),
      make('div', { class: 'acts' }, ...acts),
    ]
  }

  #actRow(pointed: Pointed, act: Act): HTMLElement {
    const now = accessOf(pointed.access, act)
    if (!pointed.mayChange)
      return make(
        'div',
        {},
        make('span', { text: ACT_LABELS[act] }),
        make('span', { class: 'soft', text: accessLabel(now) }),
      )
    const select = make(
      'select',
      { id: `access-${act}` },
      ...[Access.everyone, Access.ownerAndManagers, Access.owner].map((value) =>
        make('option', { value: String(value), text: accessLabel(value), selected: value === now }),
      ),
    )
    select.addEventListener('change', () =>
      this.#actions.changeAccess(pointed, withAccess(pointed.access, act, Number(select.value))),
    )
    return make('div', {}, make('label', { for: `access-${act}`, text: ACT_LABELS[act] }), select)
  }
}
