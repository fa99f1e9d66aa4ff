/** What a transport tells its owner about a fault that it contained. */
export type ReportFault = (where: string, error: unknown) => void

/**
 * Runs a listener so that what it throws stays here: a fault of one connection must not end the others, and a throw
 * that leaves a native callback aborts the process. Returns false where it threw.
 */
export function contain(where: string, report: ReportFault, run: () => void): boolean {
  try {
    run()
    return true
  } catch (error) {
    try {
      report(where, error)
    } catch {
      /* a failing reporter must not undo the containment */
    }
    return false
  }
}
