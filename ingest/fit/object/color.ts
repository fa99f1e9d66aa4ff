/** The colour of an object until its mesh is loaded: its materials' base colours, weighted by area. */
import type { Document } from '@gltf-transform/core'
import { clamp } from '../../../sim/maths/maths.ts'
import { nodesOf, surfaceOf } from '../surface.ts'

/** Linear light to sRGB's 0 to 255. A square root is within 2 % of the curve, and every machine computes it alike. */
const channel = (linear: number): number => Math.floor(Math.sqrt(clamp(linear, 0, 1)) * 255 + 0.5)

/** 0xRRGGBB; grey without materials. Textures are ignored. */
export function colorOf(document: Document): number {
  let [red, green, blue, sum] = [0, 0, 0, 0]
  for (const node of nodesOf(document)) {
    const primitives = node.getMesh()?.listPrimitives() ?? []
    if (primitives.length === 0) continue
    const weight = surfaceOf([node]).areas.reduce((a, b) => a + b, 0) / primitives.length
    for (const primitive of primitives) {
      const [r, g, b] = primitive.getMaterial()?.getBaseColorFactor() ?? [0.6, 0.6, 0.6]
      red += weight * (r ?? 0)
      green += weight * (g ?? 0)
      blue += weight * (b ?? 0)
      sum += weight
    }
  }
  if (!(sum > 0)) return 0xc0c0c0
  return channel(red / sum) * 65_536 + channel(green / sum) * 256 + channel(blue / sum)
}
