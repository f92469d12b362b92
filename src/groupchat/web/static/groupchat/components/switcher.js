/** Ctrl/⌘ K: a few letters and Enter take one to any room or person, or make a room. */

import { gettext } from "../lib/i18n.js";
import { useEffect, useId } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { Avatar } from "./avatar.js";
import { chat } from "./chat.js";
import { enterRoom, talkTo } from "./current.js";
import { Dialog } from "./dialog.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { KindOfPerson } from "./kind-of-person.js";
import { openDialog } from "./overlays.js";
import { reason } from "./reason.js";
import { RoomIcon, kindInAWord } from "./room-icon.js";
import { go } from "./route.js";
import { useChoices } from "./use-choices.js";

export function Switcher() {
  const id = useId();
  const text = useSignal("");
  const chosen = useSignal(/** @type {string|null} */ (null)); // the key of what was gone to; null: the first
  const failure = useSignal("");
  const wanted = text.value.trim();
  const choices = useChoices(wanted);
  const at = Math.max(0, choices.findIndex(({ key }) => key === chosen.value));

  useEffect(() => {
    document.getElementById(`${id}-${at}`)?.scrollIntoView({ block: "nearest" });
  }, [at]);

  async function choose(choice) {
    if (!choice) return;
    try {
      await follow(choice);
    } catch (error) {
      failure.value = reason(error);
    }
  }

  function pressed(event) {
    const step = (by) => (chosen.value = choices[(at + by + choices.length) % choices.length]?.key ?? null);
    if (event.key === "ArrowDown") step(1);
    else if (event.key === "ArrowUp") step(-1);
    else if (event.key === "Enter") choose(choices[at]);
    else return;
    event.preventDefault();
  }

  function written(event) {
    text.value = event.currentTarget.value;
    chosen.value = null;
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
    <ul class="switcher-list" role="listbox" id=${`${id}-list`} aria-label=${gettext("Rooms and people")}>
      ${choices.map(
        (choice, index) => html`<li
          key=${choice.key}
          id=${`${id}-${index}`}
          role="option"
          aria-selected=${index === at ? "true" : "false"}
          onMouseMove=${() => (chosen.value = choice.key)}
          onClick=${() => choose(choice)}
        >
          <${Choice} choice=${choice} />
        </li>`,
      )}
    </ul>
    <div class="switcher-foot">
      <p class="switcher-hint">${wanted ? gettext("↑ ↓ chooses, Enter goes there, Esc closes") : gettext("A room, old or new, or @ and somebody's name.")}</p>
      <button class="button quiet small" type="button" onClick=${() => openDialog({ kind: "directory" })}>${gettext("All rooms")}</button>
    </div>
  <//>`;
}

function follow(choice) {
  if (choice.info) return go(choice.info.slug);
  if (choice.person) return talkTo([choice.person.id]);
  if (choice.kind === "public") return enterRoom(choice.start);
  return openDialog({ kind: "new-room", name: choice.start, roomKind: choice.kind });
}

function Choice({ choice }) {
  if (choice.info) return html`<${RoomChoice} ...${choice} />`;
  if (choice.person) return html`<${PersonChoice} person=${choice.person} />`;
  const { start: name, kind } = choice;
  return html`<${Icon} name=${kind === "public" ? "plus" : "lock"} />
    <span class="switcher-start">${kind === "public" ? gettext("Start “{name}”, or join it where it exists", { name }) : gettext("Start a private room “{name}”…", { name })}</span>`;
}

function RoomChoice({ info, unread, mine }) {
  return html`<${RoomIcon} info=${info} />
    <span class="switcher-name" dir="auto">${info.name}</span>
    <span class="switcher-topic" dir="auto">${info.topic}</span>
    ${unread > 0 && html`<span class="badge">${unread}</span>`}
    ${!mine && html`<span class="tag faint">${kindInAWord(info)}</span>`}`;
}

function PersonChoice({ person }) {
  return html`<span class="room-faces"><${Avatar} person=${person} size="tiny" /></span>
    <span class="switcher-name" dir="auto">${person.name}</span>
    <span class="switcher-topic" dir="auto">@${person.handle}</span>
    <${KindOfPerson} kind=${person.kind} />`;
}
