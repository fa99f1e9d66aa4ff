/** JSON whose numbers are restored bit for bit. JSON.stringify writes -0 as 0, and one sign can change a trajectory. */

/**
 * Accepts objects, arrays, strings, finite numbers, booleans and null. Throws TypeError for anything else, with its
 * place.
 */
export function exactJson(value: unknown, where = '$'): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`${where} is ${value}; only finite numbers can be recorded`)
    return Object.is(value, -0) ? '-0' : JSON.stringify(value)
  }
  if (Array.isArray(value)) return `[${value.map((item, i) => exactJson(item, `${where}[${i}]`)).join(',')}]`
  if (typeof value !== 'object') throw new TypeError(`${where} is a ${typeof value}; it cannot be recorded`)
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${exactJson(member, `${where}.${key}`)}`).join(',')}}`
}
