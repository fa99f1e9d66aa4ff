/** Debian's Chromium for end-to-end tests: headless, software WebGL, no network traffic of its own. */
import { existsSync } from 'node:fs'
import { chromium, type Browser } from 'playwright-core'

const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium'

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
]

/** Throws an error that says what to install if it is missing: a missing browser is a failure, not a skipped test. */
export async function launchChromium(): Promise<Browser> {
  if (!existsSync(EXECUTABLE))
    throw new Error(`these tests need Chromium at ${EXECUTABLE} (Debian: apt-get install chromium), or CHROMIUM=path`)
  return chromium.launch({ executablePath: EXECUTABLE, args: FLAGS })
}
