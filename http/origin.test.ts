import { expect, test } from 'vitest'
import { originAllowed } from './origin.ts'

test('requests without an origin, of the own host and of listed origins are allowed, all others are refused', () => {
  expect(originAllowed(undefined, 'realm.example', [])).toBe(true)
  expect(originAllowed('https://realm.example', 'realm.example', [])).toBe(true)
  expect(originAllowed('http://realm.example:8080', 'REALM.example:8080', [])).toBe(true)
  expect(originAllowed('https://friend.example', 'realm.example', ['https://friend.example'])).toBe(true)
  expect(originAllowed('https://anyone.example', 'realm.example', '*')).toBe(true)
  expect(originAllowed('https://realm.example:8443', 'realm.example', [])).toBe(false)
  expect(originAllowed('https://realm.example.evil.example', 'realm.example', [])).toBe(false)
  expect(originAllowed('null', 'realm.example', [])).toBe(false)
  expect(originAllowed('https://stranger.example', undefined, [])).toBe(false)
})
