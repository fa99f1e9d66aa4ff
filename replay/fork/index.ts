/** Forks of recordings: run them again with other inputs, and find few inputs that matter. Runs in Node and in the browser. */
export { editOf, type ForkEdits, type InputEdit } from './edits.ts'
export { InputLineError, parseInputLines } from './input-lines.ts'
export { movedBetween, placesOf, type Moved, type Placed } from './moved.ts'
export { peopleOf, playersCalled, type Person } from './people.ts'
export { recordFork } from './record-fork.ts'
export { ForkRunner } from './run-fork.ts'
export { lastSequences } from './sequences.ts'
