/**
 * Fit of an avatar's capsules: intersection over union of all capsules with the inside of the mesh at rest,
 * on a grid of points. A point is inside if the generalised winding number is above one half, by the sum of the
 * triangles' solid angles (Van Oosterom and Strackee 1983). The fit itself uses another measure.
 */
import { readdirSync } from 'node:fs'
import { basename } from 'node:path'
import { cross, dot, length, sub } from '../sim/maths/maths.ts'
import type { Vec3 } from '../sim/index.ts'
import { fitAvatar } from '../ingest/fit/index.ts'
import { distanceTo, type Capsule } from '../ingest/fit/avatar/capsule.ts'
import { readFixture } from '../ingest/fit/model.fixture.ts'
import { frameOf, outOfFrame } from '../ingest/fit/node-frame.ts'
import { boundsOf, nodesOf, surfaceOf, type Surface } from '../ingest/fit/surface.ts'
import { median, samples, timed } from './measure.ts'
import type { BenchReport, BenchRow } from './report.ts'

const FOLDER = 'fixtures/assets/avatars'
/** Points of the grid in the avatar's box. */
const POINTS = 12_000
const RUNS = 3
/** The worst of six avatars in the first experiment with the fit. */
const IOU_GOAL = 0.62

function windingNumber(p: Vec3, { points, triangles }: Surface): number {
  let angle = 0
  for (let i = 0; i + 2 < triangles.length; i += 3) {
    const [v0, v1, v2] = [points[triangles[i] ?? 0], points[triangles[i + 1] ?? 0], points[triangles[i + 2] ?? 0]]
    if (!v0 || !v1 || !v2) continue
    const [a, b, c] = [sub(v0, p), sub(v1, p), sub(v2, p)]
    const [la, lb, lc] = [length(a), length(b), length(c)]
    angle += Math.atan2(dot(a, cross(b, c)), la * lb * lc + dot(a, b) * lc + dot(b, c) * la + dot(c, a) * lb)
  }
  return angle / (2 * Math.PI)
}

/** Shares of the grid's points that are in both: of those in either, and of those in the mesh. */
export function overlap(
  surface: Surface,
  capsules: readonly Capsule[],
  count = POINTS,
): { readonly iou: number; readonly covered: number } {
  const { min, max } = boundsOf(surface.points)
  const pad = 0.05 * (max.y - min.y)
  const [w, h, d] = [max.x - min.x + 2 * pad, max.y - min.y + 2 * pad, max.z - min.z + 2 * pad]
  const step = Math.cbrt((w * h * d) / count)
  let [mesh, either, both] = [0, 0, 0]
  for (let x = step / 2; x < w; x += step)
    for (let y = step / 2; y < h; y += step)
      for (let z = step / 2; z < d; z += step) {
        const p = { x: min.x - pad + x, y: min.y - pad + y, z: min.z - pad + z }
        const inMesh = Math.abs(windingNumber(p, surface)) > 0.5
        const inCapsules = capsules.some((capsule) => distanceTo(capsule, p) <= 0)
        if (inMesh) mesh++
        if (inMesh || inCapsules) either++
        if (inMesh && inCapsules) both++
      }
  return { iou: both / either, covered: both / mesh }
}

async function measure(file: string): Promise<BenchRow[]> {
  const { document, humanoid } = await readFixture(file)
  const times = samples()
  const fit = () => fitAvatar(document, humanoid, () => undefined)
  let fitted = fit()
  for (let i = 0; i < RUNS; i++) fitted = timed(times, fit)
  const nodes = new Map(nodesOf(document).map((node) => [node.getName(), node]))
  const capsules = fitted.capsules.flatMap(({ joint, a, b, r }): Capsule[] => {
    const node = nodes.get(joint)
    const at = ([x, y, z]: readonly [number, number, number]): Vec3 => ({ x, y, z })
    return node ? [{ a: outOfFrame(frameOf(node), at(a)), b: outOfFrame(frameOf(node), at(b)), r }] : []
  })
  const { iou, covered } = overlap(surfaceOf(nodesOf(document)), capsules)
  const name = `${basename(file)}${humanoid.size > 0 ? '' : ' (no humanoid)'}`
  return [
    { what: `${name}: intersection over union`, value: iou, unit: '', goal: IOU_GOAL, moreIsBetter: true },
    { what: `${name}: of the mesh covered`, value: covered, unit: '' },
    { what: `${name}: capsules`, value: capsules.length, unit: '' },
    { what: `${name}: fit`, value: median(times.cpuMs), unit: 'ms CPU' },
  ]
}

export async function run(files: readonly string[]): Promise<BenchReport> {
  const chosen =
    files.length > 0
      ? files
      : readdirSync(FOLDER)
          .toSorted()
          .map((file) => `${FOLDER}/${file}`)
  const rows: BenchRow[] = []
  for (const file of chosen) rows.push(...(await measure(file)))
  return {
    name: 'capsules',
    about: `${chosen.length} avatars; ${POINTS} points of a grid each; humanoids by VRM or fixtures/assets/humanoid; median of ${RUNS} fits`,
    rows,
  }
}
