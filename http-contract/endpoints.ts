/** All addresses of the API below /v1: the server's routes, the clients, OpenAPI and the tables of docs/api.md follow this. */
import { endpoint, type Body, type Endpoint, type FieldHelp, type ParametersOf } from './endpoint.ts'
import type { ErrorReason } from './errors.ts'
import { HUMANOID_ENTRIES_MAX, LOGIN_ROLES, PACKAGE_KINDS, REALM_ROLES, SHARINGS } from './fields.ts'
import { GrantAnswer, GrantBody, GrantList } from './grants.ts'
import { Login, LoginBody } from './login.ts'
import { PackageAnswer, PackageList, PackageRecord, SharingBody } from './packages.ts'
import { ServerStatus } from './status.ts'
import { DeclaredUpload, FILE_BYTES_MIN, UploadBody, UploadStatus } from './uploads.ts'
import * as Schema from 'effect/Schema'

/** Errors that every address may answer with. */
export const COMMON_ERRORS = [
  'bad-path',
  'bad-request',
  'header-too-large',
  'method-not-allowed',
  'origin',
  'address-sockets',
  'slow-body',
  'slow-header',
  'starting',
  'stopping',
  'internal',
] as const satisfies readonly ErrorReason[]
/** Errors that every address with a body may answer with. */
export const BODY_ERRORS = ['bad-json', 'broken-body', 'body-too-large'] as const satisfies readonly ErrorReason[]

