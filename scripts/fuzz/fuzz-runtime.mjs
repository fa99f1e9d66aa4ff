// Jazzer.js has a native part built against glibc 2.38. On a machine with an older one, Node runs with a newer glibc,
// unpacked beside the system's without changing it: Debian's own, fetched with apt from the machine's mirror.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const FOLDER = resolve('.tmp/glibc')
const LIBRARIES = join(FOLDER, 'root/usr/lib/x86_64-linux-gnu')
const LOADER = join(LIBRARIES, 'ld-linux-x86-64.so.2')
const SUITE = 'trixie'
const PACKAGES = ['libc6', 'libstdc++6', 'libgcc-s1']

const loads = ([command, ...args]) =>
  spawnSync(command, [...args, '-e', "require('@jazzer.js/fuzzer')"], { stdio: 'ignore' }).status === 0
const ownNode = [process.execPath]
const newerNode = () => [LOADER, '--library-path', LIBRARIES, realpathSync(process.execPath)]

/** The Debian mirror that apt is configured with. */
function mirror() {
  const uris = execFileSync('apt-get', ['indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages'], {
    encoding: 'utf8',
  }).split('\n')
  return uris.find((uri) => uri.endsWith('/debian/')) ?? null
}

function unpack(uri) {
  const part = `${FOLDER}.part`
  rmSync(part, { recursive: true, force: true })
  for (const folder of ['lists/partial', 'cache/archives/partial', 'root'])
    mkdirSync(join(part, folder), { recursive: true })
  writeFileSync(join(part, 'status'), '')
  writeFileSync(
    join(part, 'sources.list'),
    `deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${uri} ${SUITE} main\n`,
  )
  const settings = {
    'Dir::Etc::sourcelist': 'sources.list',
    'Dir::Etc::sourceparts': '-',
    'Dir::State::lists': 'lists',
    'Dir::Cache': 'cache',
    'Dir::State::status': 'status',
  }
  const options = [
    ...Object.entries(settings).map(([key, value]) => `${key}=${value === '-' ? '/dev/null' : join(part, value)}`),
    'Acquire::Check-Valid-Until=false',
    'Acquire::Languages=none',
  ]
  const apt = (...args) =>
    execFileSync('apt-get', ['-q', ...options.flatMap((option) => ['-o', option]), ...args], {
      cwd: part,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  apt('update')
  apt('download', ...PACKAGES)
  for (const file of readdirSync(part).filter((name) => name.endsWith('.deb')))
    execFileSync('dpkg-deb', ['--extract', file, 'root'], { cwd: part })
  rmSync(FOLDER, { recursive: true, force: true })
  renameSync(part, FOLDER)
}

/** The command that runs Node such that Jazzer.js loads. Throws with a message if there is none. */
export function fuzzerNode() {
  if (!existsSync('node_modules/@jazzer.js/core')) throw new Error('Jazzer.js is not installed: run npm ci.')
  if (loads(ownNode)) return ownNode
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error(`Jazzer.js does not load on this machine (${process.platform} ${process.arch}).`)
  if (!existsSync(LOADER)) {
    const uri = spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status === 0 ? mirror() : null
    if (uri === null)
      throw new Error(
        'Jazzer.js needs glibc 2.38 or newer; this machine has an older one, and no Debian mirror to fetch one from.',
      )
    unpack(uri)
  }
  if (loads(newerNode())) return newerNode()
  throw new Error('Jazzer.js does not load with a newer glibc either.')
}
