/** Where one writes: Enter sends, Shift+Enter breaks, ↑ edits the last; the draft survives a reload. */

import { formatDuration, secondsUntil } from "../lib/format.js";
import { gettext, ngettext } from "../lib/i18n.js";
import { mayModerate, slowUntil } from "../lib/rights.js";
import { meantBy } from "../lib/slash.js";
import { countCharacters, isVisible } from "../lib/text.js";
import { useLayoutEffect, useRef } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { chat, posted, say } from "./chat.js";
import { useLasting, useNow } from "./clock.js";
import { Completing } from "./completing.js";
import { edit } from "./editing.js";
import { fit } from "./fit.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { load } from "./loading.js";
import { linkByPaste, markByKey, MarksBar, MarksButton } from "./marks.js";
import { Answering } from "./quote.js";
import { reason } from "./reason.js";
import { isNarrow } from "./route.js";
import { SendLater } from "./send-later.js";
import { Typing } from "./typing.js";

export function Composer({ room }) {
  const field = useRef(null);
  const count = useSignal(0);
  const empty = useSignal(true);
  const touched = useRef(false);
  const running = useRef(false);
  /** What is said to whoever writes here, and to nobody else. */
  const aside = useSignal(/** @type {any} */ (null));
  const info = room.info.value;
  const most = chat.store.limits.value.body_characters;
  const over = most ? count.value - most : 0;

  useLayoutEffect(() => {
    touched.current = false;
    field.current.value = room.writing.text.peek() ?? "";
    measure();
    // Not on a phone: its keyboard would cover what one came to read.
    const { current } = field;
    if (!isNarrow.peek() && isFree(document.activeElement)) current.focus({ preventScroll: true });
    // Nobody may write here any more: who was about to is told so.
    return () => {
      if (document.activeElement === current) queueMicrotask(() => document.getElementById("no-composer")?.focus({ preventScroll: true }));
    };
  }, [room]);

  // A draft that was read late never stands over what has been written, or taken away, since.
  const draft = room.writing.text.value;
  useLayoutEffect(() => {
    if (draft && !field.current.value && !touched.current) {
      field.current.value = draft;
      measure();
    }
  }, [draft]);

  const replaced = room.writing.replaced.value;
  useLayoutEffect(() => {
    if (replaced === 0) return;
    field.current.value = room.writing.text.peek();
    measure();
  }, [replaced]);

  function measure() {
    const text = field.current.value;
    count.value = countCharacters(text);
    empty.value = !isVisible(text);
    fit(field.current);
  }

  function written() {
    touched.current = true;
    measure();
    room.writing.write(field.current.value);
    if (!empty.value) room.writes();
  }

  function send(event) {
    event?.preventDefault();
    const text = field.current.value;
    if (!isVisible(text) || over > 0) return;
    aside.value = null;
    const meant = meantBy(text);
    if ("name" in meant) run(text, meant);
    else post(text, meant.body);
  }

  /** What is written stays until the command is done. */
  async function run(text, meant) {
    if (running.current) return;
    running.current = true;
    try {
      const { runCommand } = await load().catch(() => Promise.reject({ code: "offline" }));
      const answer = await runCommand(room, meant);
      if (answer.refused) aside.value = answer.refused;
      else if (room.writing.text.peek() === text) room.writing.replace("");
      if (answer.aside) aside.value = answer.aside;
      if (answer.post) post(text, answer.post);
    } catch (failure) {
      say(reason(failure));
    } finally {
      running.current = false;
    }
  }

  /** @param {string} text that stood in the field @param {string} body what it means */
  async function post(text, body) {
    const answer = room.writing.answer.peek();
    field.current.value = "";
    written();
    room.writing.endAnswer();
    field.current.focus({ preventScroll: true });
    try {
      if (room.timeline.peek()?.atEnd === false) await room.loadNewest().catch(() => {});
      posted.value += 1;
      await room.post(body, { answer });
    } catch (failure) {
      // It was not even kept: give the words back.
      field.current.value = text + (field.current.value ? `\n${field.current.value}` : "");
      written();
      if (answer !== null) room.writing.startAnswer(answer);
      say(reason(failure));
    }
  }

  /** The same at another time; where that is refused, the words are still there. */
  async function later(at) {
    const body = field.current.value;
    const { sendLater } = await load();
    if (!isVisible(body) || !(await sendLater(room, { body, at, answer: room.writing.answer.peek() }))) return;
    room.writing.endAnswer();
    if (field.current.value !== body) return;
    field.current.value = "";
    written();
  }

  function pressed(event) {
    if (markByKey(event)) return;
    if (event.key === "Enter" && !event.shiftKey) send(event);
    else if (event.key === "Escape" && aside.value !== null) {
      event.preventDefault();
      aside.value = null;
    } else if (event.key === "Escape" && room.writing.answer.peek() !== null) {
      event.preventDefault();
      room.writing.endAnswer();
    } else if (event.key === "ArrowUp" && !field.current.value) {
      const last = lastOfMine(room);
      if (!last) return;
      event.preventDefault();
      editLast(last);
    }
  }

  /** The message comes into sight before it opens: the end of the room may not even be loaded. */
  async function editLast(last) {
    if (room.timeline.peek()?.atEnd === false) await room.loadNewest().catch(() => {});
    edit(room, lastOfMine(room) ?? last);
  }

  function dontAnswer() {
    room.writing.endAnswer();
    field.current.focus({ preventScroll: true });
  }

  const answered = room.writing.answer.value;
  const label = gettext("Message {room}", { room: info.name });
  return html`<form class="composer" onSubmit=${send}>
    <div role="status">${aside.value !== null && html`<${Aside} said=${aside.value} close=${() => (aside.value = null)} />`}</div>
    <div class="composer-field">
      ${answered !== null && html`<${Answering} key=${answered} room=${room} number=${answered} onCancel=${dontAnswer} />`}
      <${MarksBar} field=${field} />
      <textarea
        id="composer"
        ref=${field}
        rows="1"
        enterkeyhint="send"
        placeholder=${label}
        aria-label=${label}
        aria-describedby="composer-count"
        aria-invalid=${over > 0 ? "true" : undefined}
        onInput=${written}
        onKeyDown=${pressed}
        onPaste=${linkByPaste}
      ></textarea>
      <${Completing} field=${field} room=${room} />
      <${MarksButton} />
      <${SendLater} disabled=${empty.value || over > 0} send=${later} />
      <button class="send" type="submit" aria-label=${gettext("Send")} title=${gettext("Send")} disabled=${empty.value || over > 0}><${Icon} name="send" flip /></button>
    </div>
    <div class="composer-foot">
      <${Typing} room=${room} />
      <p class=${over > 0 ? "composer-count over" : "composer-count"} id="composer-count" role="status">
        ${over > 0
          ? ngettext("{count} character too long", "{count} characters too long", over)
          : most && count.value > most * 0.9
            ? ngettext("{count} character left", "{count} characters left", most - count.value)
            : html`<${Held} room=${room} />`}
      </p>
    </div>
  </form>`;
}

