/** What completes each sign: where it is looked for, how it looks in the list, and what stands in the text then. */

import { best, linkToRoom } from "../lib/completing.js";
import { findEmoji, toned } from "../lib/emoji.js";
import { gettext } from "../lib/i18n.js";
import { ignore } from "../lib/ignore.js";
import { isConversation } from "../lib/rights.js";
import { useEffect, useRef } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { Avatar } from "./avatar.js";
import { chat } from "./chat.js";
import { commandsIn } from "./commands.js";
import { useConnected } from "./connected.js";
import { emojiList, loadEmoji, skinTone, useEmoji } from "./emoji.js";
import { html } from "./html.js";
import { KindOfPerson } from "./kind-of-person.js";
import { RoomIcon } from "./room-icon.js";
import { inOrder } from "./room-list.js";
import { addressOf } from "./route.js";

const MOST = 8;

/**
 * `insert`: what stands in the place of what was begun; `taken`: what else is done then.
 * @typedef {{key: string, insert: string, show: () => any, taken?: () => void}} Choice
 * @typedef {{query: string, room: any, show: (choices: Choice[]) => any}} Props
 */

/** @type {Object<string, {Kind: (props: Props) => any, label: () => string}>} */
export const kinds = {
  "@": { Kind: People, label: () => gettext("People") },
  "#": { Kind: Rooms, label: () => gettext("Rooms") },
  ":": { Kind: Emoji, label: () => gettext("Emoji") },
  "/": { Kind: Commands, label: () => gettext("Commands") },
};

/** Those of the room first, who wrote last before the others; then everybody whom the server finds. @param {Props} props */
function People({ query, room, show }) {
  useSearch(() => chat.store.searchPeople(), query);
  useEffect(() => void room.loadMembers().catch(ignore), [room]);
  const { here, isMember } = peopleIn(room);
  const me = chat.store.me.value?.id;
  const blocked = chat.store.blocks.value;
  const all = new Set([...here, ...chat.store.people()]);
  const free = [...all].filter((person) => person && person.id !== me && !blocked.has(person.id));
  const people = best(free, query, (person) => [person.name, person.handle], MOST, (person) => Number(isMember(person)));
  return show(
    people.map((person) => ({
      key: String(person.id),
      insert: `@${person.handle} `,
      show: () => html`<${Avatar} person=${person} size="small" />
        <span class="completion-name" dir="auto">${person.name}</span>
        <bdi class="completion-more">@${person.handle}</bdi>
        <${KindOfPerson} kind=${person.kind} />
        ${!isMember(person) && html`<span class="tag faint">${gettext("not in this room")}</span>`}`,
    })),
  );
}

/** Whom one knows to be in a room: who wrote last stands first. While not all of its members are here, who wrote counts as one. */
function peopleIn(room) {
  const members = room.members.value;
  const joined = new Set(members?.people.map(({ person }) => person));
  const authors = (room.timeline.value?.messages ?? []).map(({ author }) => author).reverse();
  const ids = new Set([...authors, ...joined]);
  const isMember = members?.complete ? ({ id }) => joined.has(id) : ({ id }) => ids.has(id);
  return { here: [...ids].map((id) => chat.store.person(id).value), isMember };
}

/** One's own first, in their order; then open ones that the server finds. @param {Props} props */
function Rooms({ query, show }) {
  const found = useSearch(() => chat.store.searchRooms(MOST), query) ?? [];
  const own = [...inOrder.value, ...chat.store.rooms.value].map((room) => room.info.value);
  const infos = new Map();
  for (const info of [...own, ...found.map(({ room }) => room)]) if (!isConversation(info) && !infos.has(info.slug)) infos.set(info.slug, info);
  const mine = new Set(own.map(({ slug }) => slug));
  const rooms = best(infos.values(), query, (info) => [info.name], MOST, (info) => Number(mine.has(info.slug)));
  return show(
    rooms.map((info) => ({
      key: info.slug,
      insert: `${linkToRoom(info.name, new URL(addressOf(info.slug), location.href).href)} `,
      show: () => html`<${RoomIcon} info=${info} /><span class="completion-name" dir="auto">${info.name}</span><span class="completion-more" dir="auto">${info.topic}</span>`,
    })),
  );
}

/** @param {Props} props */
function Emoji({ query, show }) {
  useEffect(() => void loadEmoji().catch(ignore), []);
  const list = emojiList.value;
  if (!list) return null;
  const all = list.groups.flatMap(([, entries]) => entries);
  const entries = [...new Set([...findEmoji(list, query), ...best(all, query, (entry) => [entry[1]], MOST)])].slice(0, MOST);
  return show(
    entries.map((entry) => {
      const emoji = toned(entry, skinTone.value);
      return {
        key: entry[0],
        insert: emoji,
        taken: () => useEmoji(emoji),
        show: () => html`<span class="completion-emoji" aria-hidden="true">${emoji}</span><span class="completion-name" dir="auto">${entry[1]}</span>`,
      };
    }),
  );
}

/** @param {Props} props */
function Commands({ query, room, show }) {
  const all = useSignal([]);
  useEffect(() => void commandsIn(room).then((found) => (all.value = found)), [room]);
  const commands = best(all.value, query, ({ name }) => [name], Infinity);
  return show(
    commands.map(({ name, takes, help }) => ({
      key: name,
      insert: `/${name} `,
      show: () => html`<span class="completion-name">/${name}</span><span class="completion-takes" dir="auto">${takes}</span><span class="completion-more" dir="auto">${help}</span>`,
    })),
  );
}

/** What the server finds for what was typed, as it comes; nothing without a connection, or before a letter. */
function useSearch(start, query) {
  const search = useRef(/** @type {any} */ (null));
  const connected = useConnected();
  search.current ??= start();
  useEffect(() => {
    if (connected && query) search.current.wants(query);
  }, [connected, query]);
  useEffect(() => () => search.current.forget(), []);
  return search.current.found.value;
}
