/** Growing delays with jitter, so that a thousand clients don't come back in the same instant. */

/**
 * @param {{base: number, most: number, random: () => number}} options milliseconds; `random` gives 0 ≤ x < 1
 * @returns {(attempt: number) => number} the delay before attempt 0, 1, 2 …: between half and the whole of base·2ⁿ, at most `most`
 */
export function backoff({ base, most, random }) {
  return (attempt) => {
    const whole = Math.min(most, base * 2 ** Math.min(attempt, 30));
    return whole / 2 + (random() * whole) / 2;
  };
}
