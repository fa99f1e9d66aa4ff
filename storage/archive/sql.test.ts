/**
 * Checks all our SQL against what CockroachDB is known to lack (its manual's "PostgreSQL compatibility"), with
 * PostgreSQL's own parser.
 */
import { loadModule, parseSync } from 'libpg-query'
import { beforeAll, describe, expect, test } from 'vitest'
import { MIGRATIONS } from './migrations.ts'
import { STATEMENTS } from './statements.ts'

/**
 * Nodes of a parsed statement, and words in them, that CockroachDB refuses or interprets differently. Each has an
 * example that must be found.
 */
const DENIED: Readonly<Record<string, string>> = {
  LockStmt: 'LOCK TABLE users IN ACCESS EXCLUSIVE MODE',
  ListenStmt: 'LISTEN saved',
  NotifyStmt: 'NOTIFY saved',
  UnlistenStmt: 'UNLISTEN saved',
  DoStmt: 'DO $$ BEGIN END $$',
  CreateTrigStmt: 'CREATE TRIGGER t AFTER INSERT ON users EXECUTE FUNCTION f()',
  CreateEventTrigStmt: 'CREATE EVENT TRIGGER t ON ddl_command_start EXECUTE FUNCTION f()',
  CreateDomainStmt: 'CREATE DOMAIN positive AS INT8 CHECK (value > 0)',
  CreateRangeStmt: 'CREATE TYPE r AS RANGE (subtype = float8)',
  CreateFunctionStmt: "CREATE FUNCTION f() RETURNS INT8 LANGUAGE sql AS 'SELECT 1'",
  CreateExtensionStmt: 'CREATE EXTENSION pgcrypto',
  CreateSeqStmt: 'CREATE SEQUENCE s',
  CreateTableAsStmt: 'CREATE MATERIALIZED VIEW v AS SELECT 1',
  CreatePolicyStmt: 'CREATE POLICY p ON users USING (true)',
  CreateStatsStmt: 'CREATE STATISTICS s ON uid, name FROM users',
  CreateForeignTableStmt: 'CREATE FOREIGN TABLE f (a INT8) SERVER s',
  RuleStmt: 'CREATE RULE r AS ON INSERT TO users DO NOTHING',
  DefineStmt: 'CREATE AGGREGATE a (INT8) (SFUNC = f, STYPE = INT8)',
  MergeStmt: 'MERGE INTO users USING packages ON true WHEN MATCHED THEN DELETE',
  CopyStmt: 'COPY users FROM STDIN',
  VacuumStmt: 'VACUUM users',
  RangeTableSample: 'SELECT * FROM users TABLESAMPLE SYSTEM (1)',
  RangeTableFunc: "SELECT * FROM XMLTABLE('/a' PASSING '<a/>' COLUMNS b TEXT)",
  GroupingSet: 'SELECT count(*) FROM users GROUP BY CUBE (name)',
  partspec: 'CREATE TABLE t (a INT8) PARTITION BY LIST (a)',
  inhRelations: 'CREATE TABLE t () INHERITS (users)',
  CONSTR_ATTR_DEFERRABLE: 'CREATE TABLE t (a INT8 UNIQUE DEFERRABLE)',
  CONSTR_EXCLUSION: 'CREATE TABLE t (a INT8, EXCLUDE USING gist (a WITH =))',
  CurrentOfExpr: 'DELETE FROM users WHERE CURRENT OF c',
}
/** Types and functions that both databases have with the same meaning. Sizes of numbers must be explicit. */
const TYPES = new Set(['uuid', 'text', 'int4', 'int8', 'float8', 'timestamptz', 'jsonb'])
const FUNCTIONS = new Set(['now', 'sum', 'count', 'max', 'round', 'extract', 'jsonb_to_recordset'])
const TYPE_FAULTS = [
  'CREATE TABLE t (id BIGSERIAL PRIMARY KEY)',
  'CREATE TABLE t (a TSRANGE)',
  "SELECT '1'::MONEY",
  'SELECT 1::FLOAT4',
  'CREATE TABLE t (a VARCHAR)',
  'CREATE TABLE t (a XML)',
]
const FUNCTION_FAULTS = [
  'SELECT pg_advisory_lock(1)',
  'SELECT pg_try_advisory_xact_lock(1)',
  "SELECT pg_notify('a', 'b')",
  "SELECT nextval('s')",
  'SELECT uuidv7()',
  'SELECT lo_create(0)',
]
/** Words whose size the parser hides: INT has 4 bytes in PostgreSQL and 8 in CockroachDB. */
const SIZES = /\b(?:INT|INTEGER|BIGINT|SMALLINT|REAL|DOUBLE|DECIMAL|NUMERIC)\b/i

beforeAll(() => loadModule())

const namesOf = (value: unknown): string[] =>
  (Array.isArray(value) ? value : []).flatMap(
    (each: { readonly String?: { readonly sval?: string } }) => each.String?.sval ?? [],
  )

/** Returns what is wrong with a statement. Throws if it is not SQL. */
function faultsOf(sql: string): string[] {
  const faults: string[] = []
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    for (const [key, value] of Object.entries(node as Readonly<Record<string, unknown>>)) {
      if (key in DENIED) faults.push(key)
      if (typeof value === 'string' && value in DENIED) faults.push(value)
      const names = namesOf(
        (value as { readonly names?: unknown } | null)?.names ??
          (value as { readonly funcname?: unknown } | null)?.funcname,
      )
      const name = names.at(-1) ?? ''
      if ((key === 'TypeName' || key === 'typeName') && !TYPES.has(name)) faults.push(`type ${name}`)
      if (key === 'FuncCall' && !FUNCTIONS.has(name)) faults.push(`function ${name}`)
      walk(value)
    }
  }
  walk(parseSync(sql))
  if (SIZES.test(sql)) faults.push('a size that is not written out')
  return faults
}

describe("the archive's SQL", () => {
  test.each([...Object.entries(STATEMENTS), ...MIGRATIONS.map(({ name, sql }) => [`migration ${name}`, sql] as const)])(
    '%s uses only what both databases have',
    (_, sql) => {
      expect(faultsOf(sql)).toEqual([])
    },
  )

  test.each(Object.entries(DENIED))('the check finds %s', (node, sql) => {
    expect(faultsOf(sql)).toContain(node)
  })

  test.each(TYPE_FAULTS)('the check finds the type of %s', (sql) => {
    expect(faultsOf(sql).join()).toContain('type ')
  })

  test.each(FUNCTION_FAULTS)('the check finds the function of %s', (sql) => {
    expect(faultsOf(sql).join()).toContain('function ')
  })

  test.each(['SELECT 1::INT', 'CREATE TABLE t (a BIGINT)', 'CREATE TABLE t (a double precision)'])(
    'the check finds the size in %s',
    (sql) => {
      expect(faultsOf(sql)).toContain('a size that is not written out')
    },
  )

  test('migrations can safely run twice and are numbered from 1', () => {
    for (const { sql } of [...MIGRATIONS, { sql: STATEMENTS.createMigrations }])
      expect(sql).toMatch(/^CREATE (?:TABLE|INDEX) IF NOT EXISTS /)
    expect(MIGRATIONS.map(({ version }) => version)).toEqual(MIGRATIONS.map((_, i) => i + 1))
  })

  test('every parameter has an explicit type', () => {
    for (const sql of Object.values(STATEMENTS)) expect(sql.replaceAll(/\$\d+::[A-Z0-9]+/g, '')).not.toMatch(/\$\d/)
  })
})
