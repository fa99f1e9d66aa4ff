// Writes fixtures/realms/hundred.json: a yard for a hundred players and 200 movable props. Props where the players walk
// are kicked, carried and thrown all the time; those around them rest. Seeded: it writes the same file each time.
//   node scripts/make-realm-hundred.mjs
import { writeFileSync } from 'node:fs'
import { build } from 'esbuild'
import { readOptions } from './options.mjs'

readOptions()

/** Props within NEAR_METRES of the spawn, where bots roam (bots/walker.ts), and in rows beyond FAR_METRES. */
const NEAR = 92
const FAR = 200 - NEAR
const NEAR_METRES = 11
const FAR_METRES = 20

const { outputFiles } = await build({
  stdin: { contents: "export { DEFAULT_DEFINITION } from './sim/default-realm.ts'", resolveDir: '.' },
  bundle: true,
  write: false,
  format: 'esm',
})
const { DEFAULT_DEFINITION } = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`)

const specs = ['crate', 'ball', 'log', 'gem', 'stool'].map(
  (name) => DEFAULT_DEFINITION.props.find(({ prop }) => prop.name === name).prop,
)
const IDENTITY = { x: 0, y: 0, z: 0, w: 1 }
const rounded = (value) => Number(value.toFixed(3))
const place = (i, x, z) => ({
  prop: specs[i % specs.length],
  position: { x: rounded(x), y: 0.3, z: rounded(z) },
  rotation: IDENTITY,
  scale: 1,
})

// Vogel's spiral gives the same number of props on each square metre.
const near = Array.from({ length: NEAR }, (_, i) => {
  const [radius, angle] = [NEAR_METRES * Math.sqrt((i + 0.5) / NEAR), i * Math.PI * (3 - Math.sqrt(5))]
  return place(i, radius * Math.cos(angle), radius * Math.sin(angle))
})
const far = Array.from({ length: FAR }, (_, i) => place(i, FAR_METRES + 1.2 * Math.floor(i / 20), -12 + 1.2 * (i % 20)))

writeFileSync(
  'fixtures/realms/hundred.json',
  `${JSON.stringify({
    ...DEFAULT_DEFINITION,
    id: 'hundred',
    name: 'A Hundred',
    spawn: { position: { x: 0, y: 0, z: 0 }, yaw: 0, radius: 8 },
    props: [...near, ...far],
  })}\n`,
)
