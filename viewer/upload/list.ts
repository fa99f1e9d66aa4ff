/** The list of uploads: a progress bar, the result, and buttons for each. */
import { make, makeButton } from '../ui/dom.ts'
import type { QueuedFile } from './queue.ts'
import { isOver, isReducible } from './upload.ts'
import { phaseLabel, rejectionLines, rejectionsAsText } from './messages.ts'

export interface ListActions {
  cancel(item: QueuedFile): void
  retry(item: QueuedFile): void
  /** Uploads a refused file again, reduced to the limits. */
  reduce(item: QueuedFile): void
  dismiss(item: QueuedFile): void
  wear(item: QueuedFile): void
  place(item: QueuedFile): void
  copy(text: string): void
}

interface Row {
  readonly root: HTMLElement
  readonly phase: HTMLElement
  readonly bar: HTMLProgressElement
  readonly details: HTMLElement
  readonly actions: HTMLElement
  /** The phase and note shown. */
  shown: string
}

export class UploadList {
  readonly #root: HTMLElement
  readonly #actions: ListActions
  readonly #rows = new Map<number, Row>()

  constructor(root: HTMLElement, actions: ListActions) {
    this.#root = root
    this.#actions = actions
  }

  /** Shows the current state of an upload. */
  show(item: QueuedFile): void {
    const row = this.#rows.get(item.id) ?? this.#create(item)
    const { state } = item
    row.phase.textContent = phaseLabel(state)
    row.bar.value = state.share
    row.bar.hidden = isOver(state) || state.phase === 'queued'
    const shown = `${state.phase} ${state.note ?? ''}`
    if (row.shown === shown) return
    row.shown = shown
    row.root.dataset.phase = state.phase
    row.details.replaceChildren(...this.#details(item))
    row.actions.replaceChildren(...this.#buttons(item))
    row.root.scrollIntoView({ block: 'nearest' })
  }

  remove(item: QueuedFile): void {
    this.#rows.get(item.id)?.root.remove()
    this.#rows.delete(item.id)
    this.#root.hidden = this.#rows.size === 0
  }

  #create(item: QueuedFile): Row {
    const phase = make('span', { class: 'phase', role: 'status' })
    const bar = make('progress', { max: '1', 'aria-label': `Progress of ${item.choices.name}` })
    const [details, actions] = [make('div', { class: 'details' }), make('div', { class: 'actions' })]
    const root = make(
      'li',
      { class: 'upload' },
      make('div', { class: 'head' }, make('strong', { text: item.choices.name }), phase),
      bar,
      details,
      actions,
    )
    this.#root.append(root)
    this.#root.hidden = false
    const row: Row = { root, phase, bar, details, actions, shown: '' }
    this.#rows.set(item.id, row)
    return row
  }

  #details({ state }: QueuedFile): readonly Node[] {
    if (state.phase === 'rejected')
      return state.rejections.map((rejection) => {
        const [rule, ...lines] = rejectionLines(rejection)
        const words = lines.pop() ?? ''
        return make(
          'div',
          { class: 'rejection' },
          make('code', { text: rule ?? '' }),
          make('p', { text: words }),
          ...lines.map((line) => make('p', { class: 'soft', text: line })),
        )
      })
    if (state.phase === 'failed' && state.problem !== null) return [make('p', { text: state.problem })]
    if (state.phase === 'done') return state.warnings.map((text) => make('p', { class: 'soft', text }))
    return state.note === null ? [] : [make('p', { class: 'soft', text: state.note })]
  }

  #buttons(item: QueuedFile): readonly Node[] {
    const { state, file } = item
    const close = makeButton('Close', () => this.#actions.dismiss(item))
    switch (state.phase) {
      case 'done':
        return [
          state.kind === 'avatar'
            ? makeButton('Wear it', () => this.#actions.wear(item), { class: 'primary' })
            : makeButton('Place another', () => this.#actions.place(item)),
          close,
        ]
      case 'rejected':
        return [
          ...(isReducible(state)
            ? [makeButton('Reduce and add', () => this.#actions.reduce(item), { class: 'primary' })]
            : []),
          makeButton('Copy', () => this.#actions.copy(rejectionsAsText(file.name, state.rejections))),
          close,
        ]
      case 'failed':
        return [makeButton('Try again', () => this.#actions.retry(item), { class: 'primary' }), close]
      case 'cancelled':
        return [close]
      default:
        return [makeButton('Cancel', () => this.#actions.cancel(item), { 'aria-label': `Cancel ${item.choices.name}` })]
    }
  }
}
