/** The page's colours. One warm light, one cool sky; players and shapes stand out against a pale ground. */
import { Color, LinearSRGBColorSpace } from 'three'

/** sRGB, 0xRRGGBB. */
export const SKY = { zenith: 0x4f7fe0, middle: 0x9dc0f5, horizon: 0xfff0e2, sun: 0xfff1d8 } as const
export const GROUND = { base: 0xf3eeee, line: 0x9c92bd, ring: 0xff9d6f } as const
export const LIGHT = { key: 0xffe6c9, skyFill: 0xcfdcff, groundFill: 0xf3ddd0 } as const
/** Colour of the beam while the target is out of reach. */
export const TOO_FAR = 0xe8590c

/** Turns that spread the hues of consecutive ids as evenly as they can be (the golden angle). */
const GOLDEN_TURN = 0.381_966_011_250_105

/** After 13 and 21 steps the golden angle nearly repeats, so those players differ in lightness. */
const LIGHTER = [0, -0.11, 0.07]

/**
 * Linear sRGB, each 0 to 1, of a colour given in OKLCH (lightness 0 to 1, chroma, hue in turns); chroma falls until the
 * colour can be shown. Formula: B. Ottosson, "A perceptual color space for image processing" (2020).
 */
export function oklch(lightness: number, chroma: number, hueTurns: number): readonly [number, number, number] {
  for (let c = chroma; ; c -= 0.01) {
    const rgb = oklabToLinear(lightness, c * Math.cos(hueTurns * 2 * Math.PI), c * Math.sin(hueTurns * 2 * Math.PI))
    if (c <= 0.01 || rgb.every((v) => v >= 0 && v <= 1))
      return rgb.map((v) => Math.min(1, Math.max(0, v))) as [number, number, number]
  }
}

function oklabToLinear(L: number, a: number, b: number): [number, number, number] {
  const l = (L + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (L - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (L - 0.0894841775 * a - 1.291485548 * b) ** 3
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ]
}

const color = (lightness: number, chroma: number, hue: number): Color =>
  new Color().setRGB(...oklch(lightness, chroma, hue), LinearSRGBColorSpace)

/** The tones of one player's character. */
export interface PlayerColors {
  readonly torso: Color
  readonly limb: Color
  readonly end: Color
  readonly head: Color
  readonly leg: Color
  readonly visor: Color
  readonly eye: Color
}

const cache = new Map<number, PlayerColors>()

/** Distinct hues of three lightnesses by player id. */
export function playerColors(player: number): PlayerColors {
  const hit = cache.get(player)
  if (hit) return hit
  const hue = (0.07 + player * GOLDEN_TURN) % 1
  const lighter = LIGHTER[Math.floor(player / 13) % LIGHTER.length] ?? 0
  const made: PlayerColors = {
    torso: color(0.73 + lighter, 0.15, hue),
    limb: color(0.79 + lighter, 0.12, hue),
    end: color(0.93, 0.04, hue),
    head: color(0.955, 0.025, hue),
    leg: color(0.58 + lighter, 0.12, hue + 0.04),
    visor: color(0.22, 0.04, 0.75),
    eye: color(0.95, 0.07, hue),
  }
  if (cache.size > 1_000) cache.clear()
  cache.set(player, made)
  return made
}

/** `#rrggbb` of a player's main colour, for labels and lists. */
export function playerCss(player: number): string {
  return `#${playerColors(player).torso.getHexString()}`
}