function Aside({ said, close }) {
  return html`<div class="aside">
    <div class="aside-said" dir="auto" tabindex="0">${said}</div>
    <span class="hint">${gettext("Only you see this.")}</span>
    <button class="icon-button" type="button" aria-label=${gettext("Close")} onClick=${close}><${Icon} name="close" /></button>
  </div>`;
}

/** A rate limit, or a slow room, holds the queue: say until when. A wait that is over at once is not worth a word. */
function Held({ room }) {
  const until = Math.max(0, ...room.pending.value.map((pending) => pending.holdUntil ?? 0));
  const slow = room.info.value.slow_mode && !mayModerate(room.standing) ? slowUntil(room.standing, lastOfMine(room)?.at) : null;
  const now = useNow(until > 0 || slow > 0);
  // Between two messages of a queue nothing is held for a moment.
  const lasting = useLasting(until > 0, 300, 1000);
  const seconds = until ? secondsUntil(until, now) : 0;
  if (slow !== null) return html`<${Slow} info=${room.info.value} seconds=${secondsUntil(Math.max(until, slow), now)} waits=${until > 0} />`;
  return lasting ? ngettext("A little slower, please. The next message goes out in {count} s.", "A little slower, please. The next message goes out in {count} s.", Math.max(seconds, 1)) : null;
}

/** A slow room: when one may write again. What is written meanwhile goes out by itself. */
function Slow({ info, seconds, waits }) {
  if (seconds === 0) return gettext("Slow: one message every {time}.", { time: formatDuration(info.slow_mode) });
  const time = formatDuration(seconds);
  return waits ? gettext("Slow: the next message goes out in {time}.", { time }) : gettext("Slow: you can write again in {time}.", { time });
}

/** Whether the focus may be taken: it is nowhere, or at the rooms and has done its work there. */
function isFree(element) {
  return element === null || element === document.body || element.closest(".sidebar") !== null;
}

function lastOfMine(room) {
  const messages = room.timeline.peek()?.messages ?? [];
  for (let i = messages.length - 1; i >= 0; i -= 1) if (room.mayEdit(messages[i])) return messages[i];
  return null;
}
