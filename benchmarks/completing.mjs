// How long the composer looks for somebody among ten thousand people: `node benchmarks/completing.mjs`.
// One letter at a time, as it is typed; the first letter pays for folding all names.

import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";

const source = readFileSync(new URL("../src/groupchat/web/static/groupchat/lib/completing.js", import.meta.url), "utf-8");
const { best } = await import(`data:text/javascript,${encodeURIComponent(source)}`);

const PEOPLE = 10_000;
const SYLLABLES = ["a", "be", "cé", "da", "el", "fi", "gra", "hop", "in", "jo", "ka", "lo", "mi", "no", "or", "pe"];

let state = 1;
const next = () => (state = (state * 48271) % 2147483647);
const word = () => Array.from({ length: 2 + (next() % 3) }, () => SYLLABLES[next() % SYLLABLES.length]).join("");
const people = Array.from({ length: PEOPLE }, (_, id) => ({ id, name: `${word()} ${word()}`, handle: `${word()}-${id}` }));

// The median of some rounds, each of them with names that nothing knows yet.
const QUERIES = ["", "g", "gr", "gra", "gral", "zzz"];
const rounds = Array.from({ length: 21 }, () => {
  const fresh = people.map((person) => ({ ...person }));
  return QUERIES.map((query) => {
    const began = performance.now();
    best(fresh, query, ({ name, handle }) => [name, handle], 8, ({ id }) => Number(id % 100 === 0));
    return performance.now() - began;
  });
});
QUERIES.forEach((query, index) => {
  const [median] = rounds.map((round) => round[index]).sort((one, other) => one - other).slice(10);
  console.log(`@${query}`.padEnd(8), `${median.toFixed(1)} ms`.padStart(9));
});
