/**
 * Sessions of a realm's players: from a link's first packet over Hello, join and Welcome to goodbye, time-out or
 * resume. A fault of one client ends that client alone, and it is told why.
 */
import { RESUME_MS_MAX, type OutgoingPart, type ReceivedInputs } from '../../netcode/session/index.ts'
import { SnapshotSource, SnapshotView } from '../../netcode/snapshot.ts'
import { isLatestWins, PROTOCOL_VERSION, type Hello, type ServerMessage } from '../../protocol/index.ts'
import {
  frozenCause,
  passingAvatars,
  passingProps,
  type Input,
  type InputFrame,
  type PlayerId,
  type Realm,
  type UserNumber,
} from '../../sim/index.ts'
import type { Absences } from './absences.ts'
import { Catalog } from './catalog.ts'
import { AdmissionQueue } from './admission-queue.ts'
import type { InteractionCenter } from './interaction-center.ts'
import { HELLO_MS_MAX } from '../limits.ts'
import { Member } from './member.ts'
import type { SequenceNumbers } from '../recorder/sequence-tracker.ts'
import type { SessionEnding } from './session-endings.ts'
import type { RealmMeters } from '../metrics/realm-meters.ts'
import { versionWords } from './observers.ts'
import type { PackageAccess } from './package-access.ts'
import type { Outbound } from './outbound.ts'
import { PropReports } from './prop-reports.ts'
import { OutcomeRouter } from './outcomes.ts'
import { ClosingSessions } from './closing-sessions.ts'
import type { TickOutcome } from './realm-core.ts'
import type { LinkId } from '../realm-messages.ts'
import type { Claims } from '../accounts/tokens.ts'
import type { RemovalNotices } from '../recorder/removal-notices.ts'
import type { UndeliveredOutcomes, OutcomesByPlayer } from '../recorder/undelivered-outcomes.ts'

/** Each client is sent a snapshot every so many ticks, 20 a second at 60; clients take turns, so that no tick makes all. */
const SNAPSHOT_TICKS = 3
/** Clients are told the state's hash every so many ticks. */
const HASH_SAMPLE_TICKS = 60

export interface SessionsOptions {
  readonly realm: Realm
  readonly center: InteractionCenter
  readonly packageAccess: PackageAccess
  readonly out: Outbound
  /** Of players whose avatars stand in a recovered realm. */
  readonly sequences: ReadonlyMap<PlayerId, SequenceNumbers>
  readonly undelivered: UndeliveredOutcomes
  /** What users are to be told when they come back. */
  readonly removalNotices: RemovalNotices
  /** Since when its players are absences, told to the log. */
  readonly absences: Absences
  readonly meters: RealmMeters
  /** For the operator. */
  note(text: string): void
  /** Why nobody new is let in at present; null: they are. */
  closedTo(): string | null
}

