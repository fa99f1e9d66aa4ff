/** Why a recording's element is where it is: the inputs that caused it. Runs in Node and in the browser. */
export { chainOf } from './chain.ts'
export { why, type Cause, type WhyProgress } from './why.ts'
