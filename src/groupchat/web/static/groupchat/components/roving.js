/** One stop of the Tab key for the whole timeline; the arrows walk through the messages, letters act on one. */

import { useRef } from "../vendor/preact-hooks.js";
import { messageTools } from "./message-tools.js";

/** @param {any} room @param {() => ReadonlyArray<any>} [messages] those among which one walks, where they are not the timeline's */
export function useRoving(room, messages = () => room.timeline.peek()?.messages ?? []) {
  const state = useRef(null);
  state.current ??= makeRoving();
  state.current.room = room;
  state.current.messages = messages;
  return state.current;
}

function makeRoving() {
  const roving = {
    room: null,
    messages: /** @type {() => ReadonlyArray<any>} */ (() => []),
    key: null, // of the row that Tab goes to

    /** After each drawing: exactly one row can be reached by Tab. */
    settle(scroller) {
      const rows = stops(scroller.querySelector("[data-rows]"));
      const chosen = rows.find((row) => row.dataset.key === roving.key) ?? rows[rows.length - 1];
      for (const row of rows) if (row.tabIndex === 0 && row !== chosen) row.tabIndex = -1;
      if (chosen) chosen.tabIndex = 0;
    },

    focused(event) {
      const row = event.target.closest("[data-stop]");
      if (!row || row.dataset.key === roving.key) return;
      roving.key = row.dataset.key;
      for (const other of stops(row.closest("[data-rows]"))) other.tabIndex = other === row ? 0 : -1;
    },

    pressed(event) {
      const row = event.target;
      if (!row.matches?.("[data-stop]") || event.altKey || event.ctrlKey || event.metaKey) return;
      const rows = stops(row.closest("[data-rows]"));
      const at = rows.indexOf(row);
      const steps = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: rows.length - 1 };
      if (event.key in steps) {
        event.preventDefault();
        const next = rows[steps[event.key]];
        if (next) next.focus();
        else if (event.key === "ArrowDown") document.getElementById("composer")?.focus();
        next?.scrollIntoView({ block: "nearest" });
        return;
      }
      const message = messageOf(row);
      if (!message) return;
      const tool = messageTools.find(({ keys, may }) => keys?.includes(event.key) && may(roving.room, message));
      if (!tool) return;
      event.preventDefault();
      tool.run(roving.room, message);
    },
  };

  function messageOf(row) {
    const number = Number(row.dataset.number);
    return roving.messages().find((message) => message.number === number);
  }

  return roving;
}

function stops(list) {
  return [...list.querySelectorAll("[data-stop]")];
}
