/** Properties that follow a realm by its events (testing/commands/rules.ts). */
import { Rules, type RuleFault } from '../commands/rules.ts'
import type { PhysicsProperty, Watcher } from './property.ts'

const following =
  (kind: RuleFault['kind']): NonNullable<PhysicsProperty['watch']> =>
  (definition, props): Watcher => {
    const rules = new Rules(definition, props)
    return (tick) => {
      const fault = rules.follow(tick.frame.inputs, tick.events) ?? rules.compare(tick.avatars(), tick.props())
      return fault?.kind === kind ? fault.message : null
    }
  }

/** Nobody does what the rules do not permit. */
export const permissions: PhysicsProperty = {
  name: 'permissions',
  about: 'nobody spawns, grabs, scales, removes, flies or joins against permissions, access and limits of the realm',
  watch: following('forbidden'),
}

/** Nothing is lost, doubled or made up. */
export const conservation: PhysicsProperty = {
  name: 'conservation',
  about:
    'each hand holds one prop and each prop has one holder, each input has one answer, and no element is lost or doubled',
  watch: following('lost'),
}
