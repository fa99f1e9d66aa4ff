/**
 * Session lifecycle of a realm's players: link, takeover, loss, return, time-out, goodbye. A fault of one client ends
 * only that client's session, and the client is sent the reason.
 */
import { RESUME_MS_MAX, type ReceivedInputs } from '../../../netcode/session/index.ts'
import { defined } from '../../../sim/assert.ts'
import { frozenCause, type PlayerId, type Realm, type UserNumber } from '../../../sim/index.ts'
import type { Claims } from '../../accounts/tokens.ts'
import { HELLO_MS_MAX } from '../../limits.ts'
import type { RealmMeters } from '../../metrics/realm-meters.ts'
import type { LinkId } from '../../both-threads/realm-messages.ts'
import type { OutcomesByPlayer } from '../recorder/undelivered-outcomes.ts'
import type { Absences } from './absences.ts'
import { AdmissionControl } from './admission.ts'
import { ClosingSessions } from './closing-sessions.ts'
import { CommandRouter } from '../command-router.ts'
import type { InteractionCenter } from '../interaction-center.ts'
import { Member } from './member.ts'
import { MemberTable } from './member-table.ts'
import type { SendBuffer } from '../replication/send-buffer.ts'
import { OutcomeRouter } from '../outcomes.ts'
import type { PackageAccess } from '../package-access.ts'
import { PropReports } from '../reports/prop-reports.ts'
import type { TickOutcome } from '../realm-core.ts'
import { Replication, type ReplicationPlan } from '../replication/replication.ts'
import type { RealmLog } from '../recorder/realm-log-interface.ts'
import type { SessionEnding } from './session-endings.ts'

export interface SessionsOptions {
  readonly realm: Realm
  /** A recovery's knowledge about the realm's players, and the record of absences. */
  readonly log: Pick<RealmLog, 'sequences' | 'undelivered' | 'removalNotices'>
  readonly center: InteractionCenter
  readonly packageAccess: Pick<PackageAccess, 'forget'>
  readonly out: SendBuffer
  readonly meters: RealmMeters
  /** Defaults to the server's own plan. */
  readonly plan?: ReplicationPlan
  /** Sends a message to the operator. */
  note(text: string): void
  /** Returns why no new player may join at present, or null. */
  closedTo(): string | null
}

/** A link whose first packet has not come yet. */
interface SilentLink {
  readonly claims: Claims
  granted: number
  readonly openedAtMs: number
}

const BACKLOG_FULL = 'More commands were sent than can be carried out; they came faster than the realm takes them.'

export class Sessions {
  readonly #options: SessionsOptions
  readonly #members = new MemberTable()
  readonly #silent = new Map<LinkId, SilentLink>()
  readonly #absences: Absences
  readonly #closing: ClosingSessions
  readonly #commands: CommandRouter
  readonly #outcomes: OutcomeRouter
  readonly #admission: AdmissionControl
  readonly #replication: Replication
  readonly #reports: PropReports
  #nowMs: number

