/** The vendored libraries together, as components use them. */

import { h, render } from "/static/groupchat/vendor/preact.js";
import { useEffect } from "/static/groupchat/vendor/preact-hooks.js";
import { signal } from "/static/groupchat/vendor/signals.js";
import htm from "/static/groupchat/vendor/htm.js";
import { eventually } from "./check.js";

const html = htm.bind(h);

export async function counter() {
  const count = signal(0);
  const seen = [];
  function Shown() {
    const value = count.value;
    useEffect(() => void seen.push(root.innerHTML), [value]);
    return html`<p>${value}</p>`;
  }
  const root = document.createElement("div");
  document.body.append(root);
  render(html`<${Shown} />`, root);
  for (const expected of [1, 2]) {
    await eventually(() => seen.length === expected, "drawn");
    count.value = expected;
  }
  await eventually(() => seen.length === 3, "drawn for the last time");
  return seen;
}
