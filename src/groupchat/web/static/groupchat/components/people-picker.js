/** Choosing people: a few letters find them, Enter takes one, Backspace gives the last one back. */

import { matching } from "../lib/finding.js";
import { gettext } from "../lib/i18n.js";
import { useEffect, useId, useRef } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { Avatar } from "./avatar.js";
import { chat } from "./chat.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { KindOfPerson } from "./kind-of-person.js";
import { reason } from "./reason.js";

const MOST = 8; // to choose from

/**
 * @param {{label: string, chosen: {value: import("../lib/types.js").Person[]}, except: (id: number) => boolean}} props
 *   `chosen`: signal, in the order in which they were taken; `except`: who is not offered
 */
export function PeoplePicker({ label, chosen, except }) {
  const id = useId();
  const field = useRef(null);
  const text = useSignal("");
  const at = useSignal(0);
  const { asked, failure } = useFound(text.value);
  const taken = new Set(chosen.value.map((person) => person.id));
  const me = chat.store.me.value?.id;
  const free = chat.store.people().filter((person) => person.id !== me && !taken.has(person.id) && !except(person.id));
  const choices = matching(free, text.value, chat.locale).slice(0, MOST);
  const active = Math.min(at.value, choices.length - 1);
  const nobody = choices.length === 0 && text.value.trim() !== "" && asked;

  useEffect(() => {
    document.getElementById(`${id}-${active}`)?.scrollIntoView({ block: "nearest" });
  }, [active]);

  function take(person) {
    chosen.value = [...chosen.value, person];
    field.current.value = "";
    text.value = "";
    at.value = 0;
    field.current.focus({ preventScroll: true });
  }

  function giveBack(person) {
    chosen.value = chosen.value.filter((other) => other.id !== person.id);
    field.current.focus({ preventScroll: true });
  }

  function pressed(event) {
    const isEmpty = field.current.value === "";
    if (event.key === "ArrowDown") at.value = (active + 1) % Math.max(1, choices.length);
    else if (event.key === "ArrowUp") at.value = (active - 1 + choices.length) % Math.max(1, choices.length);
    // With nothing more written, Enter is the form's: it is done.
    else if (event.key === "Enter" && !(isEmpty && taken.size > 0)) choices[active] && take(choices[active]);
    else if (event.key === "Backspace" && isEmpty && taken.size > 0) giveBack(chosen.value[chosen.value.length - 1]);
    else return;
    event.preventDefault();
  }

  return html`<div class="field picker">
    <label for=${id}>${label}</label>
    <div class="picker-field">
      ${chosen.value.map((person) => html`<${Chip} key=${person.id} person=${person} onGiveBack=${() => giveBack(person)} />`)}
      <input
        id=${id}
        ref=${field}
        data-autofocus
        role="combobox"
        dir="auto"
        aria-expanded=${choices.length > 0 ? "true" : "false"}
        aria-autocomplete="list"
        aria-controls=${`${id}-list`}
        aria-activedescendant=${choices.length > 0 ? `${id}-${active}` : undefined}
        placeholder=${taken.size === 0 ? gettext("Name or handle") : undefined}
        autocomplete="off"
        spellcheck=${false}
        onInput=${(event) => ((text.value = event.currentTarget.value), (at.value = 0))}
        onKeyDown=${pressed}
      />
    </div>
    <ul class="picker-list" role="listbox" id=${`${id}-list`} aria-label=${gettext("People")}>
      ${choices.map(
        (person, index) => html`<li key=${person.id} id=${`${id}-${index}`} role="option" aria-selected=${index === active ? "true" : "false"} onMouseMove=${() => (at.value = index)} onClick=${() => take(person)}>
          <${Avatar} person=${person} size="small" />
          <span class="picker-name" dir="auto">${person.name}</span>
          <span class="picker-handle" dir="auto">@${person.handle}</span>
          <${KindOfPerson} kind=${person.kind} />
        </li>`,
      )}
    </ul>
    <p class=${failure ? "form-error" : "hint"} role="status">${failure || (nobody ? gettext("Nobody of that name. Whom you have not met yet, you find by their handle.") : "")}</p>
  </div>`;
}

function Chip({ person, onGiveBack }) {
  return html`<span class="chip">
    <${Avatar} person=${person} size="tiny" /><span class="chip-name" dir="auto">${person.name}</span>
    <button type="button" aria-label=${gettext("Without {name}", { name: person.name })} onClick=${onGiveBack}><${Icon} name="close" /></button>
  </span>`;
}

/** Asks the server for those whose handle begins so; the store knows them then. */
function useFound(text) {
  const search = useRef(/** @type {any} */ (null));
  search.current ??= chat.store.searchPeople();
  const query = text.trim();
  useEffect(() => {
    if (query === "") search.current.forget();
    else search.current.wants(query);
  }, [query]);
  useEffect(() => () => search.current.forget(), []);
  const { answered, found, failure } = search.current;
  return { asked: found.value !== null && answered === query, failure: failure.value ? reason(failure.value) : "" };
}
