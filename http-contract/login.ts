/** The login: a name for a token. */
import * as Schema from 'effect/Schema'
import { LoginRole, Name, optional } from './fields.ts'

export const LoginBody = Schema.Struct({
  name: Name,
  /** Default: `player`. */
  role: Schema.optionalKey(LoginRole),
  /** From an earlier login: you are the same user again. */
  identity: optional(Schema.String),
})

export const Login = Schema.Struct({
  /** For the transports; the same token resumes the session. */
  token: Schema.String,
  session: Schema.String,
  /** Id of the realm to enter. */
  realm: Schema.String,
  /** Keep it and send it with the next login: it makes the guest the same user again. */
  identity: Schema.String,
  /** `uid`: a UUID, owns packages. `number`: owns elements of realms. */
  user: Schema.Struct({ uid: Schema.String, number: Schema.Finite }),
}).annotate({ identifier: 'Login' })
export type Login = typeof Login.Type
