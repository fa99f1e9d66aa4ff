// node scripts/things-session.mjs URL
//
// Plays a session of three players with uploaded packages on the server at URL, for the recording `things` of
// scripts/make-fixtures.mjs. Ends with 1 if a player is refused something permitted, or permitted something forbidden.
import { importTypescript } from './import-typescript.mjs'
import { readOptions, wrongUsage } from './options.mjs'

const {
  positionals: [url],
} = readOptions({}, 1)
if (url === undefined) wrongUsage('name the URL of a server')

const { playThings } = await importTypescript('scripts/things/session.mjs')
await playThings(url)
process.exit(0)
