/** The timeline of a room: endless both ways, and it never jumps. */

import { gettext } from "../lib/i18n.js";
import { useEffect, useLayoutEffect, useRef } from "../vendor/preact-hooks.js";
import { effect, untracked } from "../vendor/signals-core.js";
import { useSignal } from "../vendor/signals.js";
import { attended, posted } from "./chat.js";
import { useLasting } from "./clock.js";
import { html } from "./html.js";
import { JumpPill } from "./jump-pill.js";
import { Row } from "./row.js";
import { ScrollKeeper } from "./scroll.js";
import { Beginning, EmptyRoom } from "./beginning.js";
import { useRoving } from "./roving.js";
import { leaveMessage } from "./route.js";

const AHEAD = 1500; // px from an end of what is loaded at which more is fetched
const MOST = 250; // messages; past it the far end is dropped, so that no page comes to 300
const KEPT = 100; // messages that stay on either side of the screen

export function Timeline({ room }) {
  const scroller = useRef(null);
  const keeper = useRef(null);
  const shown = useRef({ target: undefined });
  const away = useSignal(false);
  const rows = room.rows.value;
  const editing = room.writing.edit.value;
  const timeline = room.timeline.value;
  const waiting = useLasting(timeline === null, 300);
  const roving = useRoving(room);
  const target = room.target.value;
  const flashed = target?.at === "message" ? target.number : null;

  useLayoutEffect(() => {
    const made = new ScrollKeeper(scroller.current, {
      ends: () => room.timeline.peek()?.atEnd ?? false,
      limits: () => [room.writing.edit.peek()?.number, attended.peek() ? null : room.firstUnread],
      moved: () => look(room, made, away),
    });
    keeper.current = made;
    return () => made.stop();
  }, [room]);

  useLayoutEffect(() => {
    if (timeline === null) return;
    roving.settle(scroller.current);
    place(keeper.current, shown.current, target);
  });

  useEffect(() => {
    // Read is what is visible in a window that somebody looks at: also when they come back to it.
    const stop = effect(() => {
      if (attended.value) look(room, keeper.current, away);
    });
    return stop;
  }, [room]);

  useEffect(() => {
    const before = posted.peek();
    const stop = effect(() => {
      if (posted.value === before) return;
      keeper.current?.toEnd();
      untracked(leaveMessage);
    });
    return stop;
  }, [room]);

  function toEnd() {
    leaveMessage();
    return room.loadNewest().catch(() => {}); // `failure` shows it
  }

  const empty = timeline !== null && timeline.atStart && timeline.atEnd && rows.every((row) => row.kind === "notice" || row.kind === "day");
  return html`
    <div class="timeline-frame">
      <div class="timeline" ref=${scroller} role="region" aria-label=${gettext("Messages")} tabindex=${rows.length ? undefined : "0"}>
        <div class="timeline-content">
          ${waiting && html`<p class="timeline-wait">${gettext("Loading…")}</p>`}
          ${timeline?.atStart && !empty && html`<${Beginning} room=${room} />`}
          ${empty && html`<${EmptyRoom} room=${room} />`}
          ${timeline && !timeline.atStart && html`<${More} room=${room} load=${() => room.loadBefore()} />`}
          <ol data-rows class="rows" onKeyDown=${roving.pressed} onFocusIn=${roving.focused}>
            ${rows.map(
              (row) => html`<${Row}
                key=${row.key}
                id=${row.key}
                room=${room}
                kind=${row.kind}
                at=${row.at}
                message=${row.message}
                notice=${row.notice}
                pending=${row.pending}
                first=${row.first}
                mine=${row.mine}
                newest=${row.newest}
                editing=${row.kind === "message" && editing?.number === row.message.number ? editing : null}
                flashed=${row.kind === "message" && row.message.number === flashed}
              />`,
            )}
          </ol>
          ${timeline && !timeline.atEnd && html`<${More} room=${room} load=${() => room.loadAfter()} />`}
        </div>
      </div>
      <${JumpPill} room=${room} away=${away} jump=${toEnd} />
    </div>
  `;
}

/** What stands at an end where there is more: it has a fixed height, so that its going moves nothing. */
function More({ room, load }) {
  if (room.failure.value === null) return html`<p class="timeline-more"></p>`;
  return html`<p class="timeline-more">
    <span>${gettext("This part could not be loaded.")}</span>
    <button class="button quiet small" type="button" onClick=${load}>${gettext("Try again")}</button>
  </p>`;
}

/** After each drawing: to where the store says that one should look now, else everything stays where it was. */
function place(keeper, shown, target) {
  const before = shown.target;
  shown.target = target;
  if (target === before) {
    keeper.settle();
    return;
  }
  const line = target?.at === "new" ? keeper.rows.querySelector('[data-kind="new"]') : null;
  const row = line ?? (target?.number ? nearest(keeper.rows, target.number) : null);
  if (!row) {
    keeper.toEnd();
    return;
  }
  keeper.following = false;
  keeper.toRow(row, line ? 0.2 : 0.3);
  // Who changes a message already goes on writing.
  if (target.at === "message" && !document.activeElement?.closest(".editor")) row.focus({ preventScroll: true });
  keeper.moved();
}

/** The row of this message, or of the next one that there is. */
function nearest(rows, number) {
  for (const row of rows.querySelectorAll("[data-number]")) if (Number(row.dataset.number) >= number) return row;
  return rows.querySelector("[data-number]:last-of-type");
}

/** What follows from what is on screen now: more is fetched, the far end is dropped, messages are read. */
function look(room, keeper, away) {
  const timeline = room.timeline.peek();
  if (!keeper || timeline === null || keeper.scroller.clientHeight === 0) return;
  const { scrollTop, scrollHeight, clientHeight } = keeper.scroller;
  const below = scrollHeight - clientHeight - scrollTop;
  if (away) away.value = below > 120 || !timeline.atEnd;
  const visible = keeper.visible();
  if (attended.peek()) read(room, keeper, visible);
  const { before, after, around } = room.loading.peek();
  if (around || room.failure.peek() !== null) return;
  const numbers = visible.map((row) => Number(row.dataset.number)).filter(Boolean);
  if (timeline.messages.length > MOST && numbers.length > 0) {
    const from = Math.max(timeline.from, numbers[0] - KEPT);
    const to = below < AHEAD && timeline.atEnd ? timeline.to : Math.min(timeline.to, numbers[numbers.length - 1] + KEPT);
    // Later: the store must not change while it is being drawn.
    queueMicrotask(() => room.keepOnly(from, to));
  }
  if (!before && !timeline.atStart && scrollTop < AHEAD) queueMicrotask(() => room.loadBefore().catch(() => {}));
  if (!after && !timeline.atEnd && below < AHEAD) queueMicrotask(() => room.loadAfter().catch(() => {}));
}

/** Everything up to the last message whose end can be seen is read. */
function read(room, keeper, visible) {
  const bottom = keeper.top() + keeper.scroller.clientHeight + 1;
  for (let i = visible.length - 1; i >= 0; i -= 1) {
    const number = Number(visible[i].dataset.number);
    if (!number || visible[i].getBoundingClientRect().bottom > bottom) continue;
    if (number > room.lastReadNumber.peek()) queueMicrotask(() => room.markRead(number));
    return;
  }
}
