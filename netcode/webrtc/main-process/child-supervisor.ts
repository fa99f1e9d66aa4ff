/** Keeps the WebRTC child process running: starts it, restarts it with back-off when it dies, stops it. */
import { fork, type ChildProcess } from 'node:child_process'
import { readFromChild, type ChildConfig, type FromChild, type ToChild } from '../ipc.ts'

/** The first restart waits this long, ms; each further one twice as long, until a child has lived for STEADY_MS. */
const RESTART_MS_MIN = 50
const RESTART_MS_MAX = 2_000
/**
 * A child that lived this long, ms, was healthy: its death resets the back-off. One that fails at its start lives a
 * second.
 */
const STEADY_MS = 5_000
/** A child that is not ready after this time, ms, is killed and restarted. */
const READY_MS_MAX = 15_000
/** A child that was told to stop is killed after this time, ms. */
const STOP_MS_MAX = 3_000
/** Bytes on their way to a child that does not read them, above which batches are dropped: seconds of traffic. */
const IPC_BYTES_MAX = 16 * 1024 * 1024

export interface SupervisorEvents {
  message(message: FromChild): void
  /** The child died; a new one starts after `restartMs`. Null: none starts, because the first was never ready. */
  died(how: string, restartMs: number | null): void
  /** A child is ready. */
  ready(pid: number): void
}

export class ChildSupervisor {
  readonly #path: string
  readonly #config: ChildConfig
  readonly #events: SupervisorEvents
  #child: ChildProcess | null = null
  #isReady = false
  #wasReady = false
  #isStopping = false
  #startedAtMs = 0
  #restartMs = RESTART_MS_MIN
  #restartTimer: NodeJS.Timeout | null = null
  #readyTimer: NodeJS.Timeout | null = null
  #ipcBytes = 0

  constructor(path: string, config: ChildConfig, events: SupervisorEvents) {
    this.#path = path
    this.#config = config
    this.#events = events
  }

  get isReady(): boolean {
    return this.#isReady
  }
  /** The child's process id; null while none runs. */
  get pid(): number | null {
    return this.#child?.pid ?? null
  }

  start(): void {
    this.#startedAtMs = performance.now()
    const child = fork(this.#path, [], {
      serialization: 'advanced',
      execArgv: [],
      // The native library prints to stdout before it has a logger; stdout belongs to the main process.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    this.#child = child
    this.#ipcBytes = 0
    child.on('message', (message) => this.#receive(child, readFromChild(message)))
    child.once('error', (error) => this.#ended(child, error.message))
    child.once('exit', (code, signal) => this.#ended(child, signal ?? `exit code ${code}`))
    this.#readyTimer = setTimeout(() => child.kill('SIGKILL'), READY_MS_MAX)
    this.send({ type: 'configure', config: this.#config })
  }

  /** Returns false if there is no child, or if a batch of `bytes` must be dropped because the child does not read. */
  send(message: ToChild, bytes = 0): boolean {
    const child = this.#child
    if (!child?.connected || (bytes > 0 && this.#ipcBytes + bytes > IPC_BYTES_MAX)) return false
    this.#ipcBytes += bytes
    child.send(message, undefined, {}, () => {
      // The bytes of a dead child were reset with it.
      if (this.#child === child) this.#ipcBytes -= bytes
    })
    return true
  }

  async stop(): Promise<void> {
    this.#isStopping = true
    if (this.#restartTimer) clearTimeout(this.#restartTimer)
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const exited = new Promise<void>((resolve) => {
      child.once('exit', () => resolve())
    })
    this.send({ type: 'stop' })
    const kill = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX)
    await exited
    clearTimeout(kill)
  }

  #receive(child: ChildProcess, message: FromChild | null): void {
    if (child !== this.#child) return
    // The child is broken or compromised: replace it.
    if (message === null) return void child.kill('SIGKILL')
    if (message.type === 'ready') this.#becameReady(child)
    this.#events.message(message)
  }

  #becameReady(child: ChildProcess): void {
    if (this.#readyTimer) clearTimeout(this.#readyTimer)
    this.#isReady = true
    this.#wasReady = true
    this.#events.ready(child.pid ?? 0)
  }

  #ended(child: ChildProcess, how: string): void {
    if (child !== this.#child) return
    this.#child = null
    this.#isReady = false
    if (this.#readyTimer) clearTimeout(this.#readyTimer)
    if (performance.now() - this.#startedAtMs > STEADY_MS) this.#restartMs = RESTART_MS_MIN
    if (!this.#wasReady) return this.#events.died(how, null)
    const restartMs = this.#restartMs
    this.#events.died(how, restartMs)
    if (this.#isStopping) return
    this.#restartMs = Math.min(RESTART_MS_MAX, restartMs * 2)
    this.#restartTimer = setTimeout(() => this.start(), restartMs)
  }
}
