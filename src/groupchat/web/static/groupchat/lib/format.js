/** Times and numbers as people read them, by Intl. Times come as ISO 8601 in UTC and are shown in the reader's zone. */

const formats = new Map();

/** Making an Intl.DateTimeFormat costs more than everything else in a row: keep them. */
function dateFormat(locale, options) {
  const key = `${locale} ${JSON.stringify(options)}`;
  let format = formats.get(key);
  if (!format) formats.set(key, (format = new Intl.DateTimeFormat(locale, options)));
  return format;
}

/** The time of day. @param {string} at @param {string} [locale] @param {string} [timeZone] */
export function formatTime(at, locale, timeZone) {
  return dateFormat(locale, { timeStyle: "short", timeZone }).format(new Date(at));
}

/** The time of day somewhere else, with its day where that is another one there; "" where this browser does not know the zone. */
export function formatTimeIn(now, timeZone, locale) {
  try {
    const at = new Date(now).toISOString();
    const isToday = dayOf(at, timeZone) === dayOf(at);
    return dateFormat(locale, isToday ? { timeStyle: "short", timeZone } : { weekday: "short", hour: "numeric", minute: "2-digit", timeZone }).format(now);
  } catch {
    return "";
  }
}

/** The same in a narrow margin: 9:41 for 9:41 PM. Beside it stands the day and time in full. */
export function formatTimeShort(at, locale, timeZone) {
  const parts = dateFormat(locale, { timeStyle: "short", timeZone }).formatToParts(new Date(at));
  return parts.map(({ type, value }) => (type === "dayPeriod" ? "" : value)).join("").trim();
}

/** Day and time in full, for titles and screen readers. @param {string} at @param {string} [locale] @param {string} [timeZone] */
export function formatDateTime(at, locale, timeZone) {
  return dateFormat(locale, { dateStyle: "full", timeStyle: "short", timeZone }).format(new Date(at));
}

/**
 * The name of a day: today, yesterday, else the date; the year only where it is another than this one.
 * @param {string} at
 * @param {{locale?: string, now: number, today: string, yesterday: string, timeZone?: string}} words
 */
export function formatDay(at, { locale, now, today, yesterday, timeZone }) {
  const day = dayOf(at, timeZone);
  const present = dayOf(new Date(now).toISOString(), timeZone);
  if (day === present) return today;
  if (day === dayBefore(present)) return yesterday;
  const options = { weekday: "long", month: "long", day: "numeric", timeZone };
  if (day.slice(0, 4) !== present.slice(0, 4)) options.year = "numeric";
  return dateFormat(locale, options).format(new Date(at));
}

/** The calendar day in the reader's zone, as `2026-03-02`. @param {string} at @param {string} [timeZone] */
export function dayOf(at, timeZone) {
  // Read part by part: the order of a locale's short date is not promised.
  const parts = dateFormat("en-US-u-ca-gregory-nu-latn", { year: "numeric", month: "2-digit", day: "2-digit", timeZone }).formatToParts(
    new Date(at),
  );
  const found = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  return `${found.year.padStart(4, "0")}-${found.month}-${found.day}`;
}

/** A number where there is little room: 1.2K. @param {number} number @param {string} [locale] */
export function formatCount(number, locale) {
  const key = `${locale} count`;
  let format = formats.get(key);
  if (!format) formats.set(key, (format = new Intl.NumberFormat(locale, { notation: "compact" })));
  return format.format(number);
}

/** @param {number} number @param {string} [locale] */
export function formatNumber(number, locale) {
  return new Intl.NumberFormat(locale).format(number);
}

/** Whole seconds that are left until a time (both in milliseconds), never below 0. */
export function secondsUntil(time, now) {
  return Math.max(0, Math.ceil((time - now) / 1000));
}

/** So many seconds as a clock shows them, for a countdown: 0:05, 12:00, 1:00:00. @param {number} seconds */
export function formatDuration(seconds) {
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const two = (number) => String(number).padStart(2, "0");
  return `${hours ? `${hours}:${two(minutes)}` : minutes}:${two(seconds % 60)}`;
}

function dayBefore(day) {
  const date = new Date(`${day}T12:00:00Z`);
  date.setUTCDate(date.getUTCDate() - 1);
  return date.toISOString().slice(0, 10);
}
