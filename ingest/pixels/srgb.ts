/** The sRGB transfer function. Source: IEC 61966-2-1. */

/** Linear value, 0 to 1, of each 8-bit sRGB value. */
export const LINEAR_OF_BYTE = Float64Array.from({ length: 256 }, (_, byte) => {
  const value = byte / 255
  return value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4)
})

/** Steps of the table below: near black, the finest steps of sRGB are 1/3,295 apart. */
const STEPS = 8_192
const BYTES = Uint8Array.from({ length: STEPS + 1 }, (_, step) => {
  const linear = step / STEPS
  return Math.round(255 * (linear <= 0.0031308 ? 12.92 * linear : 1.055 * Math.pow(linear, 1 / 2.4) - 0.055))
})

/** The 8-bit sRGB value of a linear one. Values outside 0 to 1 are clamped, and NaN gives 0. */
export const srgbByteOf = (linear: number): number => BYTES[Math.round(STEPS * Math.min(1, Math.max(0, linear)))] ?? 0
