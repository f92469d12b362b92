/** Ctrl/⌘ K: a few letters and Enter take one to any room. */

import { gettext } from "../lib/i18n.js";
import { useEffect, useId } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { chat } from "./chat.js";
import { current, enterRoom } from "./current.js";
import { closeDialog, Dialog } from "./dialog.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { reason } from "./reason.js";
import { go } from "./route.js";
import { publicRooms } from "./site.js";

export function Switcher() {
  const id = useId();
  const text = useSignal("");
  const chosen = useSignal(0);
  const failure = useSignal("");
  const others = useSignal([]);
  useEffect(() => {
    publicRooms().then((rooms) => (others.value = rooms));
  }, []);

  const here = current.value.room?.info.value?.slug;
  const mine = chat.store.rooms.value.map((room) => ({ ...room.info.value, unread: room.unread.value, mine: true }));
  const known = new Set(mine.map((room) => room.slug));
  const all = [...mine, ...others.value.filter((room) => !known.has(room.slug))];
  const wanted = text.value.trim();
  // Before a letter is written the room that is open is no place to go to.
  const found = ranked(wanted ? all : all.filter((room) => room.slug !== here), wanted).slice(0, 12);
  const exact = found.some((room) => room.name.toLowerCase() === wanted.toLowerCase());
  const choices = wanted && !exact ? [...found, { enter: wanted }] : found;
  const at = Math.min(chosen.value, choices.length - 1);

  async function choose(choice) {
    if (!choice) return;
    if (!choice.enter) {
      closeDialog();
      go(choice.slug);
      return;
    }
    try {
      await enterRoom(choice.enter);
      closeDialog();
    } catch (error) {
      failure.value = reason(error);
    }
  }

  function pressed(event) {
    if (event.key === "ArrowDown") chosen.value = (at + 1) % Math.max(1, choices.length);
    else if (event.key === "ArrowUp") chosen.value = (at - 1 + choices.length) % Math.max(1, choices.length);
    else if (event.key === "Enter") choose(choices[at]);
    else return;
    event.preventDefault();
  }

  function written(event) {
    text.value = event.currentTarget.value;
    chosen.value = 0;
    failure.value = "";
  }

  return html`<${Dialog} title=${gettext("Go to a room")} name="switcher" bare>
    <div class="switcher-line">
      <${Icon} name="search" />
      <input
        data-autofocus
        role="combobox"
        dir="auto"
        aria-expanded="true"
        aria-controls=${`${id}-list`}
        aria-activedescendant=${choices.length ? `${id}-${at}` : undefined}
        aria-label=${gettext("Go to a room")}
        placeholder=${gettext("Go to a room…")}
        autocomplete="off"
        spellcheck=${false}
        onInput=${written}
        onKeyDown=${pressed}
      />
    </div>
    ${failure.value && html`<p class="form-error" role="alert">${failure.value}</p>`}
    <ul class="switcher-list" role="listbox" id=${`${id}-list`} aria-label=${gettext("Rooms")}>
      ${choices.map(
        (choice, index) => html`<li
          key=${choice.enter ? "+" : choice.slug}
          id=${`${id}-${index}`}
          role="option"
          aria-selected=${index === at ? "true" : "false"}
          onMouseMove=${() => (chosen.value = index)}
          onClick=${() => choose(choice)}
        >
          <${Choice} choice=${choice} />
        </li>`,
      )}
    </ul>
  <//>`;
}

function Choice({ choice }) {
  if (choice.enter) return html`<${Icon} name="plus" /><span class="switcher-name">${gettext("Enter “{name}”, join or make it", { name: choice.enter })}</span>`;
  return html`
    <${Icon} name="hash" />
    <span class="switcher-name" dir="auto">${choice.name}</span>
    <span class="switcher-topic" dir="auto">${choice.topic}</span>
    ${choice.unread > 0 && html`<span class="badge">${choice.unread}</span>`}
    ${!choice.mine && html`<span class="tag faint">${gettext("public")}</span>`}
  `;
}

/** The rooms whose name has these letters in this order; the better the nearer to the front and to each other. Unread ones lead. */
export function ranked(rooms, text) {
  const wanted = text.toLowerCase();
  if (!wanted) return [...rooms].sort((one, other) => Number(other.unread > 0) - Number(one.unread > 0));
  return rooms
    .map((room) => ({ room, score: score(room.name.toLowerCase(), wanted) }))
    .filter(({ score: points }) => points > 0)
    .sort((one, other) => other.score - one.score)
    .map(({ room }) => room);
}

function score(name, wanted) {
  const whole = name.indexOf(wanted);
  if (whole === 0) return 4;
  if (whole > 0) return name[whole - 1].match(/[\p{L}\p{N}]/u) ? 2 : 3;
  let at = -1;
  for (const letter of wanted) {
    at = name.indexOf(letter, at + 1);
    if (at < 0) return 0;
  }
  return 1;
}
