export const LAYERS: readonly string[]
export function importFault(file: string, source: string): string | null