/** Characters of a wrong value that a message repeats. */
const SHOWN_MAX = 40
/** A wrong value of a body as JSON, or its start, for a message. */
function shown(value: unknown): string {
  const text = JSON.stringify(value ?? null)
  // Without the first half of a character that is cut in two.
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX).replace(/[\uD800-\uDBFF]$/, '')}…` : text
}

const oneOf = (values: readonly string[]): string => values.map((each) => `"${each}"`).join(' or ')
const choice = (name: string, values: readonly string[]): FieldHelp => ({
  message: (value) => `there is no ${name} ${shown(value)}`,
  fix: `send ${oneOf(values)}, or leave it out`,
})
const NAME_HELP = {
  message: (value: unknown) => (value === undefined ? 'the name is missing' : 'the name is not text'),
  fix: 'send a name of 1 to 32 characters for the package',
}
const HUMANOID_FIX = 'send {"BONE": "NODE NAME"} with the bones of VRM 1.0, or leave it out'

const LOGIN_BODY: Body<typeof LoginBody.Type> = {
  schema: LoginBody,
  reason: 'bad-name',
  help: {
    name: {
      message: (value) => (value === '' ? 'the name is empty' : 'the body is not {"name": string}'),
      fix: 'send a name of 1 to 32 characters',
    },
    role: { reason: 'bad-role', ...choice('role', LOGIN_ROLES) },
    identity: {
      reason: 'bad-identity',
      message: 'the identity is not from this server, or has expired',
      fix: 'remove it to begin as a new guest',
    },
  },
}

const UPLOAD_BODY: Body<UploadBody> = {
  schema: UploadBody,
  reason: 'bad-declaration',
  help: {
    '': { message: 'the body is not an object', fix: 'send {"name", "bytes", "sha256"}' },
    name: NAME_HELP,
    fileName: { message: 'the file name is not text', fix: 'send text, or leave it out' },
    bytes: {
      message: (value) =>
        Number.isInteger(value) && Number(value) >= 0
          ? `a file of ${Number(value)} bytes is no model`
          : value === undefined
            ? 'the size is missing'
            : 'the size is not a whole number of bytes',
      fix: `send the number of bytes of the file; a binary glTF file (.glb or .vrm) has at least ${FILE_BYTES_MIN}`,
    },
    sha256: {
      message: 'the SHA-256 is missing or not valid',
      fix: 'send the SHA-256 of the file as 64 lower-case hex digits',
    },
    kind: choice('kind', PACKAGE_KINDS),
    humanoid: {
      message: (value, where) => {
        const entries = Object.keys(value ?? {}).length
        if (where !== 'humanoid') return 'this entry names no bone or no node'
        return entries > HUMANOID_ENTRIES_MAX
          ? `the humanoid map has ${entries} entries; there are at most ${HUMANOID_ENTRIES_MAX}`
          : 'the humanoid map is not an object'
      },
      fix: HUMANOID_FIX,
    },
    sharing: choice('sharing', SHARINGS),
    fit: {
      message: (value) => `fit is ${shown(value)}, which is neither true nor false`,
      fix: 'send true to reduce a model above the limits, or leave it out',
    },
  },
}

const SHARING_BODY: Body<typeof SharingBody.Type> = {
  schema: SharingBody,
  reason: 'bad-sharing',
  help: {
    sharing: {
      message: 'the body does not say who may use the package',
      fix: 'send {"sharing": "owner"} or {"sharing": "everyone"}',
    },
  },
}

const GRANT_BODY: Body<typeof GrantBody.Type> = {
  schema: GrantBody,
  reason: 'bad-role',
  help: {
    role: {
      message: 'the body names no role',
      fix: `send ${REALM_ROLES.map((role) => `{"role": "${role}"}`).join(' or ')}`,
    },
  },
}

export const ENDPOINTS = {
  login: endpoint('POST', '/v1/login', {
    asker: 'anyone',
    body: LOGIN_BODY,
    answer: Login,
    summary: 'Logs a guest in. The answer has the token for all other requests.',
    errors: ['bad-name', 'bad-role', 'bad-identity', 'not-permitted', 'too-many-logins'],
  }),
  status: endpoint('GET', '/v1/status', {
    asker: 'anyone',
    answer: ServerStatus,
    summary: 'The state of the server. [operating.md](operating.md) explains the fields.',
  }),
  openApi: endpoint('GET', '/v1/openapi.json', {
    asker: 'anyone',
    answer: Schema.Record(Schema.String, Schema.Unknown),
    summary: 'This API as an OpenAPI 3.1 document.',
  }),
  declareUpload: endpoint('POST', '/v1/uploads', {
    body: UPLOAD_BODY,
    status: 201,
    answer: DeclaredUpload,
    summary:
      'Declares a file. The body has `name` or `fileName`. Send its bytes to `put.url`, which is a [link](#links), with all of `put.headers`. `put` is null and the stage `done` if the same bytes of yours became a package in the same way before. `fit`: true reduces a model above the [limits](ingest.md#limits-and-ranks).',
    errors: ['bad-declaration', 'too-large', 'quota', 'too-many-uploads', 'store-away', 'unavailable'],
  }),
  completeUpload: endpoint('POST', '/v1/uploads/{id}/complete', {
    status: 202,
    answer: UploadStatus,
    summary: 'The bytes have been sent. Repeating the request changes nothing.',
    errors: ['not-uploaded', 'not-found', 'store-away'],
  }),
  readUpload: endpoint('GET', '/v1/uploads/{id}', {
    answer: UploadStatus,
    summary: 'The status of the upload.',
    errors: ['not-found', 'store-away'],
  }),
  followUpload: endpoint('GET', '/v1/uploads/{id}/events', {
    answer: UploadStatus,
    isEventStream: true,
    summary:
      'Server-sent events. Each `data:` is the whole status. The stream ends when the upload is settled. After a reconnect it begins with the current status. A comment every 10 s keeps the connection open.',
    errors: ['not-found', 'too-many-uploads', 'store-away'],
  }),
  abandonUpload: endpoint('DELETE', '/v1/uploads/{id}', {
    summary: 'Cancels the upload. An upload that is done stays done.',
    errors: ['not-found'],
  }),
  listPackages: endpoint('GET', '/v1/packages', {
    answer: PackageList,
    summary: 'Your packages, then up to 200 that others share, the newest first.',
    errors: ['store-away'],
  }),
  readPackage: endpoint('GET', '/v1/packages/{hash}', {
    answer: PackageAnswer,
    summary:
      'The manifest, and a [link](#links) for each file that needs no token. `files.original` is null if you have no record of the package.',
    errors: ['not-found', 'store-away'],
  }),
  sharePackage: endpoint('PATCH', '/v1/packages/{hash}', {
    body: SHARING_BODY,
    answer: PackageRecord,
    summary: 'Sets who may bring the package into realms.',
    errors: ['bad-sharing', 'not-found', 'store-away'],
  }),
  removePackage: endpoint('DELETE', '/v1/packages/{hash}', {
    summary: 'Removes your record of the package. Props and avatars in realms stay.',
    errors: ['not-found', 'store-away'],
  }),
  listGrants: endpoint('GET', '/v1/realms/{realm}/grants', {
    asker: 'owner',
    answer: GrantList,
    summary: 'The users who have a role in the realm.',
    errors: ['not-permitted', 'not-found', 'too-many-tries', 'store-away'],
  }),
  putGrant: endpoint('PUT', '/v1/realms/{realm}/grants/{uid}', {
    asker: 'owner',
    body: GRANT_BODY,
    answer: GrantAnswer,
    summary: 'Gives the user a role in the realm.',
    errors: [
      'bad-role',
      'bad-user',
      'not-permitted',
      'not-found',
      'too-many-grants',
      'too-many-changes',
      'too-many-tries',
      'store-away',
    ],
  }),
  removeGrant: endpoint('DELETE', '/v1/realms/{realm}/grants/{uid}', {
    asker: 'owner',
    summary: "Removes the user's role in the realm.",
    errors: ['bad-user', 'not-permitted', 'not-found', 'too-many-changes', 'too-many-tries', 'store-away'],
  }),
} as const

export type EndpointId = keyof typeof ENDPOINTS
export type ParametersFor<Id extends EndpointId> = ParametersOf<(typeof ENDPOINTS)[Id]['path']>
export type BodyFor<Id extends EndpointId> = (typeof ENDPOINTS)[Id] extends Endpoint<string, infer B> ? B : never
export type AnswerFor<Id extends EndpointId> =
  (typeof ENDPOINTS)[Id] extends Endpoint<string, unknown, infer A> ? A : never

/** Any endpoint, for code that goes through all of them. */
export const ALL_ENDPOINTS = Object.entries(ENDPOINTS) as unknown as readonly (readonly [EndpointId, Endpoint])[]
