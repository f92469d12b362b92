/** What one writes behind a stroke: the page's own commands in a table, then those that the site adds. */

import { gettext } from "../lib/i18n.js";
import { chat } from "./chat.js";
import { enterRoom } from "./current.js";
import { html } from "./html.js";
import { reason } from "./reason.js";
import { askToLeave } from "./room-ways.js";
import { go, placeAt } from "./route.js";

/**
 * `aside`: is said to whoever wrote it, and to nobody else; `refused`: so, and what was written stays; `post`: becomes a message.
 * @typedef {{aside?: any, refused?: any, post?: string}} Answer
 * `takes`: what stands behind its name; `may`: whether it is of use here.
 * @typedef {{name: string, takes?: () => string, help: () => string, may?: (room: any) => boolean, run: (room: any, text: string) => Answer|void|Promise<Answer|void>}} Own
 */

/** @type {Own[]} */
const own = [
  { name: "me", takes: () => gettext("what you do"), help: () => gettext("Say what you do: your name, then this."), run: (room, text) => needs(text, () => ({ post: `/me ${text}` })) },
  { name: "topic", takes: () => gettext("topic"), help: () => gettext("Set the room's topic; alone it shows it."), run: setTopic },
  { name: "nick", takes: () => gettext("name"), help: () => gettext("Be called otherwise, everywhere."), run: (room, text) => needs(text, () => beCalled(text)) },
  { name: "join", takes: () => gettext("room"), help: () => gettext("Go into a room, or start one."), run: (room, text) => needs(text, () => join(text)) },
  { name: "leave", help: () => gettext("Leave this room."), may: (room) => room.membership.value !== null, run: (room) => askToLeave(room) },
  { name: "invite", takes: () => "@…", help: () => gettext("Bring people into this room."), run: (room, text) => needs(text, () => invite(room, text)) },
  { name: "msg", takes: () => gettext("@… message"), help: () => gettext("Write to somebody, between you two."), run: (room, text) => needs(text, () => write(text)) },
  { name: "shrug", takes: () => gettext("message"), help: () => "¯\\_(ツ)_/¯", run: (room, text) => ({ post: `${text} ¯\\_(ツ)_/¯`.trim() }) },
  { name: "help", help: () => gettext("This list"), run: showAll },
];

/** Carries out what was written in this room. Rejects with a refusal. @param {any} room @param {{name: string, text: string}} meant @returns {Promise<Answer>} */
export async function runCommand(room, { name, text }) {
  const mine = own.find((one) => one.name === name);
  if (mine) return /** @type {any} */ (await mine.run(room, text)) ?? {};
  try {
    const { text: said } = await chat.store.runCommand(room, name, text);
    return said ? { aside: said } : {};
  } catch (failure) {
    if (failure.code !== "not_found" || failure.field !== "name") throw failure;
    return { refused: gettext("There is no command /{name}. /help shows them all; a message that begins with / is written with two.", { name }) };
  }
}

/** All that can be written here, as `/name`, with what stands behind it and what it does. @returns {Promise<{name: string, takes: string, help: string}[]>} */
export async function commandsIn(room) {
  const here = own.filter(({ may }) => may?.(room) ?? true).map(({ name, takes, help }) => ({ name, takes: takes?.() ?? "", help: help() }));
  return [...here, ...(await siteCommands()).map(({ name, help }) => ({ name, takes: "", help }))];
}

/** Those of the site, as long as the page lives; without a connection none. */
let asked = null;
function siteCommands() {
  asked ??= chat.store.siteCommands();
  return asked.catch(() => ((asked = null), []));
}

async function showAll(room) {
  const all = await commandsIn(room);
  return { aside: html`<dl>${all.map(({ name, takes, help }) => html`<dt key=${name}>/${name} ${takes}</dt><dd>${help}</dd>`)}</dl>` };
}

function needs(text, run) {
  return text ? run() : { refused: gettext("Write behind it what is meant; /help shows how.") };
}

async function setTopic(room, text) {
  const { topic } = room.info.peek();
  if (!text) return { aside: topic || gettext("This room has no topic.") };
  return void (await room.configure({ topic: text }));
}

async function beCalled(name) {
  try {
    await chat.store.renameMe(name);
  } catch (failure) {
    if (failure.code === "name_taken") return { refused: gettext("Somebody with an account is called that here. Choose another name, or sign in if it is you.") };
    if (failure.code === "invalid") return { refused: gettext("That can't be a name. Use letters, digits or an emoji, and nothing invisible.") };
    return { refused: reason(failure) };
  }
  return { aside: gettext("You are called {name} now.", { name: chat.store.me.peek().name }) };
}

/** The room by its name, or by the link that completing it gave. */
async function join(text) {
  const place = placeAt(/\((\S+)\)$/.exec(text)?.[1] ?? "");
  if (place) go(place.slug);
  else await enterRoom(text.replace(/^#/, ""));
}

async function invite(room, text) {
  const handles = text.split(/[\s,]+/u).filter(Boolean);
  const people = await Promise.all(handles.map(personOf));
  const missing = handles.filter((_, index) => !people[index]);
  if (missing.length > 0) return { refused: nobody(missing.join(" ")) };
  await room.invite(people.map(({ id }) => id));
  return { aside: gettext("Brought in: {names}.", { names: people.map(({ name }) => name).join(", ") }) };
}

async function write(text) {
  const [, handle, message] = /^(\S+)\s*([^]*)$/u.exec(text) ?? [];
  const person = await personOf(handle);
  if (!person) return { refused: nobody(handle) };
  const { room } = await chat.store.converse([person.id]);
  go(room.info.peek().slug);
  return message ? void (await room.post(message)) : undefined;
}

function nobody(handles) {
  return gettext("Nobody here has this handle: {handles}", { handles });
}

/** Whom a handle names, with or without its sign: one who is known, or else whom the server finds. */
async function personOf(text) {
  const handle = text.replace(/^@/, "").toLowerCase();
  const named = (people) => people.find((person) => person.handle.toLowerCase() === handle);
  const known = named(chat.store.people());
  if (known) return known;
  const search = chat.store.searchPeople();
  await search.now(handle);
  if (search.failure.peek()) throw search.failure.peek();
  return named(search.found.peek() ?? []);
}
