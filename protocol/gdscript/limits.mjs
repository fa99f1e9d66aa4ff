// The numbers of limits.ts as constants of GDScript, with their comments.

const DECLARED = /^export const (\w+) = ([\d_.e+-]+)$/

/** The text of limits.gd from the text of limits.ts. */
export function limitsText(source) {
  const out = [
    '# Generated from protocol/limits.ts by `npm run generate`; changes here are lost.',
    'extends RefCounted',
  ]
  for (const line of source.split('\n').slice(1)) {
    const declared = DECLARED.exec(line)
    const comment = /^(?:\/\*\* ?| \* ?)([^/].*?)(?: ?\*\/)?$/.exec(line)
    if (declared) out.push(`const ${declared[1]} := ${declared[2]}`)
    else if (comment) out.push(`## ${comment[1]}`)
    else if (line === '') out.push('')
    else if (!/^(?:\/\*\*| \*\/)$/.test(line))
      throw new Error(`limits.ts: a line that is neither a number nor a comment: ${line}`)
  }
  return `${out.join('\n').trimEnd()}\n`
}
