/** Assertions that say what they found. */

export function equal(found, expected, what = "") {
  const one = canonical(found);
  const other = canonical(expected);
  if (one !== other) throw new Error(`${what ? `${what}: ` : ""}found ${one}, expected ${other}`);
}

export function ok(value, what) {
  if (!value) throw new Error(what ?? "expected something true");
}

export async function rejects(promise, code) {
  let value;
  try {
    value = await promise;
  } catch (error) {
    equal(error.code ?? error.name, code, "the failure's code");
    return error;
  }
  throw new Error(`expected ${code}, got ${canonical(value)}`);
}

/** JSON with members in order of name, so that two objects compare by what is in them. */
export function canonical(value) {
  return JSON.stringify(value, (_key, inner) => {
    if (inner === undefined) return "undefined";
    if (inner instanceof Map) return canonicalEntries([...inner]);
    if (inner && typeof inner === "object" && !Array.isArray(inner)) return canonicalEntries(Object.entries(inner));
    return inner;
  });
}

function canonicalEntries(entries) {
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/** Wait for something that real time brings (a database, another tab), for at most 30 seconds. */
export async function eventually(condition, what) {
  const end = Date.now() + 30_000;
  for (;;) {
    if (await condition()) return;
    if (Date.now() > end) throw new Error(`waited in vain for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Let everything run that needs no time. */
export async function settle() {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => turnOfEvents(resolve));
}

const port = new MessageChannel();
const turns = [];
port.port1.onmessage = () => turns.shift()();

/** A task of its own, without the browser's least delay of timers. */
function turnOfEvents(run) {
  turns.push(run);
  port.port2.postMessage(null);
}
