/** Honest players for a drill: bots that walk, drag and spawn, and record what they notice. */
import { DEFAULT_BODY } from '../../sim/index.ts'
import { login, RenderClient, type Connect } from '../../netcode/index.ts'
import { createBehaviour } from '../../bots/behaviours.ts'
import { Bot } from '../../bots/bot.ts'
import { loadClips } from '../../bots/clip-files.ts'
import { fitClips } from '../../bots/motion-clip-player.ts'
import { isTrueWithin } from '../harness/wait.ts'

const UPDATE_MS = 16
const JOIN_MS_MAX = 30_000
/** Time to wait at the end for outcomes of pending commands, ms. */
const DRAIN_MS_MAX = 10_000

export interface DrillPlayer {
  readonly client: RenderClient
  readonly bot: Bot
  /** The session's player and avatar at the first Welcome. */
  identity: string
  /** The longest time without a new snapshot since `forgetGaps`, ms. */
  gapMsMax: number
}

function identityOf({ state }: RenderClient): string {
  return state.type === 'joined' ? `player ${state.player}, avatar ${state.avatar}` : state.type
}

export class Players {
  readonly all: DrillPlayer[] = []
  readonly #timer: NodeJS.Timeout
  readonly #messages = new Map<DrillPlayer, { snapshots: number; atMs: number }>()

  private constructor() {
    this.#timer = setInterval(() => this.#update(), UPDATE_MS)
  }

  /** Resolves when all bots have joined. `connects`: of all, or of each by its number. */
  static async join(
    url: string,
    connects: readonly Connect[] | ((i: number) => readonly Connect[]),
    count: number,
    seed: number,
  ): Promise<Players> {
    const players = new Players()
    const wardrobe = fitClips(await loadClips(), DEFAULT_BODY)
    for (let i = 0; i < count; i += 1) {
      const { token } = await login(url, `honest ${i + 1}`)
      const client = new RenderClient({ url, token, connects: typeof connects === 'function' ? connects(i) : connects })
      players.all.push({
        client,
        bot: new Bot(client, createBehaviour('mixed', seed + i, wardrobe)),
        identity: '',
        gapMsMax: 0,
      })
      client.start()
      if (!(await isTrueWithin(() => client.state.type === 'joined', JOIN_MS_MAX)))
        throw new Error(`player ${i + 1} did not join: ${JSON.stringify(client.state)}`)
    }
    for (const player of players.all) player.identity = identityOf(player.client)
    return players
  }

  #update(): void {
    const nowMs = performance.now()
    for (const player of this.all) {
      player.bot.update(nowMs)
      this.#measure(player, nowMs)
    }
  }

  #measure(player: DrillPlayer, nowMs: number): void {
    const snapshots = player.client.stats(nowMs).snapshotParts
    const before = this.#messages.get(player)
    if (before) player.gapMsMax = Math.max(player.gapMsMax, nowMs - before.atMs)
    if (before?.snapshots !== snapshots) this.#messages.set(player, { snapshots, atMs: nowMs })
  }

  forgetGaps(): void {
    this.#messages.clear()
    for (const player of this.all) player.gapMsMax = 0
  }

  get joined(): number {
    return this.all.filter(({ client }) => client.state.type === 'joined').length
  }

  /** Resolves when all bots have returned for the `times`th time. */
  haveReturned(times: number): boolean {
    return this.all.every(({ client }) => client.state.type === 'joined' && client.stats().reconnects >= times)
  }

  /** Players whose player id or avatar changed. */
  get changed(): readonly string[] {
    return this.all
      .filter((player) => identityOf(player.client) !== player.identity)
      .map(({ identity, client }) => `${identity} is now ${identityOf(client)}`)
  }

  get reconnects(): number {
    return this.all.reduce((sum, { client }) => sum + client.stats().reconnects, 0)
  }

  /** Number of commands with an outcome, and of commands that got none in time. */
  async settle(): Promise<{ readonly commandsAnswered: number; readonly commandsLost: number }> {
    for (const { bot } of this.all) bot.rest()
    await isTrueWithin(() => this.all.every(({ client }) => client.stats().commandsPending === 0), DRAIN_MS_MAX)
    const sum = (of: (player: DrillPlayer) => number): number =>
      this.all.reduce((total, player) => total + of(player), 0)
    return {
      commandsAnswered: sum(
        ({ bot: { tally } }) => tally.done + Object.values(tally.rejected).reduce((all, each) => all + each, 0),
      ),
      commandsLost: sum(({ client }) => client.stats().inputsLost + client.stats().commandsPending),
    }
  }

  async leave(): Promise<void> {
    await Promise.all(this.all.map(({ client }) => client.close('the drill is over')))
    clearInterval(this.#timer)
  }
}
