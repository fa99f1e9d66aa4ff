/** Counts in messages for people. */

/** 12,345 */
export const formatCount = (count: number): string => count.toLocaleString('en-US')

/** "1 prop", "2 props", "1,000 props". Give `many` for a noun or phrase whose plural is not `one` with an s. */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${formatCount(count)} ${count === 1 ? one : many}`
