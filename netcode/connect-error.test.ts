import { expect, test } from 'vitest'
import { below } from './connect-error.ts'

test("addresses keep a proxy's path, and full links stay unchanged", () => {
  for (const server of ['https://example.org/world', 'https://example.org/world/']) {
    expect(below(server, 'v1/login').href).toBe('https://example.org/world/v1/login')
    expect(below(server, '/v1/assets/x?a=b').href).toBe('https://example.org/world/v1/assets/x?a=b')
    expect(below(server, 'https://store.example.org/x').href).toBe('https://store.example.org/x')
  }
  expect(below('http://127.0.0.1:7350', '/v1/assets/x').href).toBe('http://127.0.0.1:7350/v1/assets/x')
})
