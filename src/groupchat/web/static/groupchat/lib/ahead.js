/** Times ahead that one may want: in the reader's own zone, as moments on the wire. */

const MINUTE = 60_000; // ms
const EVENING = 18; // o'clock
const MORNING = 9;

/** In so many minutes. @param {number} now @param {number} minutes */
export function inMinutes(now, minutes) {
  return new Date(now + minutes * MINUTE).toISOString();
}

/** This evening; null where that is over, or so near that nobody would call it later. @param {number} now @returns {string|null} */
export function laterToday(now) {
  const at = atHour(now, 0, EVENING);
  return at.getTime() - now >= 30 * MINUTE ? at.toISOString() : null;
}

/** @param {number} now */
export function tomorrowMorning(now) {
  return atHour(now, 1, MORNING).toISOString();
}

/** As a field for a day and a time wants it: in the reader's zone, to the minute. @param {number} now */
export function fieldValue(now) {
  const date = new Date(now);
  const two = (number) => String(number).padStart(2, "0");
  return `${String(date.getFullYear()).padStart(4, "0")}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** What such a field holds, as a moment; null where that is none. @param {string} value */
export function fromField(value) {
  const time = new Date(value).getTime();
  return value && !Number.isNaN(time) ? new Date(time).toISOString() : null;
}

function atHour(now, days, hour) {
  const date = new Date(now);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days, hour);
}
