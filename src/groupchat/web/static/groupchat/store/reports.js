/** The queue of those who keep order: what was reported. */

/** @param {{command: (command: any) => Promise<any>}} link */
export function reportsOn(link) {
  return {
    /** Open ones, of one room or (null) of all, behind the report `after`. @param {number|null} room @param {number} after @returns {Promise<{reports: import("../lib/types.js").Report[], next: number|null}>} */
    page: (room, after) => link.command({ type: "reports", ...(room !== null && { room }), after }),

    /** Say to the others that one looks at it. @param {number} report */
    claim: (report) => link.command({ type: "report.claim", report }),

    /** Be done with all reports of the same message. @param {number} report @param {{outcome: "acted"|"dismissed", note?: string}} how */
    resolve: (report, { outcome, note = "" }) => link.command({ type: "report.resolve", report, outcome, note }),
  };
}
