/** Every decoder of bytes or text from outside. */
import { gltfTargets } from './gltf.ts'
import { packetTargets } from './packets.ts'
import { realmTarget } from './realm.ts'
import { recordingTargets } from './recordings.ts'
import { renderTarget } from './render-client.ts'
import { sessionTargets } from './sessions.ts'
import { textTargets } from './texts.ts'
import type { FuzzTarget } from '../target.ts'

export const TARGETS: readonly FuzzTarget[] = [
  ...packetTargets,
  ...sessionTargets,
  ...recordingTargets,
  ...textTargets,
  ...gltfTargets,
  renderTarget,
  realmTarget,
]

export function targetNamed(name: string): FuzzTarget {
  const found = TARGETS.find((target) => target.name === name)
  if (!found)
    throw new Error(`There is no target "${name}"; there are ${TARGETS.map((target) => target.name).join(', ')}.`)
  return found
}
