/** Receives faults that a transport contained. */
export type ReportFault = (where: string, error: unknown) => void

/**
 * Runs a listener and contains what it throws: a fault of one connection must not end others, and an exception that
 * leaves a native callback aborts the process. Returns false if the listener threw.
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
