/** Saved elements: fenced writes in batches, and reads. */
import { exactJson } from '../../replay/index.ts'
import { ELEMENTS_MAX, type RealmDefinition } from '../../sim/index.ts'
import type { LogPosition, SavedElement, SavedRealm } from './archive.ts'
import { failed } from './classify.ts'
import type { Row, SqlSession, SqlText } from './connection.ts'
import { CHARACTERS_PER_STATEMENT_MAX, ROWS_PER_STATEMENT_MAX } from './limits.ts'
import { float, integer, json, text, textOrNull } from './rows.ts'
import { STATEMENTS } from './statements.ts'

interface ElementsSave {
  readonly at: LogPosition
  readonly put: readonly SavedElement[]
  /** `all` removes every element that is not in `put`. */
  readonly removed: readonly number[] | 'all'
}

/** Throws ArchiveError `too-large` before anything is sent. */
export function checkSize({ put, removed, at }: ElementsSave, where: string): void {
  const most = Math.max(put.length, removed === 'all' ? 0 : removed.length)
  if (most > ELEMENTS_MAX)
    throw failed('too-large', `${most} elements of realm ${at.realm} at once; ${ELEMENTS_MAX} are allowed`, where)
}

/** Runs in a transaction. Throws ArchiveError `fenced` or `conflict`. */
export async function saveElements(sql: SqlSession, { at, put, removed }: ElementsSave, where: string): Promise<void> {
  const [realm] = await sql.query(STATEMENTS.realmForUpdate, [at.realm])
  if (!realm) throw failed('conflict', `the archive does not know the realm ${at.realm}`, where)
  fence(integer(realm, 'epoch'), at.epoch, at.realm, where)
  const savedEpoch = integer(realm, 'saved_epoch')
  if (removed !== 'all' && savedEpoch !== at.epoch)
    throw failed(
      'conflict',
      `epoch ${at.epoch} of realm ${at.realm} has not saved all its elements yet (the archive holds those of epoch ${savedEpoch})`,
      where,
    )
  if (savedEpoch === at.epoch && integer(realm, 'saved_tick') > at.tick) return
  if (removed === 'all') await sql.query(STATEMENTS.removeAllElements, [at.realm])
  else
    await inBatches(
      sql,
      STATEMENTS.removeElements,
      at.realm,
      removed.map((element) => JSON.stringify({ element })),
    )
  await inBatches(
    sql,
    STATEMENTS.putElements,
    at.realm,
    put.map((element) => JSON.stringify(rowOf(element))),
  )
  await sql.query(STATEMENTS.realmSaved, [at.realm, String(at.epoch), String(at.tick)])
}

/** Throws `fenced` if `newest` is newer than `epoch`. */
export function fence(newest: number, epoch: number, realm: string, where: string): void {
  if (newest > epoch)
    throw failed('fenced', `epoch ${newest} of realm ${realm} has begun; epoch ${epoch} may no longer write`, where)
}

/** Returns null if the realm is unknown. */
export async function savedRealm(sql: SqlSession, id: string): Promise<SavedRealm | null> {
  const [realm] = await sql.query(STATEMENTS.realm, [id])
  if (!realm) return null
  const rows = await sql.query(STATEMENTS.elements, [id])
  return {
    realm: id,
    epoch: integer(realm, 'saved_epoch'),
    tick: integer(realm, 'saved_tick'),
    newestEpoch: integer(realm, 'epoch'),
    definition: json(realm, 'definition') as RealmDefinition,
    elements: rows.map(elementOf),
  }
}

/** `rows` are JSON objects, which become rows of the statement's `$2`. */
async function inBatches(sql: SqlSession, statement: SqlText, realm: string, rows: readonly string[]): Promise<void> {
  for (let from = 0; from < rows.length;) {
    let to = from
    for (let characters = 0; to < rows.length && to - from < ROWS_PER_STATEMENT_MAX; to++) {
      characters += rows[to]?.length ?? 0
      if (characters > CHARACTERS_PER_STATEMENT_MAX && to > from) break
    }
    await sql.query(statement, [realm, `[${rows.slice(from, to).join(',')}]`])
    from = to
  }
}

/** Numbers of the transform travel as text, because a database's JSON has no -0. */
function rowOf({
  element,
  name,
  package: hash,
  spec,
  owner,
  access,
  position: p,
  rotation: q,
  scale,
}: SavedElement): Readonly<Record<string, string | number | null>> {
  return {
    element,
    name,
    package: hash,
    spec: spec === null || spec === undefined ? null : exactJson(spec),
    owner,
    access,
    px: exact(p.x),
    py: exact(p.y),
    pz: exact(p.z),
    qx: exact(q.x),
    qy: exact(q.y),
    qz: exact(q.z),
    qw: exact(q.w),
    scale: exact(scale),
  }
}

const exact = (value: number): string => exactJson(value)

function elementOf(row: Row): SavedElement {
  return {
    element: integer(row, 'element'),
    name: text(row, 'name'),
    package: textOrNull(row, 'package'),
    spec: json(row, 'spec'),
    owner: integer(row, 'owner'),
    access: integer(row, 'access'),
    position: { x: float(row, 'px'), y: float(row, 'py'), z: float(row, 'pz') },
    rotation: { x: float(row, 'qx'), y: float(row, 'qy'), z: float(row, 'qz'), w: float(row, 'qw') },
    scale: float(row, 'scale'),
  }
}
