/** The thread of the replay commands' jobs. */
import { KINDS } from './kinds.ts'
import { serveJobs } from './serve-jobs.ts'

serveJobs(KINDS)
