/** The present time as a signal that ticks only while somebody counts down. */

import { useEffect, useState } from "../vendor/preact-hooks.js";

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
