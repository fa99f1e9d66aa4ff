/**
 * Finds the humanoid of a skeleton by the names of its nodes: exactly as a published convention writes them, never by
 * likeness.
 */
import type { Document, Node } from '@gltf-transform/core'
import { clipped } from '../../../text.ts'
import type { Warn } from '../../../types.ts'
import { jointsOf } from '../avatar.ts'
import { FINGERS, REQUIRED_BONES } from '../bones.ts'
import { humanoidFaults } from '../humanoid.ts'
import { nodesOf } from '../../surface.ts'
import { attachBones } from './attach.ts'
import { CONVENTIONS, type Convention } from './conventions.ts'

/** A convention with one prefix and one spelling, laid over the nodes of a file. */
interface Reading {
  /** The convention's name, with the prefix where a convention has several. */
  readonly title: string
  readonly humanoid: ReadonlyMap<string, Node>
  /** Required bones without a node, with the name that a node should have. */
  readonly missing: readonly (readonly [bone: string, name: string])[]
}

/**
 * Spellings of a name in a file: as published; as Godot writes it, which replaces . : @ / " % (String's
 * invalid_node_name_characters) by _; as three.js writes it, which replaces spaces by _ and removes [ ] . : /
 * (PropertyBinding.sanitizeNodeName).
 */
