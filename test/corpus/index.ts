/** What scripts/make-corpus.mjs uses. */
export { loadEngine } from '../../sim/index.ts'
export { simulationOf } from '../../replay/index.ts'
export { recordingsIn } from './files.ts'
export { recordScript } from './record.ts'
export { SESSIONS } from './sessions/index.ts'
export { corpusCoverage, corpusReadme } from './table.ts'
