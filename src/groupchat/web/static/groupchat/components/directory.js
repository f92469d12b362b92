/** All rooms that everybody finds, the lively ones first. One looks inside before one joins. */

import { formatDay } from "../lib/format.js";
import { gettext, ngettext } from "../lib/i18n.js";
import { useEffect, useRef } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { chat } from "./chat.js";
import { useLasting } from "./clock.js";
import { useConnected } from "./connected.js";
import { Dialog } from "./dialog.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { walk } from "./list-keys.js";
import { openDialog } from "./overlays.js";
import { reason } from "./reason.js";
import { RoomIcon, kindInAWord } from "./room-icon.js";
import { addressOf, follow } from "./route.js";

export function Directory() {
  const text = useSignal("");
  const kept = useRef(null);
  const search = (kept.current ??= chat.store.searchRooms());
  const connected = useConnected();
  const query = text.value.trim();

  useEffect(() => {
    if (connected) search.now(text.peek().trim());
  }, [connected]);
  useEffect(() => () => search.forget(), []);

  function written(event) {
    text.value = event.currentTarget.value;
    if (connected) search.wants(text.value.trim());
  }

  /** From the field into the list. */
  function pressed(event) {
    if (event.key !== "ArrowDown") return;
    event.preventDefault();
    event.currentTarget.closest("dialog").querySelector(".directory-room")?.focus();
  }

  return html`<${Dialog} title=${gettext("All rooms")} name="directory">
    <div class="directory-line">
      <${Icon} name="search" />
      <input data-autofocus type="search" dir="auto" aria-label=${gettext("Find a room by its name")} placeholder=${gettext("Find a room by its name")} autocomplete="off" spellcheck=${false} onInput=${written} onKeyDown=${pressed} />
    </div>
    <div class="directory-body">
      <${Found} search=${search} connected=${connected} query=${query} />
    </div>
    <div class="dialog-foot">
      <button class="button quiet" type="button" onClick=${() => openDialog({ kind: "new-room", name: query })}>${gettext("New room…")}</button>
    </div>
  <//>`;
}

function Found({ search, connected, query }) {
  const rooms = search.found.value;
  const failure = search.failure.value;
  const slow = useLasting(rooms === null && connected && failure === null, 300);
  const here = rooms !== null && search.answered === query;
  if (!here && !connected) return html`<p class="directory-state" role="status">${gettext("There is no connection. The rooms come when it is back.")}</p>`;
  if (!here && failure) return html`<${Failed} failure=${failure} again=${() => search.now(query)} />`;
  if (rooms === null) return html`<p class="directory-state" role="status">${slow ? gettext("Loading…") : ""}</p>`;
  return html`
    <p class="quietly" role="status">${ngettext("{count} room", "{count} rooms", rooms.length)}</p>
    ${rooms.length === 0 && html`<p class="directory-state">${search.answered ? gettext("No room has “{name}” in its name.", { name: search.answered }) : gettext("There is no room yet that everybody finds. Start the first one.")}</p>`}
    <ul class="directory-list" onKeyDown=${(event) => walk(event, ".directory-room")}>
      ${rooms.map((each) => html`<${Room} key=${each.room.id} found=${each} />`)}
    </ul>
    ${failure ? html`<${Failed} failure=${failure} again=${() => search.more()} />` : html`<${More} search=${search} />`}
  `;
}

function Failed({ failure, again }) {
  return html`<div class="directory-state" role="alert">
    <p>${reason(failure)}</p>
    <button class="button quiet small" type="button" onClick=${again}>${gettext("Try again")}</button>
  </div>`;
}

function Room({ found }) {
  const { room: info, members, last_number: written, last_message_at: at } = found;
  const facts = [
    info.kind === "public" ? "" : kindInAWord(info),
    ngettext("{count} member", "{count} members", members),
    written > 0 && at ? gettext("last message: {day}", { day: dayOf(at) }) : gettext("no message yet"),
  ];
  const mine = chat.store.rooms.value.some(({ id }) => id === info.id);
  return html`<li>
    <a class="directory-room" href=${addressOf(info.slug)} onClick=${(event) => follow(event, info.slug)}>
      <${RoomIcon} info=${info} />
      <span class="directory-name" dir="auto">${info.name}</span>
      ${mine && html`<span class="tag">${gettext("you are in it")}</span>`}
      ${info.topic && html`<span class="directory-topic" dir="auto">${info.topic}</span>`}
      <span class="directory-facts">${facts.filter(Boolean).join(" · ")}</span>
    </a>
  </li>`;
}

function dayOf(at) {
  return formatDay(at, { locale: chat.locale, now: Date.now(), today: gettext("today"), yesterday: gettext("yesterday") });
}

/** The next page, when the end of the list comes into sight. */
function More({ search }) {
  const end = useRef(null);
  const next = search.next.value;
  useEffect(() => {
    if (next === null || !end.current) return undefined;
    const observer = new IntersectionObserver(([entry]) => {
      if (entry.isIntersecting) search.more();
    });
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [search, next]);
  return next !== null && html`<p class="directory-more" ref=${end}></p>`;
}
