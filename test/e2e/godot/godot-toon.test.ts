/**
 * The toon materials of VRM avatars look in Godot as on the page: both draw the same made models under the same camera and
 * light, and patches of the pictures are compared. TOON_PICTURES=FOLDER keeps the pictures, the page's on the left
 * (default: .tmp/toon).
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Browser, Page } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startListening } from '../../harness/listen.ts'
import { launchChromium } from '../browser/chromium.ts'
import { GODOT_TESTS, runGodot } from './godot.ts'
import { placeOf, RADIUS, toonGrid } from './toon/toon-model.ts'
import type { ToonShot } from './toon/toon-page.ts'
import { ORDER, OUTLINE_SHADOW, SHADOWS, SKY, VRM_0, VRM_1, type Patch, type Sheet } from './toon/toon-sheets.ts'

/** A channel of a patch may differ by this, sRGB of 0 to 1. */
const TOLERANCE = 0.04
const CELL_PIXELS = 160
const FOV = 20
const FOLDER = resolve(process.env['TOON_PICTURES'] ?? '.tmp/toon')
const SHEETS: Readonly<Record<string, Sheet>> = {
  'VRM 1.0': VRM_1,
  'VRM 0.x': VRM_0,
  shadows: SHADOWS,
  'shadow of an outline': OUTLINE_SHADOW,
  order: ORDER,
  sky: SKY,
}

type Color = readonly number[]

interface Picture {
  readonly width: number
  readonly height: number
  /** Three bytes a pixel. */
  readonly data: Buffer
}

const pictures = new Map<string, { readonly page: Picture; readonly godot: Picture }>()
let browser: Browser
let server: Server
let output = ''

function shotOf(name: string, { columns, cells }: Sheet): ToonShot & { readonly hasSky: boolean } {
  const rows = Math.ceil(cells.length / columns)
  return {
    width: columns * CELL_PIXELS,
    height: rows * CELL_PIXELS,
    fov: FOV,
    distance: rows / 2 / Math.tan((FOV / 360) * Math.PI),
    light: [-0.54, 0.54, 0.646],
    energy: name === 'sky' ? 0 : 0.8,
    ambient: name.startsWith('shadow') ? 0 : 0.15,
    hasShadows: name.startsWith('shadow'),
    seconds: 1,
    background: 0.5,
    hasSky: name === 'sky',
  }
}

const fileOf = (name: string, extension: string): string => join(FOLDER, `${name}.${extension}`)

async function pageWith(script: Uint8Array): Promise<{ readonly page: Page; readonly base: string }> {
  server = createServer((request, response) => {
    const name = decodeURIComponent(request.url?.slice('/model/'.length) ?? '')
    if (request.url === '/page.js') response.setHeader('content-type', 'text/javascript').end(script)
    else if (request.url?.startsWith('/model/') && SHEETS[name]) response.end(readFileSync(fileOf(name, 'vrm')))
    else
      response
        .setHeader('content-type', 'text/html')
        .end('<!doctype html><script type="module" src="/page.js"></script>')
  })
  const base = await startListening(server)
  browser = await launchChromium()
  const page = await browser.newPage()
  await page.goto(base)
  await page.waitForFunction(() => window.drawToon !== undefined)
  return { page, base }
}

async function decode(file: string | Buffer): Promise<Picture> {
  const { data, info } = await sharp(file).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, data }
}

async function beside(name: string, left: Buffer, right: string): Promise<void> {
  const { width, height } = await sharp(left).metadata()
  await sharp({ create: { width: width * 2 + 8, height, channels: 3, background: 'black' } })
    .composite([
      { input: left, left: 0, top: 0 },
      { input: right, left: width + 8, top: 0 },
    ])
    .png()
    .toFile(fileOf(`${name} both`, 'png'))
}

beforeAll(async () => {
  mkdirSync(FOLDER, { recursive: true })
  for (const [name, sheet] of Object.entries(SHEETS)) writeFileSync(fileOf(name, 'vrm'), await toonGrid(sheet))
  const bundled = await build({
    entryPoints: [fileURLToPath(new URL('toon/toon-page.ts', import.meta.url))],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    write: false,
    logLevel: 'error',
  })
  const shots = Object.entries(SHEETS).map(([name, sheet]) => ({
    ...shotOf(name, sheet),
    model: fileOf(name, 'vrm'),
    picture: fileOf(`${name} godot`, 'png'),
  }))
  const run = await runGodot(['--fixed-fps', '60', '-s', join(GODOT_TESTS, 'system/toon_frame.gd')], {
    withWindow: true,
    env: { OTHERWORLD_SHOTS: JSON.stringify(shots) },
  })
  ;({ output } = run)
  expect(run.status, output).toBe(0)
  const { page, base } = await pageWith(bundled.outputFiles[0]?.contents ?? new Uint8Array())
  for (const [name, sheet] of Object.entries(SHEETS)) {
    const url = `${base}/model/${encodeURIComponent(name)}`
    const drawn = await page.evaluate(([from, shot]) => window.drawToon?.(from, shot), [
      url,
      shotOf(name, sheet),
    ] as const)
    const png = Buffer.from(drawn?.split(',')[1] ?? '', 'base64')
    await beside(name, png, fileOf(`${name} godot`, 'png'))
    pictures.set(name, { page: await decode(png), godot: await decode(fileOf(`${name} godot`, 'png')) })
  }
}, 600_000)

afterAll(async () => {
  await browser?.close()
  server?.close()
})

