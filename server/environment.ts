/** Settings from the environment, read with Effect's `Config`. */
import { Config, Effect } from 'effect'
import { ServerError } from './error.ts'
import { WARM_UP_TICKS } from './limits.ts'

const badEnvironment = ({ message }: Config.ConfigError): ServerError =>
  new ServerError({
    reason: 'bad-setting',
    what: `an environment variable has a value that cannot be used: ${message}`,
    where: 'OTHERWORLD_…',
    fix: 'correct it, or leave it out',
  })

/** Reads settings from the current `ConfigProvider`, by default the environment. */
export const fromEnvironment = <T>(config: Config.Config<T>): Effect.Effect<T, ServerError> =>
  Effect.mapError(config, badEnvironment)

/** Tests start servers cold, with 0. */
export const warmUpTicks = fromEnvironment(
  Config.Int('OTHERWORLD_WARM_UP_TICKS').pipe(Config.withDefault(WARM_UP_TICKS)),
)