const SPELLINGS: readonly ((name: string) => string)[] = [
  (name) => name,
  (name) => name.replaceAll(/[.:@/"%]/g, '_'),
  (name) => name.replaceAll(/\s/g, '_').replaceAll(/[[\].:/]/g, ''),
]

/** If fewer required bones have a convention's names, it is not named as the nearest one. */
const NEAR_MIN = 5

/** The nodes of each name. A bone and a mesh often share one; then only the joints of skins count. */
function nodesByName(document: Document): ReadonlyMap<string, readonly Node[]> {
  const joints = jointsOf(document)
  const found = new Map<string, Node[]>()
  for (const node of nodesOf(document)) {
    const same = found.get(node.getName()) ?? []
    const isBone = joints.has(node)
    if (same.length === 0 || joints.has(same[0] as Node) === isBone) found.set(node.getName(), [...same, node])
    else if (isBone) found.set(node.getName(), [node])
  }
  return found
}

function read(
  { name, names }: Convention,
  prefix: string,
  spell: (name: string) => string,
  nodes: ReadonlyMap<string, readonly Node[]>,
): Reading {
  const humanoid = new Map<string, Node>()
  const missing: [string, string][] = []
  for (const [bone, published] of names) {
    const node = published
      .map((one) => nodes.get(prefix + spell(one)))
      .find((found) => found?.length === 1)
      ?.at(0)
    if (node) humanoid.set(bone, node)
    else if ((REQUIRED_BONES as readonly string[]).includes(bone))
      missing.push([bone, published.map((one) => prefix + spell(one)).join('" or "')])
  }
  return { title: prefix === '' ? name : `${name} ("${prefix}")`, humanoid, missing }
}

/** For each convention and prefix the spelling that names the most bones. */
function readings(document: Document): Reading[] {
  const nodes = nodesByName(document)
  return CONVENTIONS.flatMap((convention) => {
    const { prefix } = convention
    const prefixes = prefix === null ? [''] : new Set([...nodes.keys()].flatMap((name) => prefix.exec(name)?.[0] ?? []))
    return [...prefixes].map((one) =>
      SPELLINGS.map((spell) => read(convention, one, spell, nodes)).reduce((best, next) =>
        next.humanoid.size > best.humanoid.size ? next : best,
      ),
    )
  })
}

const plain = (humanoid: ReadonlyMap<string, Node>): string => {
  const fingers = [...humanoid.keys()].filter((bone) => FINGERS.some((finger) => bone.includes(finger))).length
  const middle = [...humanoid.keys()].filter((bone) => !/^(left|right)/.test(bone))
  const pairs = [...humanoid.keys()].filter((bone) => bone.startsWith('left') && !FINGERS.some((f) => bone.includes(f)))
  const limbs = pairs.map((bone) => `${bone.charAt(4).toLowerCase()}${bone.slice(5)}`)
  return `${middle.join(', ')}; left and right ${limbs.join(', ')}${fingers === 0 ? '' : `; ${fingers} of the fingers`}`
}

const WHAT_TO_DO = 'Rename the bones, upload a map {"hips": "name of its node", …} with the model, or export it as VRM.'
const KNOWN = `Known conventions: ${CONVENTIONS.map(({ name }) => name).join('; ')}.`
/** Bones whose names the warning has as examples. */
const EXAMPLES_MAX = 3
const IGNORED = "The avatar does not follow its wearer's head and hands"

function unknownText(names: readonly string[]): string {
  if (names.length === 0)
    return 'it has no bones. Rig it in the modelling program (in Blender: add a Rigify metarig, and parent the mesh to it With Automatic Weights), or export it as VRM.'
  const examples = names.slice(0, EXAMPLES_MAX).map((name) => `"${clipped(name)}"`)
  return `the names of its bones (${examples.join(', ')}${names.length > EXAMPLES_MAX ? ' …' : ''}) belong to no known convention. ${WHAT_TO_DO} ${KNOWN}`
}

/** Why no convention is taken, for the person who made the model. */
function noneText(document: Document, all: readonly Reading[]): string {
  const whole = all.filter(({ missing }) => missing.length === 0)
  if (whole.length > 1)
    return `the names of its bones fit ${whole.map(({ title }) => title).join(' and ')}, so it has two skeletons. Remove one of them, or upload a map {"hips": "name of its node", …} with the model.`
  const [nearest] = all.toSorted((a, b) => a.missing.length - b.missing.length || b.humanoid.size - a.humanoid.size)
  if (!nearest || REQUIRED_BONES.length - nearest.missing.length < NEAR_MIN)
    return unknownText([...jointsOf(document)].map((joint) => joint.getName()))
  const list = nearest.missing.map(([bone, name]) => `${bone} ("${name}")`).join(', ')
  return `the names of its bones are nearest to ${nearest.title}, but one node is missing for each of: ${list}. ${WHAT_TO_DO}`
}

/**
 * Node by VRM 1.0 bone, if the names of the nodes are those of exactly one convention. Moves bones of the document that
 * do not hang from the bone above them. Empty otherwise; then the warning `NO_HUMANOID` says why.
 */
export function recogniseHumanoid(document: Document, warn: Warn): ReadonlyMap<string, Node> {
  const none = (why: string): ReadonlyMap<string, Node> => {
    warn({ rule: 'NO_HUMANOID', where: '', message: `${IGNORED}: ${why}` })
    return new Map()
  }
  const all = readings(document)
  const [only, other] = all.filter(({ missing }) => missing.length === 0)
  if (!only || other) return none(noneText(document, all))
  const { title } = only
  const attached = attachBones(document, only.humanoid)
  if (attached.fault !== null) return none(`its names are those of ${title}, but ${attached.fault}`)
  const [fault] = humanoidFaults(document, attached.humanoid)
  if (fault) return none(`its names are those of ${title}, but ${fault.message}`)
  const { humanoid } = attached
  warn({
    rule: 'HUMANOID_BY_NAMES',
    where: '',
    message: `humanoid: ${title}, ${humanoid.size} bones: ${plain(humanoid)}. If that is wrong, upload a map with the model.`,
  })
  if (attached.moved.length > 0)
    warn({ rule: 'HUMANOID_ATTACHED', where: '', message: attachedText(attached.moved, attached.animations) })
  return humanoid
}

/** Names of moved bones in a warning; more are counted. */
const NAMED_MAX = 6

function attachedText(moved: readonly (readonly [node: string, above: string])[], animations: number): string {
  const list = moved.slice(0, NAMED_MAX).map(([node, above]) => `"${node}" below "${above}"`)
  const more = moved.length > NAMED_MAX ? ` and ${moved.length - NAMED_MAX} more` : ''
  const lost = animations === 0 ? '' : ` ${animations} animation channels of these bones are removed.`
  return `Bones that move the mesh hang from control bones, and not from the body. They were moved: ${list.join(', ')}${more}.${lost} To do this yourself, parent them in the modelling program, or export only the deforming bones of a rig whose deforming bones form one tree.`
}
