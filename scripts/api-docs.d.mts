export const DOCUMENT: string
export function withTables(text: string, openApi: Readonly<Record<string, unknown>>): string
