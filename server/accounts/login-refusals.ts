/** Why a login can be refused. The gateway answers with these reasons, and the metrics count them. */
export const LOGIN_REFUSALS = ['bad-name', 'bad-role', 'bad-identity', 'not-permitted', 'too-many-logins'] as const
export type LoginRefusal = (typeof LOGIN_REFUSALS)[number]
