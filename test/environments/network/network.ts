/**
 * A network of hosts whose connections lose, delay, reorder and duplicate real IP packets, for tests and benchmarks
 * that need real sockets under chosen conditions. Needs root, socat, iproute2 and nftables (available.ts). Why not `tc
 * netem`: docs/testing.md.
 */
import type { ChildProcess } from 'node:child_process'
import { addNamespace, NetworkHost, ip, openTun, plugIn } from './host.ts'
import { Relay } from './relay.ts'

/** Hosts have addresses of 10.77.0.0/16, and their connections of 127.77.0.0/16. */
const HOSTS_MAX = 200

export class TestNetwork {
  readonly #relay: Relay
  readonly #tuns: ChildProcess[] = []
  readonly #namespaces: string[] = []
  readonly #lines = new Map<string, { readonly index: number; moves: number }>()
  #next = 1

  private constructor(relay: Relay) {
    this.#relay = relay
  }

  /** Starts without hosts. `seed`: of all losses and delays. */
  static async start(seed: number): Promise<TestNetwork> {
    return new TestNetwork(await Relay.start(seed))
  }

  /** A host with its own connection and an address that the others reach. */
  async host(name: string): Promise<NetworkHost> {
    const index = this.#index()
    const namespace = this.#namespace(name)
    const loopback = `127.77.0.${index}`
    const line = this.#relay.line(loopback)
    const tun = await openTun(`otw${process.pid}-${index}`, this.#relay.port, loopback)
    this.#tuns.push(tun.process)
    const address = `10.77.0.${index}`
    plugIn(tun.device, namespace, address)
    this.#relay.route(address, line)
    this.#lines.set(namespace, { index, moves: 0 })
    return new NetworkHost(name, namespace, tun.device, address, line)
  }

  /** A host of a private network, whose router hides it behind the router's own address (NAT, masquerade). */
  hostBehind(router: NetworkHost, name: string): NetworkHost {
    const index = this.#index()
    const namespace = this.#namespace(name)
    const [inner, outer] = [`otwi${process.pid}-${index}`, `otwo${process.pid}-${index}`]
    const [address, gateway] = [`192.168.${index}.2`, `192.168.${index}.1`]
    ip('link', 'add', inner, 'netns', namespace, 'type', 'veth', 'peer', 'name', outer, 'netns', router.namespace)
    ip('-n', namespace, 'addr', 'add', `${address}/24`, 'dev', inner)
    ip('-n', router.namespace, 'addr', 'add', `${gateway}/24`, 'dev', outer)
    ip('-n', namespace, 'link', 'set', inner, 'up')
    ip('-n', router.namespace, 'link', 'set', outer, 'up')
    ip('-n', namespace, 'route', 'add', 'default', 'via', gateway)
    router.run('sh', '-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward')
    router.run(
      'nft',
      `table ip nat { chain out { type nat hook postrouting priority 100 ; ip saddr ${address} ip daddr 10.77.0.0/16 masquerade ; } ; }`,
    )
    return new NetworkHost(name, namespace, inner, address, router.line)
  }

  /** Forwards a TCP and UDP port of the router to a host behind it. */
  forward(router: NetworkHost, port: number, host: NetworkHost): void {
    router.run(
      'nft',
      `table ip nat { chain in { type nat hook prerouting priority -100 ; ip daddr ${router.address} meta l4proto { tcp, udp } th dport ${port} dnat to ${host.address} ; } ; }`,
    )
  }

  /** Gives a host (or a router with everything behind it) another address. */
  move(host: NetworkHost): void {
    const place = this.#lines.get(host.namespace)
    if (!place) throw new Error(`${host.name} has no connection of its own: move its router`)
    place.moves += 1
    const address = `10.77.${place.moves}.${place.index}`
    host.setAddress(address)
    this.#relay.route(address, host.line)
  }

  /** Removes everything. Programs that still run in the hosts lose their network, so end them before. */
  async stop(): Promise<void> {
    for (const tun of this.#tuns) tun.kill('SIGKILL')
    for (const namespace of this.#namespaces) ip('netns', 'del', namespace)
    await this.#relay.stop()
  }

  #index(): number {
    if (this.#next > HOSTS_MAX) throw new Error(`a network has at most ${HOSTS_MAX} hosts`)
    return this.#next++
  }

  #namespace(name: string): string {
    const namespace = `otw${process.pid}-${name}`
    addNamespace(namespace)
    this.#namespaces.push(namespace)
    return namespace
  }
}
