/** The ingest as a list of named stages: from the bytes of an upload to its package. */
import { defined } from '../sim/assert.ts'
import {
  acceptValidation,
  preflightUpload,
  validateUpload,
  type Checked,
  type PreflightResult,
} from './checks/check.ts'
import type { Fitted, NamedModel } from './model-stages.ts'
import type { IngestedPackage } from './package.ts'
import type { IngestOptions, IngestStage, Warn } from './types.ts'

/** One upload in the pipeline. Each stage reads what earlier stages have set. */
interface IngestJob {
  /** The upload's bytes. */
  readonly bytes: Uint8Array
  readonly options: IngestOptions
  readonly warn: Warn
  opened?: PreflightResult
  checked?: Checked
  model?: NamedModel
  fitted?: Fitted
  package?: IngestedPackage
}

interface Stage {
  readonly name: IngestStage
  /** Throws Rejected to refuse the upload. */
  readonly run: (job: IngestJob) => Promise<void>
}

/** The stages after the checks, loaded only for an upload that passed them, because their libraries are large. */
const modelStages = (): Promise<typeof import('./model-stages.ts')> => import('./model-stages.ts')

/** In the order of INGEST_STAGES. */
export const PIPELINE: readonly Stage[] = [
  { name: 'checking', run: check },
  { name: 'validating', run: validate },
  { name: 'normalising', run: normalise },
  { name: 'fitting', run: fit },
  { name: 'packaging', run: pack },
]

async function check(job: IngestJob): Promise<void> {
  job.opened = preflightUpload(job.bytes)
}

async function validate(job: IngestJob): Promise<void> {
  const opened = defined(job.opened, 'the checking stage opens the upload')
  job.checked = await acceptValidation(opened, await validateUpload(opened, job.bytes))
  for (const warning of job.checked.warnings) job.warn(warning)
}

async function normalise(job: IngestJob): Promise<void> {
  const checked = defined(job.checked, 'the validating stage returns the checked glTF')
  const { normaliseModel } = await modelStages()
  job.model = await normaliseModel(checked, job.bytes.length, job.options, job.warn)
}

async function fit(job: IngestJob): Promise<void> {
  const model = defined(job.model, 'the normalising stage returns a model')
  job.fitted = await (await modelStages()).fitModel(model, job.warn)
}

async function pack(job: IngestJob): Promise<void> {
  const model = defined(job.model, 'the normalising stage returns a model')
  const fitted = defined(job.fitted, 'the fitting stage returns what it fitted')
  job.package = await (await modelStages()).packageModel(model, fitted, job.bytes)
}

/** Runs all stages on one upload. Throws Rejected. */
export async function runPipeline(bytes: Uint8Array, options: IngestOptions, warn: Warn): Promise<IngestedPackage> {
  const job: IngestJob = { bytes, options, warn }
  for (const { name, run } of PIPELINE) {
    options.onStage?.(name)
    await run(job)
  }
  return defined(job.package, 'the last stage makes the package')
}
