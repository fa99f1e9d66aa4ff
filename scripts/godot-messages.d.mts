export function generated(tables: Readonly<Record<string, unknown>>): Readonly<Record<string, string>>
export function current(path: string): string
