export type Graph = ReadonlyMap<string, Iterable<string>>
export function fileGraph(root?: string): Map<string, string[]>
export function groupGraph(
  graph: ReadonlyMap<string, readonly string[]>,
  groupOf: (file: string) => string | null,
): Map<string, Set<string>>
export function moduleGraph(graph: ReadonlyMap<string, readonly string[]>): Map<string, Set<string>>
export function circles(graph: Graph): string[][]
export function upwardArrows(graph: ReadonlyMap<string, readonly string[]>): string[]
export function diagram(graph: ReadonlyMap<string, readonly string[]>): string
export function withDiagram(page: string, text: string): string
