/** Ctrl/⌘ K: a few letters and Enter take one to any room, or make one. */

import { gettext } from "../lib/i18n.js";
import { useEffect, useId } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { chat } from "./chat.js";
import { current, enterRoom } from "./current.js";
import { Dialog } from "./dialog.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { reason } from "./reason.js";
import { inOrder } from "./room-list.js";
import { go } from "./route.js";
import { publicRooms } from "./site.js";

const MOST = 12; // rooms to choose from

export function Switcher() {
  const id = useId();
  const text = useSignal("");
  const chosen = useSignal(0);
  const failure = useSignal("");
  const others = useSignal([]);
  useEffect(() => {
    publicRooms().then((rooms) => (others.value = rooms));
  }, []);

  const here = current.value.room;
  const own = [...new Set([...inOrder.value, ...chat.store.rooms.value])]; // those that the sidebar leaves out, too
  const mine = own.map((room) => ({ ...room.info.value, unread: room.unread.value, room }));
  const known = new Set(mine.map(({ slug }) => slug));
  const all = [...mine, ...others.value.filter((room) => !known.has(room.slug))];
  const wanted = text.value.trim();
  // Before a letter is written the room that is open is no place to go to.
  const found = (wanted ? ranked(all, wanted) : all.filter((each) => each.room !== here)).slice(0, MOST);
  const exact = found.some((room) => room.name.toLowerCase() === wanted.toLowerCase());
  const choices = wanted && !exact ? [...found, { enter: wanted }] : found;
  const at = Math.min(chosen.value, choices.length - 1);

  useEffect(() => {
    document.getElementById(`${id}-${at}`)?.scrollIntoView({ block: "nearest" });
  }, [at]);

  async function choose(choice) {
    if (!choice) return;
    if (!choice.enter) {
      go(choice.slug);
      return;
    }
    try {
      await enterRoom(choice.enter);
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

  return html`<${Dialog} title=${gettext("Find or start a room")} name="switcher" bare>
    <div class="switcher-line">
      <${Icon} name="search" />
      <input
        data-autofocus
        role="combobox"
        dir="auto"
        aria-expanded="true"
        aria-controls=${`${id}-list`}
        aria-activedescendant=${choices.length ? `${id}-${at}` : undefined}
        aria-label=${gettext("Find or start a room")}
        placeholder=${gettext("Find or start a room")}
        maxlength=${chat.page.roomNameCharacters || undefined}
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
    <p class="switcher-hint">${wanted ? gettext("↑ ↓ chooses, Enter goes there, Esc closes") : gettext("Type a name: of a room that is there, or of a new one.")}</p>
  <//>`;
}

function Choice({ choice }) {
  if (choice.enter) return html`<${Icon} name="plus" /><span class="switcher-name">${gettext("Start “{name}”, or join it where it exists", { name: choice.enter })}</span>`;
  return html`
    <${Icon} name="hash" />
    <span class="switcher-name" dir="auto">${choice.name}</span>
    <span class="switcher-topic" dir="auto">${choice.topic}</span>
    ${choice.unread > 0 && html`<span class="badge">${choice.unread}</span>`}
    ${!choice.room && html`<span class="tag faint">${gettext("public")}</span>`}
  `;
}

/** The rooms whose name has these letters in this order: the better the nearer to the front and to each other, else in their order. */
export function ranked(rooms, text) {
  const wanted = text.toLowerCase();
  return rooms
    .map((room) => ({ room, score: score(room.name.toLowerCase(), wanted) }))
    .filter(({ score: points }) => points > 0)
    .sort((one, other) => other.score - one.score)
    .map(({ room }) => room);
}

function score(name, wanted) {
  if (name === wanted) return 5;
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
