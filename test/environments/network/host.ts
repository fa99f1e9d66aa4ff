/**
 * A host with its own network stack: a Linux network namespace. It reaches the others through a TUN device and the
 * relay (relay.ts), or through a router (also a namespace) whose kernel translates addresses.
 */
import { execFileSync, spawn, type ChildProcess, type StdioOptions } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RelayedHost } from './relay.ts'

/** Time until a device appears, ms: milliseconds, unless the machine is busy. */
const DEVICE_MS_MAX = 10_000
/** Kept characters from the end of socat's output. */
const SAID_CHARACTERS_MAX = 2_000
/** All hosts' addresses are in one net. */
const PREFIX_LENGTH = 16

export const ip = (...args: readonly string[]): void => void execFileSync('ip', [...args], { stdio: 'pipe' })

/** Runs a command in a namespace and waits for it. */
const within = (namespace: string, ...command: readonly string[]): void => ip('netns', 'exec', namespace, ...command)

export interface Tun {
  readonly process: ChildProcess
  readonly device: string
}

/**
 * A TUN device whose packets go to and come from a UDP port of the loopback interface. It exists as long as its
 * process.
 */
export async function openTun(device: string, relayPort: number, loopback: string): Promise<Tun> {
  const datagrams = `UDP4-DATAGRAM:127.0.0.1:${relayPort},bind=${loopback}:${relayPort}`
  // Notices are on: the last one of opening shows that socat no longer needs the device's name, so that the device can
  // be moved
  const child = spawn(
    'socat',
    ['-d', '-d', '-b', '65536', `TUN,tun-name=${device},tun-type=tun,iff-no-pi`, datagrams],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-SAID_CHARACTERS_MAX)
  })
  const endMs = performance.now() + DEVICE_MS_MAX
  while (!said.includes('starting data transfer loop')) {
    if (child.exitCode !== null || performance.now() > endMs)
      throw new Error(`socat did not open the TUN device ${device}: ${said}`)
    await sleep(10)
  }
  return { process: child, device }
}

export class NetworkHost {
  readonly name: string
  /** The connection to the relay; for a host behind a router, the router's. */
  readonly line: RelayedHost
  readonly #namespace: string
  readonly #device: string
  #address: string

  constructor(name: string, namespace: string, device: string, address: string, line: RelayedHost) {
    this.name = name
    this.line = line
    this.#namespace = namespace
    this.#device = device
    this.#address = address
  }

  /** The IPv4 address. */
  get address(): string {
    return this.#address
  }

  get namespace(): string {
    return this.#namespace
  }

  /** Starts a program in this host. */
  spawn(command: string, args: readonly string[], stdio: StdioOptions = ['pipe', 'pipe', 'pipe']): ChildProcess {
    return spawn('ip', ['netns', 'exec', this.#namespace, command, ...args], { stdio })
  }

  /** Waits for a program in this host; throws where it fails. */
  run(command: string, ...args: readonly string[]): void {
    within(this.#namespace, command, ...args)
  }

  /** Gives the device another address. The old one stops at once, as when a phone leaves a Wi-Fi. */
  setAddress(address: string): void {
    ip('-n', this.#namespace, 'addr', 'flush', 'dev', this.#device)
    ip('-n', this.#namespace, 'addr', 'add', `${address}/${PREFIX_LENGTH}`, 'dev', this.#device)
    this.#address = address
  }
}

/** A namespace with its loopback interface up. */
export function addNamespace(namespace: string): void {
  ip('netns', 'add', namespace)
  ip('-n', namespace, 'link', 'set', 'lo', 'up')
  // Hosts use only IPv4: link-local addresses of IPv6 would lead nowhere
  within(namespace, 'sh', '-c', 'echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6')
}

/** Moves the device into the namespace. It belongs to the process that opened it. */
export function plugIn(device: string, namespace: string, address: string): void {
  ip('link', 'set', device, 'netns', namespace)
  ip('-n', namespace, 'addr', 'add', `${address}/${PREFIX_LENGTH}`, 'dev', device)
  ip('-n', namespace, 'link', 'set', device, 'up')
}