export class Sessions {
  readonly #options: SessionsOptions
  readonly #catalog: Catalog
  readonly #outcomes: OutcomeRouter
  readonly #reports: PropReports
  readonly #closing: ClosingSessions
  readonly #definition: string
  readonly #members = new Map<PlayerId, Member>()
  readonly #byLink = new Map<LinkId, Member>()
  /** Links that have said nothing yet. */
  readonly #silent = new Map<LinkId, { readonly claims: Claims; granted: number; readonly openedAtMs: number }>()
  readonly #source: SnapshotSource
  /** Who has said Hello, on which link and with which wish. */
  readonly #admissions = new AdmissionQueue<{
    readonly member: Member
    readonly link: LinkId | null
    readonly body: number
  }>()
  #phases = 0
  #nowMs: number

  /** Avatars that stand in the realm already wait for their players to come back, for as long as each had left. */
  constructor(options: SessionsOptions, nowMs: number) {
    const { realm, sequences, undelivered, absences, out } = options
    this.#options = options
    this.#nowMs = nowMs
    this.#catalog = new Catalog(realm)
    this.#source = new SnapshotSource(realm.definition.bounds)
    this.#closing = new ClosingSessions(out)
    // Render clients are told of each prop as it is now, and need not know how it began.
    this.#definition = JSON.stringify({ ...realm.definition, props: [] })
    this.#outcomes = new OutcomeRouter(realm, {
      memberOf: (player) => this.#members.get(player),
      refused: (member, reason) => this.#expel(member, 'refused', reason, this.#nowMs),
    })
    this.#reports = new PropReports({
      frozenCause: (element) => frozenCause(realm, element),
      notify: (user, text) => this.#notify(user, text),
      note: options.note,
    })
    for (const avatar of realm.avatars.values()) {
      const { player, moveSequence, permissions } = avatar
      absences.begin(player, realm.tick)
      const awayTicks = realm.tick - (absences.sinceTick(player) ?? realm.tick)
      const member = new Member(avatar, nowMs, sequences.get(player) ?? { sequence: moveSequence, ackCommand: 0 })
      member.linkAtMs = nowMs - (awayTicks * 1_000) / realm.definition.tickRate
      member.stage = 'playing'
      member.known = true
      member.permissions = permissions
      for (const answer of undelivered.of(player)) member.session.queue(answer)
      this.#members.set(player, member)
      this.#standStill(member)
    }
  }

  /** A message for a person, to every player of a user. */
  #notify(user: UserNumber, text: string): void {
    for (const member of this.#members.values())
      if (member.user === user) member.session.queue({ type: 'notice', text })
  }

  get connected(): number {
    return this.#byLink.size
  }

  /** For the metrics; looks at every session. */
  get load(): {
    readonly connected: number
    readonly joinsWaiting: number
    readonly messagesQueued: number
    readonly messagesQueuedMost: number
  } {
    let [joinsWaiting, messagesQueued, messagesQueuedMost] = [0, 0, 0]
    for (const { greeting, session } of this.#members.values()) {
      if (greeting === 'asked' || greeting === 'admitted') joinsWaiting++
      messagesQueued += session.queuedBytes
      messagesQueuedMost = Math.max(messagesQueuedMost, session.queuedBytes)
    }
    return { connected: this.#byLink.size, joinsWaiting, messagesQueued, messagesQueuedMost }
  }

  /** Outcomes that players have not heard of, for a recovery to tell. */
  get undelivered(): OutcomesByPlayer {
    return new Map([...this.#members.values()].map(({ player, session }) => [player, session.undeliveredOutcomes]))
  }

  // --- what the transports say

  opened(link: LinkId, claims: Claims, granted: number, nowMs: number): void {
    this.#silent.set(link, { claims, granted, openedAtMs: nowMs })
  }

  /** The user's role has changed: its players may at once what they may now. */
  grant(uid: string, granted: number): void {
    for (const opened of this.#silent.values()) if (opened.claims.uid === uid) opened.granted = granted
    for (const member of this.#members.values()) if (member.uid === uid) this.#permit(member, granted)
  }

  #permit(member: Member, granted: number): void {
    const { center, realm } = this.#options
    const permissions = realm.definition.permissions | granted
    const changed = member.permissions !== null && member.permissions !== permissions
    member.permissions = permissions
    if (changed && member.stage !== 'new') center.order({ type: 'permit', player: member.player, permissions })
  }

  received(link: LinkId, bytes: Uint8Array, nowMs: number): void {
    if (this.#closing.received(link, bytes, nowMs)) return
    const member = this.#byLink.get(link) ?? this.#firstPacket(link, nowMs)
    if (!member) return
    const heard = member.session.receive(bytes, nowMs)
    if (heard.ok) this.#heard(member, heard.value, nowMs)
    else this.#expel(member, heard.error.reason, heard.error.message, nowMs)
  }

  closed(link: LinkId, nowMs: number): void {
    this.#silent.delete(link)
    this.#closing.closed(link)
    const member = this.#byLink.get(link)
    if (member) this.#lost(member, nowMs)
  }

  // --- links and members

  /** A link belongs to its player from its first packet on: one that never works takes nobody's place. */
  #firstPacket(link: LinkId, nowMs: number): Member | null {
    const opened = this.#silent.get(link)
    if (!opened) return null
    this.#silent.delete(link)
    const { player, uid } = opened.claims
    const member = this.#members.get(player) ?? new Member(opened.claims, nowMs)
    if (!member.takeovers.take(1, nowMs)) {
      this.#options.out.close(link, 'This session changes its connection too often. Wait a minute, or log in anew.')
      return null
    }
    if (member.link !== null) this.#replaced(member, member.link, nowMs)
    this.#members.set(player, member)
    this.#byLink.set(link, member)
    this.#options.absences.end(player)
    member.attach(link, nowMs)
    member.uid = uid
    this.#permit(member, opened.granted)
    return member
  }

  /** Two links of one session: the newer one goes on, the older one is told. */
  #replaced(member: Member, link: LinkId, nowMs: number): void {
    const reason = 'This session goes on at another connection.'
    member.session.goodbye(reason, nowMs)
    this.#byLink.delete(link)
    this.#closing.resendGoodbye(link, member.session.packets([], nowMs, true), reason, nowMs)
  }

  #heard(member: Member, { hello, goodbye, commands, latest, tick, moveTicks }: ReceivedInputs, nowMs: number): void {
    if (goodbye !== null) return this.#leaves(member, goodbye, nowMs)
    if (hello && member.greeting === 'none') {
      const refusal = this.#refusalOf(hello) ?? (member.stage === 'new' ? this.#options.closedTo() : null)
      if (refusal !== null) return this.#expel(member, 'refused', refusal, nowMs)
      member.greeting = 'asked'
      this.#admissions.ask({ member, link: member.link, body: hello.body })
      this.#admit()
    }
    // Their outcomes could not be told, and would pile up over the links of one who never asks to be let in.
    if (commands.length + latest.length > 0 && member.greeting !== 'welcomed')
      return this.#expel(member, 'early-input', 'Inputs were sent before the Welcome.', nowMs)
    return this.#submit(
      member,
      [...commands, ...member.moves.sort(latest, tick, moveTicks, this.#options.realm.tick + 1)],
      nowMs,
    )
  }

  #refusalOf(hello: Hello): string | null {
    const bodies = this.#options.realm.definition.bodies.length
    if (hello.protocol !== PROTOCOL_VERSION) return versionWords(hello.protocol)
    if (hello.mode === 'lockstep')
      return 'Lockstep peers see everything and need a token with the role "observer"; this one is a player\'s.'
    return hello.body < bodies ? null : `There is no body ${hello.body}; this realm has bodies 0 to ${bodies - 1}.`
  }

  /** Lets in those whose turn it is. */
  #admit(): void {
    for (const { member, body } of this.#admissions.enter(
      ({ member: each, link }) => each.link === link && each.greeting === 'asked',
    )) {
      member.greeting = 'admitted'
      if (member.stage === 'new') this.#join(member, body)
    }
  }

  #join(member: Member, body: number): void {
    const { center, realm } = this.#options
    const { player, user, name, share } = member
    const permissions = member.permissions ?? realm.definition.permissions
    member.stage = 'joining'
    this.#outcomes.expectJoin(
      center.order({ type: 'join', player, user, ...(share === undefined ? {} : { share }), name, body, permissions }),
      player,
    )
  }

  #submit(member: Member, inputs: readonly Input[], nowMs: number): void {
    for (const input of inputs) {
      if (this.#options.center.submit(member.player, input)) continue
      return this.#expel(
        member,
        'backlog',
        'More commands were sent than can be carried out; they came faster than the realm takes them.',
        nowMs,
      )
    }
    return undefined
  }

  /** Null where the player is not here, or was recovered and has not come back. */
  uidOf(player: PlayerId): string | null {
    return this.#members.get(player)?.uid || null
  }

  /** The link is gone, the player may come back: the avatar stands still and waits. */
  #lost(member: Member, nowMs: number): void {
    if (member.link !== null) this.#byLink.delete(member.link)
    member.detach(nowMs)
    if (member.stage === 'new') this.#members.delete(member.player)
    else this.#options.absences.begin(member.player, this.#options.realm.tick)
    this.#standStill(member)
  }

  /** A move holds until the next: without this the avatar of a lost player would walk on. */
  #standStill(member: Member): void {
    const avatar = this.#options.realm.players.get(member.player)
    if (!avatar) return
    const command = {
      type: 'move',
      x: 0,
      y: 0,
      z: 0,
      yaw: avatar.yaw,
      jump: false,
      run: false,
      fly: avatar.flying,
    } as const
    this.#options.center.submit(member.player, {
      player: member.player,
      sequence: member.session.nextSequence(),
      command,
    })
  }

  /** The client says goodbye: it is answered, and its avatar leaves at once. */
  #leaves(member: Member, reason: string, nowMs: number): void {
    const { link } = member
    if (link !== null) {
      this.#send(link, member.session.packets([], nowMs, true))
      this.#options.out.close(link, reason)
    }
    this.#remove(member, 'left')
  }

  /** The server ends a session: the client is told why until it has heard it, the avatar leaves at once. */
  #expel(member: Member, ending: SessionEnding, reason: string, nowMs: number): void {
    if (member.link !== null) this.#closing.begin(member.link, member.session, reason, nowMs)
    this.#remove(member, ending)
  }

  #remove(member: Member, ending: SessionEnding): void {
    const { absences, center, packageAccess, meters } = this.#options
    meters.realm.count('sessionsEnded', ending)
    absences.end(member.player)
    if (member.link !== null) this.#byLink.delete(member.link)
    this.#members.delete(member.player)
    center.forget(member.player)
    packageAccess.forget(member.player)
    if (member.stage !== 'new') center.order({ type: 'leave', player: member.player })
  }

  // --- after each tick

  ticked({ frame, events, hash }: TickOutcome, nowMs: number): void {
    const { realm } = this.#options
    this.#nowMs = nowMs
    this.#acknowledge(frame)
    this.#outcomes.route(events)
    this.#reports.stepped(events, nowMs)
    const news: ServerMessage[] = [...this.#catalog.update(realm)]
    if (realm.tick % HASH_SAMPLE_TICKS === 0) news.push({ type: 'hashSample', tick: realm.tick, hash })
    this.#expire(nowMs)
    this.#admissions.tick()
    this.#admit()
    if (this.#byLink.size > 0) this.#source.update(realm.tick, passingAvatars(realm), passingProps(realm))
    for (const member of this.#members.values()) {
      const { link, session } = member
      const avatar = realm.players.get(member.player)
      if (avatar) member.own.update(avatar, realm.tick)
      if (link === null) continue
      this.#submit(member, member.moves.takeDue(realm.tick + 1), nowMs)
      for (const message of news) session.queue(message)
      if (member.greeting === 'admitted' && member.stage === 'playing') this.#welcome(member)
      this.#send(link, session.packets(this.#snapshot(member), nowMs))
      if (session.fault) this.#expel(member, session.fault.reason, session.fault.message, nowMs)
    }
    this.#closing.ticked(nowMs)
  }

  /** The log has the frame, and with it these commands. */
  #acknowledge({ inputs }: InputFrame): void {
    for (const { player, sequence, command } of inputs)
      if (!isLatestWins(command.type)) this.#members.get(player)?.session.recorded(sequence)
  }

  /** Where a tick cannot be run: clients hear that the server lives. */
  keepAlive(nowMs: number): void {
    for (const { link, session } of this.#members.values())
      if (link !== null) this.#send(link, session.packets([], nowMs))
    this.#closing.ticked(nowMs)
  }

  /** Everyone is told, and no avatar leaves: who comes back after the restart goes on. */
  goodbye(reason: string, nowMs: number): void {
    for (const link of this.#silent.keys()) this.#options.out.close(link, reason)
    this.#silent.clear()
    for (const [link, member] of this.#byLink) this.#closing.begin(link, member.session, reason, nowMs, true)
    this.#byLink.clear()
    this.#options.meters.realm.add(
      'sessionsEnded',
      this.#members.size,
      this.#options.meters.realm.rowOf('sessionsEnded', 'stopped'),
    )
    // What was taken from them is still carried out, and its outcomes are kept for when they come back.
    for (const member of this.#members.values()) {
      if (member.link === null) continue
      if (member.stage !== 'new') this.#options.absences.begin(member.player, this.#options.realm.tick)
      member.link = null
      member.linkAtMs = nowMs
    }
  }

  /** True when everyone who was told goodbye has heard it or is past hope. */
  get parted(): boolean {
    return this.#closing.count === 0
  }

  #welcome(member: Member): void {
    const { realm } = this.#options
    const avatar = realm.players.get(member.player)
    if (!avatar) return
    const { sequence, ackCommand } = member.session
    member.session.queue({
      type: 'welcome',
      protocol: PROTOCOL_VERSION,
      realm: realm.definition.id,
      tick: realm.tick,
      tickRate: realm.definition.tickRate,
      player: member.player,
      user: avatar.user,
      avatar: avatar.id,
      permissions: avatar.permissions,
      definition: this.#definition,
      resumed: member.known,
      sequence,
      ackCommand,
    })
    for (const message of this.#catalog.describe(realm)) member.session.queue(message)
    for (const text of this.#options.removalNotices.deliver(avatar.user)) member.session.queue({ type: 'notice', text })
    member.greeting = 'welcomed'
    this.#options.meters.realm.add(member.known ? 'sessionsResumed' : 'sessionsStarted')
    member.view = new SnapshotView(realm.tick)
    member.phase = this.#phases++ % SNAPSHOT_TICKS
    member.known = true
  }

  /** What has waited too long: links without a word, links that fell silent, players who did not come back. */
  #expire(nowMs: number): void {
    for (const [link, { openedAtMs }] of this.#silent) {
      if (nowMs - openedAtMs <= HELLO_MS_MAX) continue
      this.#silent.delete(link)
      this.#options.out.close(link, 'nothing was said after connecting')
    }
    for (const member of this.#members.values()) {
      const sinceMs = nowMs - member.linkAtMs
      if (member.link === null && sinceMs > RESUME_MS_MAX) this.#remove(member, 'expired')
      else if (
        member.link !== null &&
        (member.session.isSilent(nowMs) || (member.greeting === 'none' && sinceMs > HELLO_MS_MAX))
      ) {
        this.#options.out.close(member.link, 'nothing was heard for too long')
        this.#lost(member, nowMs)
      }
    }
  }

  #snapshot({ player, view, phase, session, own }: Member): readonly OutgoingPart[] {
    const { realm } = this.#options
    const avatar = realm.players.get(player)
    if (view === null || avatar === undefined) return []
    const pace = session.pace(this.#nowMs)
    if (pace === 'wait' || (pace === 'free' && realm.tick % SNAPSHOT_TICKS !== phase)) return []
    this.#options.meters.realm.add('snapshots')
    return [view.nextPart(this.#source, avatar.id, session.acknowledgementMs, own.ownState(avatar, realm.tick))]
  }

  #send(link: LinkId, packets: readonly Uint8Array[]): void {
    for (const packet of packets) this.#options.out.send(link, packet)
  }
}