  /** Players whose avatars are in the realm already may return, each within the time that it had left. */
  constructor(options: SessionsOptions, nowMs: number) {
    const { realm, log, center, out, meters } = options
    this.#options = options
    this.#nowMs = nowMs
    this.#absences = log.sequences.absences
    this.#closing = new ClosingSessions(out)
    this.#commands = new CommandRouter(realm, center, this.#members)
    this.#outcomes = new OutcomeRouter(realm, {
      memberOf: (player) => this.#members.get(player),
      refuse: (member, reason) => this.#expel(member, 'refused', reason, this.#nowMs),
    })
    this.#admission = new AdmissionControl({ realm, center, outcomes: this.#outcomes, closedTo: options.closedTo })
    this.#replication = new Replication({
      realm,
      removalNotices: log.removalNotices,
      meters,
      ...(options.plan === undefined ? {} : { plan: options.plan }),
    })
    this.#reports = new PropReports({
      frozenCause: (element) => frozenCause(realm, element),
      notify: (user, text) => this.#notify(user, text),
      note: options.note,
    })
    this.#recover(nowMs)
  }

  #recover(nowMs: number): void {
    const { realm, log } = this.#options
    for (const avatar of realm.avatars.values()) {
      const { player, moveSequence } = avatar
      this.#absences.begin(player, realm.tick)
      const awayTicks = realm.tick - defined(this.#absences.sinceTick(player), 'the absence has begun')
      const sequences = log.sequences.all.get(player) ?? { sequence: moveSequence, ackCommand: 0 }
      const awaySinceMs = nowMs - (awayTicks * 1_000) / realm.definition.tickRate
      const member = Member.recovered(avatar, sequences, nowMs, awaySinceMs)
      for (const outcome of log.undelivered.of(player)) member.session.queue(outcome)
      this.#members.add(member)
      this.#commands.standStill(member)
    }
  }

  /** Sends a message for a person to every player of a user. */
  #notify(user: UserNumber, text: string): void {
    for (const member of this.#members.all()) if (member.user === user) member.session.queue({ type: 'notice', text })
  }

  get connected(): number {
    return this.#members.connected
  }

  /** Figures for the metrics. Looks at every session. */
  get load(): {
    readonly connected: number
    readonly joinsWaiting: number
    readonly messagesQueued: number
    readonly messagesQueuedMost: number
  } {
    let [joinsWaiting, messagesQueued, messagesQueuedMost] = [0, 0, 0]
    for (const { connection, session } of this.#members.all()) {
      if (connection.state === 'queued' || connection.state === 'admitted') joinsWaiting++
      messagesQueued += session.queuedBytes
      messagesQueuedMost = Math.max(messagesQueuedMost, session.queuedBytes)
    }
    return { connected: this.connected, joinsWaiting, messagesQueued, messagesQueuedMost }
  }

  /** Outcomes that players have not acknowledged. A recovery sends them again. */
  get undelivered(): OutcomesByPlayer {
    return new Map(Array.from(this.#members.all(), ({ player, session }) => [player, session.undeliveredOutcomes]))
  }

  /** Returns null if the player is not in the realm, or was recovered and has not returned. */
  uidOf(player: PlayerId): string | null {
    return this.#members.get(player)?.uid ?? null
  }

  // --- events of the transports

  opened(link: LinkId, claims: Claims, granted: number, nowMs: number): void {
    this.#silent.set(link, { claims, granted, openedAtMs: nowMs })
  }

  /** The user's role has changed. All of its players get their new permissions at once. */
  grant(uid: string, granted: number): void {
    for (const opened of this.#silent.values()) if (opened.claims.uid === uid) opened.granted = granted
    for (const member of this.#members.all()) if (member.uid === uid) this.#permit(member, granted)
  }

  #permit(member: Member, granted: number): void {
    const { center, realm } = this.#options
    const permissions = realm.definition.permissions | granted
    if (member.permissions === permissions) return
    member.permissions = permissions
    if (member.stage !== 'new') center.order({ type: 'permit', player: member.player, permissions })
  }

  received(link: LinkId, bytes: Uint8Array, nowMs: number): void {
    if (this.#closing.received(link, bytes, nowMs)) return
    const member = this.#members.onLink(link) ?? this.#attach(link, nowMs)
    if (!member) return
    const received = member.session.receive(bytes, nowMs)
    if (received.ok) this.#receive(member, link, received.value, nowMs)
    else this.#expel(member, received.error.reason, received.error.message, nowMs)
  }

  closed(link: LinkId, nowMs: number): void {
    this.#silent.delete(link)
    this.#closing.closed(link)
    const member = this.#members.onLink(link)
    if (member) this.#lose(member, nowMs)
  }

  #receive(member: Member, link: LinkId, received: ReceivedInputs, nowMs: number): void {
    const { hello, goodbye, commands, latest, tick, moveTicks } = received
    if (goodbye !== null) return this.#leave(member, link, goodbye, nowMs)
    if (hello && member.connection.state === 'awaiting-hello') {
      const refusal = this.#admission.receiveHello(member, link, hello)
      if (refusal !== null) return this.#expel(member, 'refused', refusal, nowMs)
    }
    // Without a Welcome their outcomes cannot be sent. They would pile up if a client reconnected again and again.
    if (commands.length + latest.length > 0 && member.connection.state !== 'welcomed')
      return this.#expel(member, 'early-input', 'Inputs were sent before the Welcome.', nowMs)
    const moves = member.moves.sort(latest, tick, moveTicks, this.#options.realm.tick + 1)
    if (!this.#commands.submit(member, [...commands, ...moves])) this.#expel(member, 'backlog', BACKLOG_FULL, nowMs)
    return undefined
  }

  // --- links and members

  /** Attaches a link at its first packet. A link that never carries one takes over no session. */
  #attach(link: LinkId, nowMs: number): Member | null {
    const opened = this.#silent.get(link)
    if (!opened) return null
    this.#silent.delete(link)
    const { realm, out } = this.#options
    const { claims, granted } = opened
    const member = this.#members.get(claims.player) ?? new Member(claims, realm.definition.permissions | granted, nowMs)
    if (!member.takeovers.take(1, nowMs)) {
      out.close(link, 'This session changes its connection too often. Wait a minute, or log in again.')
      return null
    }
    if (member.link !== null) this.#replace(member, member.link, nowMs)
    this.#members.add(member)
    this.#members.attach(member, link, nowMs)
    this.#absences.end(member.player)
    member.uid = claims.uid
    this.#permit(member, granted)
    return member
  }

  /** A newer link takes the session over. The older one gets a goodbye. */
  #replace(member: Member, link: LinkId, nowMs: number): void {
    const reason = 'This session continues on another connection.'
    member.session.goodbye(reason, nowMs)
    this.#closing.resendGoodbye(link, member.session.packets([], nowMs, true), reason, nowMs)
  }

  /** The connection is lost. The avatar stands still until the player returns. */
  #lose(member: Member, nowMs: number): void {
    this.#members.detach(member, nowMs)
    if (member.stage === 'new') this.#members.remove(member)
    else this.#absences.begin(member.player, this.#options.realm.tick)
    this.#commands.standStill(member)
  }

  /** The client has sent a goodbye. It is acknowledged, and the avatar leaves at once. */
  #leave(member: Member, link: LinkId, reason: string, nowMs: number): void {
    this.#send(link, member.session.packets([], nowMs, true))
    this.#options.out.close(link, reason)
    this.#remove(member, 'left')
  }

  /**
   * The server ends a session. The avatar leaves at once, and the client is sent the reason until it acknowledges it.
   */
  #expel(member: Member, ending: SessionEnding, reason: string, nowMs: number): void {
    if (member.link !== null) this.#closing.begin(member.link, member.session, reason, nowMs)
    this.#remove(member, ending)
  }

  #remove(member: Member, ending: SessionEnding): void {
    const { center, packageAccess, meters } = this.#options
    meters.realm.count('sessionsEnded', ending)
    this.#absences.end(member.player)
    this.#members.remove(member)
    center.forget(member.player)
    packageAccess.forget(member.player)
    if (member.stage !== 'new') center.order({ type: 'leave', player: member.player })
  }

  // --- ticks

  /**
   * After each tick that is in the log: routes outcomes, ends what has timed out, admits players and serves clients.
   */
  ticked({ frame, events, hash }: TickOutcome, nowMs: number): void {
    const { realm } = this.#options
    this.#nowMs = nowMs
    this.#commands.acknowledge(frame)
    this.#outcomes.route(events)
    this.#reports.stepped(events, nowMs)
    this.#expire(nowMs)
    this.#admission.ticked()
    this.#replication.update(hash, this.connected)
    for (const member of this.#members.all()) {
      const avatar = realm.players.get(member.player)
      if (avatar) member.own.update(avatar, realm.tick)
      if (member.link !== null) this.#serve(member, member.link, nowMs)
    }
    this.#closing.ticked(nowMs)
  }

  #serve(member: Member, link: LinkId, nowMs: number): void {
    const { session } = member
    if (!this.#commands.submitDueMoves(member)) return this.#expel(member, 'backlog', BACKLOG_FULL, nowMs)
    this.#replication.queue(member)
    this.#send(link, session.packets(this.#replication.snapshot(member, nowMs), nowMs))
    if (session.fault) this.#expel(member, session.fault.reason, session.fault.message, nowMs)
  }

  /** Call instead of `ticked` where a tick cannot run. Clients learn that the server is alive. */
  keepAlive(nowMs: number): void {
    for (const [link, { session }] of this.#members.links()) this.#send(link, session.packets([], nowMs))
    this.#closing.ticked(nowMs)
  }

  /**
   * The server stops: every client gets a goodbye. Avatars stay, so that their players can return after the restart.
   */
  goodbye(reason: string, nowMs: number): void {
    const { out, meters, realm } = this.#options
    for (const link of this.#silent.keys()) out.close(link, reason)
    this.#silent.clear()
    for (const [link, member] of this.#members.links()) {
      this.#closing.begin(link, member.session, reason, nowMs, true)
      if (member.stage !== 'new') this.#absences.begin(member.player, realm.tick)
    }
    meters.realm.add('sessionsEnded', this.#members.size, meters.realm.rowOf('sessionsEnded', 'stopped'))
    // Commands that were received are still carried out. Their outcomes are kept until the players return.
    this.#members.releaseLinks(nowMs)
  }

  /** True once each client has acknowledged its goodbye or timed out. */
  get parted(): boolean {
    return this.#closing.count === 0
  }

  /** Ends links without a packet, connections that fell silent, and players who did not return in time. */
  #expire(nowMs: number): void {
    for (const [link, { openedAtMs }] of this.#silent) {
      if (nowMs - openedAtMs <= HELLO_MS_MAX) continue
      this.#silent.delete(link)
      this.#options.out.close(link, 'no packet came within the time limit after connecting')
    }
    for (const member of this.#members.all()) {
      const { connection, session } = member
      const waitedMs = nowMs - connection.sinceMs
      if (connection.state === 'disconnected') {
        if (waitedMs > RESUME_MS_MAX) this.#remove(member, 'expired')
      } else if (session.isSilent(nowMs) || (connection.state === 'awaiting-hello' && waitedMs > HELLO_MS_MAX)) {
        this.#options.out.close(connection.link, 'no packet came for too long')
        this.#lose(member, nowMs)
      }
    }
  }

  #send(link: LinkId, packets: readonly Uint8Array[]): void {
    for (const packet of packets) this.#options.out.send(link, packet)
  }
}
