/** What the rules answer to an input before the physics: the reason of its rejection, or null if they permit it. */
import { Permission, type Command, type Input, type RejectReason, type RealmDefinition } from '../../sim/index.ts'
import { isManager, isOwner, permits, type Rules, type RulesPlayer } from './rules.ts'

type PropCommand = Extract<Command, { type: 'grab' | 'scale' | 'despawn' | 'access' }>

const isAvatar = ({ players }: Rules, id: number): boolean =>
  [...players.values()].some(({ element }) => element === id)

function onProp(rules: Rules, player: number, actor: RulesPlayer, command: PropCommand): RejectReason | null {
  const prop = rules.props.get(command.element)
  const { type } = command
  if (type === 'grab' && !(actor.permissions & Permission.grab)) return 'not-permitted'
  if (type === 'scale' && !(actor.permissions & Permission.scale)) return 'not-permitted'
  if (type === 'scale' && command.element === actor.element) return null
  if (!prop) return type === 'scale' && isAvatar(rules, command.element) ? 'not-permitted' : 'unknown-element'
  if (type === 'access') return isOwner(actor, prop) || isManager(actor) ? null : 'not-permitted'
  if (!permits(actor, prop, type === 'grab' ? 'drag' : type)) return 'not-permitted'
  if (type !== 'despawn' && prop.motion === 'static') return 'not-movable'
  if (prop.holder !== 0 && prop.holder !== player) return 'held-by-another'
  if (type !== 'grab') return null
  const inHand = [...rules.props].find(([, { holder, hand }]) => holder === player && hand === command.hand)
  return inHand && inHand[0] !== command.element ? 'hand-full' : null
}

/** Only for commands that depend on rules alone: valid numbers, within reach. */
export function expectedReason(
  rules: Rules,
  { playersMax }: Pick<RealmDefinition, 'playersMax'>,
  { player, command }: Input,
): RejectReason | null {
  if (player === 0) {
    if (command.type === 'join') {
      if (rules.players.has(command.player)) return 'already-joined'
      return rules.players.size >= playersMax ? 'realm-full' : null
    }
    if (command.type === 'leave' || command.type === 'permit')
      return rules.players.has(command.player) ? null : 'unknown-player'
    throw new Error(`the rules do not predict a ${command.type} of the server`)
  }
  const actor = rules.players.get(player)
  if (!actor) return 'unknown-player'
  switch (command.type) {
    case 'grab':
    case 'scale':
    case 'despawn':
    case 'access':
      return onProp(rules, player, actor, command)
    case 'release':
      return [...rules.props.values()].some(({ holder, hand }) => holder === player && hand === command.hand)
        ? null
        : 'hand-empty'
    case 'join':
    case 'leave':
    case 'permit':
      return 'server-only'
    default:
      throw new Error(`the rules do not predict a ${command.type}`)
  }
}
