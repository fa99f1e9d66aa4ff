/** The addon's messages for players: generated from the page's tables, and complete in the template for translators. */
import { expect, test } from 'vitest'
import { CONNECT_MESSAGES, REJECTION_MESSAGES } from '../../protocol/index.ts'
import * as tables from '../../protocol/player-messages.ts'
import { current, generated } from '../../scripts/godot-messages.mjs'
import { REJECT_REASONS } from '../../sim/index.ts'

const files = generated(tables)

test.each(Object.keys(files))('%s is current', (path) => {
  expect(current(path), 'run node scripts/godot-messages.mjs --write').toBe(files[path])
})

test('every reason of a rejected command has a message', () => {
  expect(Object.keys(REJECTION_MESSAGES).toSorted()).toEqual(
    [...REJECT_REASONS, 'quarantined', 'lost', 'not-joined', 'too-many'].toSorted(),
  )
})

test('the template for translators has the tables and the literals of tr()', () => {
  const template = files['translations/otherworld.pot']
  expect(template).toContain(`msgid ${JSON.stringify(CONNECT_MESSAGES.noAnswer)}`)
  expect(template).toContain('msgid "It slipped out of your hand."')
})