const linear = (byte: number): number => {
  const value = byte / 255
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
}
const encoded = (value: number): number => (value <= 0.0031308 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055)

/** The mean of the patch's linear colours, as sRGB of 0 to 1. */
function colorAt(picture: Picture, sheet: Sheet, index: number, [x, y, half = 2]: Patch): Color {
  const shot = shotOf('', sheet)
  const [left, bottom] = placeOf(index, sheet.columns, sheet.cells.length)
  const isSphere = ['sphere', 'enlarged'].includes(sheet.cells[index]?.shape ?? '')
  const depth = shot.distance - (isSphere ? RADIUS * Math.sqrt(Math.max(0, 1 - x * x - y * y)) : 0)
  const scale = picture.height / 2 / Math.tan((FOV / 360) * Math.PI) / depth
  const column = Math.round(picture.width / 2 + (left + x * RADIUS) * scale)
  const row = Math.round(picture.height / 2 - (bottom + y * RADIUS) * scale)
  const sums = [0, 0, 0]
  for (let dy = -half; dy <= half; dy++)
    for (let dx = -half; dx <= half; dx++)
      for (let channel = 0; channel < 3; channel++)
        sums[channel] =
          (sums[channel] ?? 0) + linear(picture.data[((row + dy) * picture.width + column + dx) * 3 + channel] ?? 0)
  return sums.map((sum) => encoded(sum / (2 * half + 1) ** 2))
}

const differenceOf = (a: Color, b: Color): number => Math.max(...a.map((value, i) => Math.abs(value - (b[i] ?? 0))))
const text = (color: Color): string => color.map((value) => value.toFixed(2)).join(' ')

/** Patches that differ too much, as sentences, and the largest difference. */
function compared(name: string): { readonly faults: readonly string[]; readonly largest: number } {
  const { page, godot } = pictures.get(name) ?? expect.fail(`${name} was not drawn`)
  const sheet = SHEETS[name] ?? expect.fail(`there is no sheet ${name}`)
  const rows = sheet.cells.flatMap((cell, i) =>
    Object.entries(cell.patches).map(([what, patch]) => {
      const [ofPage, ofGodot] = [colorAt(page, sheet, i, patch), colorAt(godot, sheet, i, patch)]
      const difference = differenceOf(ofPage, ofGodot)
      return { difference, fault: `${cell.name}, ${what}: page ${text(ofPage)}, Godot ${text(ofGodot)}` }
    }),
  )
  return {
    faults: rows.filter(({ difference }) => difference > TOLERANCE).map(({ fault }) => fault),
    largest: Math.max(...rows.map(({ difference }) => difference)),
  }
}

/** A colour in Godot's picture. */
function inGodot(name: string, cellName: string, patch: Patch): Color {
  const sheet = SHEETS[name] ?? expect.fail(`there is no sheet ${name}`)
  const { godot } = pictures.get(name) ?? expect.fail(`${name} was not drawn`)
  return colorAt(
    godot,
    sheet,
    sheet.cells.findIndex((cell) => cell.name === cellName),
    patch,
  )
}

describe('toon materials in Godot', () => {
  test.each(['VRM 1.0', 'VRM 0.x', 'shadows', 'shadow of an outline', 'order'])('look as on the page: %s', (name) => {
    const { faults, largest } = compared(name)
    process.stdout.write(`${name}: the largest difference is ${largest.toFixed(3)}\n`)
    expect(faults).toEqual([])
  })

  test('a lit surface has the lit colour, and a shadow shows the shade colour, each times the colour of the light', () => {
    const isLit = [0.8, 0.5, 0.3].map((value) => encoded(value * 0.8))
    const isShade = [0.3, 0.1, 0.4].map((value) => encoded(value * 0.8))
    expect(differenceOf(inGodot('shadows', 'in light', [-0.4, 0.4]), isLit)).toBeLessThan(0.02)
    expect(differenceOf(inGodot('shadows', 'in shadow', [-0.4, 0.4]), isShade)).toBeLessThan(0.02)
  })

  test('an outline on the screen is as wide as its share of the height', () => {
    const color = [0.1, 0.3, 0.7].map(encoded)
    // 2 % of four metres is 0.21 radii.
    expect(differenceOf(inGodot('VRM 1.0', 'outline on the screen', [1.17, 0, 1]), color)).toBeLessThan(TOLERANCE)
    expect(differenceOf(inGodot('VRM 1.0', 'outline on the screen', [1.26, 0, 1]), [0.5, 0.5, 0.5])).toBeLessThan(
      TOLERANCE,
    )
  })

  test('a transparent surface that writes depth hides what is behind it, and an offset changes the order', () => {
    const [first, second] = ['the offset decides', 'depth decides'].map((name) => inGodot('order', name, [0, 0]))
    expect(first?.[0]).toBeGreaterThan(first?.[2] ?? 1)
    expect(second?.[2]).toBeGreaterThan(second?.[0] ?? 1)
  })

  test('equalised ambient light is the same above and below', () => {
    const step = (name: string): number => differenceOf(inGodot('sky', name, [0, 0.8]), inGodot('sky', name, [0, -0.8]))
    expect(step('equalised 0')).toBeGreaterThan(0.1)
    expect(step('equalised 1')).toBeLessThan(0.02)
  })

  test('Godot reports no errors and no leaks', () => {
    expect(output).not.toMatch(/^\s*(WARNING: (?!Could not set V-Sync)|ERROR|SCRIPT ERROR)|leaked|still in use/m)
  })
})
