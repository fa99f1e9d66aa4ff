/** Roles in a realm. */
import * as Schema from 'effect/Schema'
import { RealmRole } from './fields.ts'

export const GrantBody = Schema.Struct({ role: RealmRole })

export const GrantList = Schema.Struct({
  schema: Schema.Literal('otherworld/grants/1'),
  realm: Schema.String,
  grants: Schema.Array(Schema.Struct({ uid: Schema.String, role: RealmRole })),
}).annotate({ identifier: 'GrantList' })

export const GrantAnswer = Schema.Struct({
  schema: Schema.Literal('otherworld/grant/1'),
  realm: Schema.String,
  uid: Schema.String,
  role: RealmRole,
}).annotate({ identifier: 'Grant' })
