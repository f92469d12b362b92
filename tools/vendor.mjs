/**
 * Lays what the web client takes from others beside it, from the packages that package-lock.json pins.
 *
 *     npm ci --ignore-scripts && npm run vendor     writes the files and their VERSIONS.json
 *     npm run vendor -- --check                     compares them, and writes nothing
 *
 * To take another version: `npm install --ignore-scripts NAME@VERSION`, then `npm run vendor`, then the tests.
 * node is needed for this, never to run the server; the tests compare the checksums without it.
 */

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { emojiFiles } from "./emoji.mjs";

const ROOT = join(import.meta.dirname, "..");

// Where it goes, and what: a file of the package, and its name here; or what makes the files from the package's folder.
const FOLDERS = {
  "src/groupchat/web/static/groupchat/vendor": {
    preact: { "dist/preact.module.js": "preact.js", "hooks/dist/hooks.module.js": "preact-hooks.js" },
    "@preact/signals-core": { "dist/signals-core.module.js": "signals-core.js" },
    "@preact/signals": { "dist/signals.module.js": "signals.js" },
    htm: { "dist/htm.module.js": "htm.js" },
    idb: { "build/index.js": "idb.js" },
  },
  "src/groupchat/web/static/groupchat/fonts": {
    "@fontsource-variable/atkinson-hyperlegible-next": {
      "files/atkinson-hyperlegible-next-latin-wght-normal.woff2": "text-latin.woff2",
      "files/atkinson-hyperlegible-next-latin-ext-wght-normal.woff2": "text-latin-ext.woff2",
    },
  },
  "src/groupchat/web/static/groupchat/emoji": {
    "emojibase-data": emojiFiles,
  },
  "tests/browser/vendor": {
    "axe-core": { "axe.min.js": "axe.min.js" },
  },
};

// A browser without an import map can't resolve bare names; ours is without, for the strict content security policy.
const RELATIVE = {
  preact: "./preact.js",
  "preact/hooks": "./preact-hooks.js",
  "@preact/signals-core": "./signals-core.js",
};
const SPECIFIER = /\b((?:import|export)\b[^;"']*?)\s*from\s*(["'])([^"']+)\2;?/g;
const SOURCE_MAP = /\s*\/\/# sourceMappingURL=\S+\s*$/;
const UNCHECKED = "// @ts-nocheck\n"; // its makers check it; here it is minified

/** The module with relative imports, one per line as the hashing of static files reads them, without its map. */
function relative(source) {
  const rewritten = source.replace(SPECIFIER, (_, clause, __, name) => {
    if (!(name in RELATIVE)) throw new Error(`a module imports ${name}, which RELATIVE does not know`);
    return `${clause.trim()} from "${RELATIVE[name]}";\n`;
  });
  return `${UNCHECKED}${rewritten.replace(SOURCE_MAP, "").trimEnd()}\n`;
}

/** What of a file is laid down: a module with relative imports, anything else as it is. */
function sourceOf(data, name) {
  if (!name.endsWith(".js") || name.endsWith(".min.js")) return data;
  const source = data.toString("utf8");
  return /\b(?:import|export)\b/.test(source) ? Buffer.from(relative(source)) : data;
}

const sha256 = (data) => createHash("sha256").update(data).digest("hex");
const locked = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")).packages;

/** All files of a folder by name, VERSIONS.json among them; throws where node_modules holds another version. */
function filesOf(packages) {
  const files = new Map();
  const listed = Object.entries(packages).map(([name, modules]) => {
    const home = join(ROOT, "node_modules", name);
    const { version, license } = JSON.parse(readFileSync(join(home, "package.json"), "utf8"));
    const pinned = locked[`node_modules/${name}`];
    if (version !== pinned.version) throw new Error(`${name} is ${version} here, and ${pinned.version} in the lock file: npm ci`);
    const own = typeof modules === "function" ? modules(home) : copies(home, modules);
    own.set(`LICENSE.${name.replace(/^@/, "").replaceAll("/", "-")}.txt`, readFileSync(join(home, "LICENSE")));
    for (const [ours, data] of own) files.set(ours, data);
    const sums = Object.fromEntries([...own].sort().map(([ours, data]) => [ours, sha256(data)]));
    return { name, version, licence: license, integrity: pinned.integrity, files: sums };
  });
  return files.set("VERSIONS.json", Buffer.from(`${JSON.stringify({ packages: listed }, null, 2)}\n`));
}

function copies(home, modules) {
  return new Map(Object.entries(modules).map(([theirs, ours]) => [ours, sourceOf(readFileSync(join(home, theirs)), theirs)]));
}

let wrong = 0;
for (const [folder, packages] of Object.entries(FOLDERS)) {
  const files = filesOf(packages);
  const target = join(ROOT, folder);
  if (process.argv.includes("--check")) {
    const there = readdirSync(target);
    const differ = [...files].filter(([name, data]) => !there.includes(name) || !readFileSync(join(target, name)).equals(data));
    for (const name of [...differ.map(([name]) => name), ...there.filter((name) => !files.has(name))]) {
      console.error(`${folder}/${name} is not what the pinned package holds: npm run vendor`);
      wrong = 1;
    }
  } else {
    mkdirSync(target, { recursive: true });
    for (const [name, data] of files) writeFileSync(join(target, name), data);
  }
}
process.exit(wrong);
