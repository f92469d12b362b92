/** The present time as a signal that ticks only while somebody counts down. */

import { useEffect, useState } from "../vendor/preact-hooks.js";

const LONGEST_TIMER = 2 ** 31 - 1; // milliseconds that a browser counts

/** Milliseconds, anew every second while `running`. */
export function useNow(running) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (!running) return undefined;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(timer);
  }, [running]);
  return now;
}

/** Draw anew when this time is over. @param {string|undefined} until */
export function useEndOf(until) {
  const [, drawn] = useState(0);
  useEffect(() => {
    const milliseconds = until ? Date.parse(until) - Date.now() : 0;
    if (!(milliseconds > 0)) return undefined;
    const timer = setTimeout(() => drawn((count) => count + 1), Math.min(milliseconds + 50, LONGEST_TIMER));
    return () => clearTimeout(timer);
  }, [until]);
}

/** True once `what` has been true for so many milliseconds: short waits show nothing. With `linger` it then stays so
 * through pauses shorter than that, instead of blinking. */
export function useLasting(what, milliseconds, linger = 0) {
  const [lasting, setLasting] = useState(false);
  useEffect(() => {
    if (what === lasting) return undefined;
    const timer = setTimeout(() => setLasting(what), what ? milliseconds : linger);
    return () => clearTimeout(timer);
  }, [what, lasting, milliseconds, linger]);
  return lasting && (what || linger > 0);
}
