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

/** True once `what` has been true for so many milliseconds: short waits show nothing. */
export function useLasting(what, milliseconds) {
  const [lasting, setLasting] = useState(false);
  useEffect(() => {
    setLasting(false);
    if (!what) return undefined;
    const timer = setTimeout(() => setLasting(true), milliseconds);
    return () => clearTimeout(timer);
  }, [what, milliseconds]);
  return what && lasting;
}
