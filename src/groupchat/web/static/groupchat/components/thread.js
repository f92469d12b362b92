/** All answers to one message, beside the timeline: read there without the timeline, and written to. */

import { rowsOf } from "../lib/grouping.js";
import { gettext, ngettext } from "../lib/i18n.js";
import { whyNoWriting } from "../lib/rights.js";
import { useEffect, useLayoutEffect, useRef } from "../vendor/preact-hooks.js";
import { effect } from "../vendor/signals-core.js";
import { useSignal } from "../vendor/signals.js";
import { attended, chat, say } from "./chat.js";
import { html } from "./html.js";
import { Pane } from "./pane.js";
import { reason } from "./reason.js";
import { useRoving } from "./roving.js";
import { Row } from "./row.js";
import { ThreadComposer } from "./thread-composer.js";

const NEAR_THE_END = 60; // px

export function Thread({ room, about }) {
  const list = useRef(null);
  const scroll = useRef({ atEnd: true, begun: false });
  const followed = useSignal(false);
  const newAt = useSignal(/** @type {number|null} */ (null));
  const failure = useSignal(/** @type {any} */ (null));
  const open = room.threads.open.value;
  const messages = open?.messages ?? [];
  const roving = useRoving(room, () => shownIn(room));

  useEffect(() => {
    let stays = true;
    scroll.current = { atEnd: true, begun: false };
    failure.value = null;
    room.threads.show(Number(about)).then(
      (following) => {
        if (stays) followed.value = following;
      },
      (failed) => stays && (failure.value = failed),
    );
    return () => {
      stays = false;
      room.threads.hide();
    };
  }, [room, about]);

  // What is in sight of somebody who looks at this window is read, and nothing else.
  useEffect(() => {
    const body = list.current.closest(".side-body");
    const moved = () => {
      scroll.current.atEnd = body.scrollHeight - body.scrollTop - body.clientHeight < NEAR_THE_END;
      if (attended.peek()) readInSight(room, body);
    };
    body.addEventListener("scroll", moved, { passive: true });
    const stop = effect(() => {
      if (attended.value) readInSight(room, body);
    });
    return () => {
      body.removeEventListener("scroll", moved);
      stop();
    };
  }, [room]);

  useLayoutEffect(() => {
    const body = list.current.closest(".side-body");
    roving.settle(list.current);
    if (open?.loaded && !scroll.current.begun) begin();
    if (scroll.current.atEnd) body.scrollTop = body.scrollHeight;
    if (attended.peek()) queueMicrotask(() => readInSight(room, body));
  });

  // Where the new ones begin, before being in sight makes them read.
  function begin() {
    scroll.current.begun = true;
    newAt.value = room.threads.firstUnread();
    if (newAt.value !== null) scroll.current.atEnd = false;
  }

  const line = newAt.value;
  useLayoutEffect(() => {
    if (line !== null) list.current.querySelector(".new-line")?.scrollIntoView({ block: "nearest" });
  }, [line]);

  async function before() {
    const body = list.current.closest(".side-body");
    const below = body.scrollHeight - body.scrollTop;
    scroll.current.atEnd = false;
    await room.threads.loadBefore().catch((failed) => say(reason(failed)));
    requestAnimationFrame(() => (body.scrollTop = body.scrollHeight - below));
  }

  const me = chat.store.me.value?.id ?? null;
  const numbers = new Set([open?.root, ...messages.map(({ number }) => number)]);
  const pending = room.pending.value.filter(({ answer }) => numbers.has(answer));
  const rows = rowsOf({ messages, notices: [], pending, atEnd: true, newMessagesAt: newAt.value, me });
  const root = open?.message;
  const mayWrite = open?.loaded && room.gone.value === null && whyNoWriting(room.standing) === null;
  return html`<${Pane} title=${gettext("Thread")} close=${gettext("Close the thread")}>
    <div class="thread" ref=${list}>
      ${failure.value && html`<p class="thread-note" role="alert">${reason(failure.value)}</p>`}
      ${open?.loaded && html`<${Head} room=${room} open=${open} followed=${followed} />`}
      <ol class="rows" data-rows onKeyDown=${roving.pressed} onFocusIn=${roving.focused}>
        ${root && html`<${Row} key="root" id="root" kind="message" room=${room} message=${root} first mine=${root.author === me} root=${open.root} />`}
        ${open?.more && html`<li class="thread-before"><button class="button quiet small" type="button" onClick=${before}>${gettext("Show earlier replies")}</button></li>`}
        ${rows.map(({ key, ...row }) => html`<${Row} key=${key} id=${key} room=${room} root=${open.root} ...${row} />`)}
      </ol>
      ${mayWrite && html`<${ThreadComposer} key=${open.root} room=${room} root=${open.root} onSent=${() => sent()} />`}
    </div>
  <//>`;

  /** Who writes there follows it, and wants to see it. */
  function sent() {
    followed.value = true;
    scroll.current.atEnd = true;
  }
}

/** How many there are, and whether one follows them. */
function Head({ room, open, followed }) {
  const isFollowed = room.membership.value !== null && (room.threads.chosen(open.root) ?? followed.value);
  const count = open.message?.thread?.count ?? open.messages.length;

  async function follow() {
    try {
      await room.threads.follow(open.root, !isFollowed);
      followed.value = !isFollowed;
      say(isFollowed ? gettext("You don't follow this thread any more.") : gettext("You follow this thread."));
    } catch (failed) {
      say(reason(failed));
    }
  }

  return html`<div class="thread-head">
    <span>${count > 0 ? ngettext("{count} reply", "{count} replies", count) : gettext("No replies yet")}</span>
    ${room.membership.value !== null &&
    html`<button class="button quiet small" type="button" aria-pressed=${isFollowed ? "true" : "false"} onClick=${follow}>${isFollowed ? gettext("Following") : gettext("Follow")}</button>`}
  </div>`;
}

function shownIn(room) {
  const open = room.threads.open.peek();
  return open?.message ? [open.message, ...open.messages] : (open?.messages ?? []);
}

function readInSight(room, body) {
  const { top, bottom: end } = body.getBoundingClientRect();
  const bottom = body.querySelector(".thread-composer")?.getBoundingClientRect().top ?? end;
  const seen = [...body.querySelectorAll("[data-number]")].filter((row) => {
    const place = row.getBoundingClientRect();
    return place.bottom > top && place.bottom <= bottom + 1;
  });
  room.reading.beyond(seen.map((row) => Number(row.dataset.number)));
}
