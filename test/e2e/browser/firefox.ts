/**
 * Debian's Firefox for end-to-end tests, driven over WebDriver BiDi, on a virtual display: without one it has no WebGL.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import puppeteer, { type Browser } from 'puppeteer-core'
import type { Cleanup } from '../../harness/server-harness.ts'

const EXECUTABLE = process.env.FIREFOX ?? '/usr/bin/firefox-esr'
const XVFB = '/usr/bin/Xvfb'

/**
 * Throws an error that says what to install if something is missing: a missing browser is a failure, not a skipped
 * test.
 */
export async function launchFirefox(clean: Cleanup): Promise<Browser> {
  if (!existsSync(EXECUTABLE) || !existsSync(XVFB))
    throw new Error(
      `this test needs Firefox at ${EXECUTABLE} and Xvfb (Debian: apt-get install firefox-esr xvfb), or FIREFOX=path`,
    )
  const screen = spawn(XVFB, ['-displayfd', '1', '-screen', '0', '1280x800x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  clean.add(() => screen.kill())
  const [display] = (await once(screen.stdout, 'data')) as [Buffer]
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: EXECUTABLE,
    headless: false,
    env: { ...process.env, DISPLAY: `:${display.toString().trim()}` },
    // Firefox blocks software WebGL by default.
    extraPrefsFirefox: { 'webgl.force-enabled': true },
  })
  clean.add(() => browser.close())
  return browser
}
