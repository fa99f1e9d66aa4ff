/** Checks whether this machine can create network namespaces, and explains why not. */
import { execFileSync, spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'

const PROGRAMS = { ip: 'iproute2', socat: 'socat', nft: 'nftables' } as const

/**
 * Returns null if network namespaces and TUN devices are permitted, else the reason. Throws if they are but a program
 * is missing, because that can be fixed.
 */
export function whyNoNetwork(): string | null {
  if (process.platform !== 'linux') return `network namespaces exist only on Linux, and this is ${process.platform}`
  if (process.getuid?.() !== 0) return 'making network namespaces needs root, and this is another user'
  requirePrograms()
  const probe = `otw-probe-${process.pid}`
  try {
    execFileSync('ip', ['netns', 'add', probe], { stdio: 'pipe' })
    execFileSync('ip', ['netns', 'del', probe], { stdio: 'pipe' })
  } catch (error) {
    return `this machine does not permit network namespaces: ${wordsOf(error)}`
  }
  try {
    accessSync('/dev/net/tun', constants.R_OK | constants.W_OK)
  } catch {
    return 'this machine has no TUN devices (/dev/net/tun)'
  }
  return null
}

function requirePrograms(): void {
  const missing = Object.entries(PROGRAMS).filter(
    ([program]) => spawnSync(program, ['-V'], { stdio: 'ignore' }).error !== undefined,
  )
  if (missing.length === 0) return
  const names = missing.map(([program]) => program).join(', ')
  throw new Error(
    `The network tests need ${names}. Install it: apt-get install ${missing.map(([, name]) => name).join(' ')}`,
  )
}

function wordsOf(error: unknown): string {
  const stderr = typeof error === 'object' && error !== null && 'stderr' in error ? String(error.stderr).trim() : ''
  return stderr === '' ? String(error) : stderr
}
