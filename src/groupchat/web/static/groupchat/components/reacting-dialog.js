/** Choosing an emoji: those used last, by words, or out of all of them; whole by keys. */

import { findEmoji, quickOnes, toned } from "../lib/emoji.js";
import { gettext } from "../lib/i18n.js";
import { useEffect, useRef } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { Dialog } from "./dialog.js";
import { chooseTone, emojiList, loadEmoji, recentEmoji, skinTone } from "./emoji.js";
import { walkGrid } from "./grid-keys.js";
import { html } from "./html.js";
import { closeDialog } from "./overlays.js";
import { react } from "./reactions.js";

const HAND = ["✋", "✋🏻", "✋🏼", "✋🏽", "✋🏾", "✋🏿"];

export function ReactingDialog({ room, message }) {
  const text = useSignal("");
  const failed = useSignal(false);
  const grid = useRef(/** @type {HTMLElement|null} */ (null));
  const list = emojiList.value;

  useEffect(() => {
    loadEmoji().catch(() => (failed.value = true));
  }, []);

  function choose(emoji) {
    closeDialog();
    const had = room.reactionsOf(message).find((one) => one.emoji === emoji);
    react(room, message, emoji, !had?.mine);
  }

  function pressed(event) {
    const first = /** @type {HTMLElement|null|undefined} */ (grid.current?.querySelector("button"));
    if (event.key === "ArrowDown") first?.focus();
    else if (event.key === "Enter" && text.value.trim()) first?.click();
    else return;
    event.preventDefault();
  }

  const found = list && text.value.trim() ? findEmoji(list, text.value) : null;
  return html`<${Dialog} title=${gettext("React")} name="reacting">
    <${Quick} choose=${choose} />
    <div class="emoji-search">
      <input class="emoji-field" type="search" data-autofocus aria-label=${gettext("Find an emoji")} placeholder=${gettext("Find an emoji")} autocomplete="off" spellcheck=${false}
        onInput=${(event) => (text.value = event.currentTarget.value)} onKeyDown=${pressed} />
      <${Tone} />
    </div>
    ${failed.value && !list && html`<p class="form-error" role="alert">${gettext("The emoji could not be loaded. Close this and try again.")}</p>`}
    ${list && !found && html`<${Groups} list=${list} grid=${grid} />`}
    <div class="emoji-grid" ref=${grid} onKeyDown=${(event) => walkGrid(event, "button")}>
      ${found ? html`<${Grid} entries=${found} choose=${choose} />` : list && html`<${All} list=${list} choose=${choose} />`}
    </div>
    <p class="quietly" role="status">${found ? (found.length === 0 ? gettext("No emoji of that name.") : gettext("{count} found", { count: found.length })) : ""}</p>
    ${found?.length === 0 && html`<p class="hint" aria-hidden="true">${gettext("No emoji of that name.")}</p>`}
  <//>`;
}

function Quick({ choose }) {
  return html`<div class="emoji-quick" role="group" aria-label=${gettext("Used last")}>
    ${quickOnes(recentEmoji.value).map((emoji) => html`<button key=${emoji} class="emoji" type="button" onClick=${() => choose(emoji)}>${emoji}</button>`)}
  </div>`;
}

function Tone() {
  const names = [gettext("No skin tone"), gettext("Light skin"), gettext("Medium-light skin"), gettext("Medium skin"), gettext("Medium-dark skin"), gettext("Dark skin")];
  return html`<select class="emoji-tone" aria-label=${gettext("Skin tone")} value=${String(skinTone.value)} onChange=${(event) => chooseTone(Number(event.currentTarget.value))}>
    ${HAND.map((hand, tone) => html`<option key=${tone} value=${String(tone)} aria-label=${names[tone]}>${hand}</option>`)}
  </select>`;
}

/** The first emoji of each group leads to it. */
function Groups({ list, grid }) {
  const go = (index) => grid.current?.querySelector(`[data-group="${index}"]`)?.scrollIntoView({ block: "start" });
  return html`<div class="emoji-groups" role="group" aria-label=${gettext("Groups")}>
    ${list.groups.map(([name, entries], index) => html`<button key=${name} class="emoji" type="button" title=${name} aria-label=${name} onClick=${() => go(index)}>${entries[0][0]}</button>`)}
  </div>`;
}

function All({ list, choose }) {
  return list.groups.map(
    ([name, entries], index) => html`<section key=${name} class="emoji-group" data-group=${index} aria-label=${name}>
      <h3>${name}</h3>
      <${Grid} entries=${entries} choose=${choose} isFirst=${index === 0} />
    </section>`,
  );
}

/** One stop of the Tab key for all of them. */
function Grid({ entries, choose, isFirst = true }) {
  const tone = skinTone.value;
  return html`<div class="emojis">
    ${entries.map((entry, index) => {
      const emoji = toned(entry, tone);
      return html`<button key=${entry[0]} class="emoji" type="button" tabindex=${isFirst && index === 0 ? 0 : -1} title=${entry[1]} aria-label=${entry[1]} onClick=${() => choose(emoji)}>${emoji}</button>`;
    })}
  </div>`;
}
