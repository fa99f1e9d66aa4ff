/** Reads the realm's definition from the Welcome. */
import { parseDefinition } from '../../sim/definition.ts'
import type { RealmDefinition } from '../../sim/types.ts'
import { PROTOCOL_VERSION, type Welcome } from '../../protocol/index.ts'

/** The definition, or a message that says why the client cannot take part. */
export function readDefinition({ protocol, definition }: Welcome): RealmDefinition | string {
  if (protocol !== PROTOCOL_VERSION)
    return `The server speaks protocol ${protocol}, this client ${PROTOCOL_VERSION}. Load the page again or update the client.`
  const parsed = parseDefinition(parseJson(definition))
  return parsed.ok
    ? parsed.definition
    : `The server describes a realm that this client does not understand: ${parsed.errors[0]?.message ?? 'no definition'}.`
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
