/** What comes over HTTP: the public rooms of the site, and the way out of the session. */

import { chat } from "./chat.js";
import { LAST_ROOM } from "./current.js";
import { keep } from "./device.js";
import { forgetEmoji } from "./emoji.js";

/** Public rooms that are lively now: [{slug, name, topic}]; an empty list where they can't be had. */
export async function publicRooms() {
  try {
    const response = await fetch(chat.page.publicRooms, { headers: { accept: "application/json" } });
    return response.ok ? (await response.json()).rooms : [];
  } catch {
    return [];
  }
}

/** {csrf, sign_in, sign_up, account: {password?, email?}}; rejects where the server can't be reached. */
export async function session() {
  const response = await fetch(chat.page.session, { headers: { accept: "application/json" }, cache: "no-store" });
  if (!response.ok) throw new Error(`The session could not be read: ${response.status}.`);
  return response.json();
}

/** Leave: first what this device kept, then the session. Rejects, with nothing changed, where the server can't be reached. */
export async function signOut() {
  const { csrf } = await session();
  await chat.store.signOut();
  keep(LAST_ROOM, null);
  forgetEmoji();
  send(chat.page.signOut, { csrfmiddlewaretoken: csrf });
}

/** The invite link with this secret as a picture: {size, path}; rejects where there is none to be had. @param {string} token */
export async function inviteCode(token) {
  const { csrf } = await session();
  const response = await fetch(`${chat.page.join}qr/`, { method: "POST", headers: { "x-csrftoken": csrf }, body: new URLSearchParams({ token }) });
  if (!response.ok) throw new Error(`There is no picture: ${response.status}.`);
  return response.json();
}

/** A page of it to be printed, beside this one. @param {string} token */
export async function printInvite(token) {
  const { csrf } = await session();
  send(`${chat.page.join}card/`, { csrfmiddlewaretoken: csrf, token }, "_blank");
}

/** As a form does, so that no address and no log has it. @param {string} action @param {Record<string, string>} fields */
function send(action, fields, target = "") {
  const form = document.createElement("form");
  Object.assign(form, { method: "post", action, target });
  for (const [name, value] of Object.entries(fields)) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    form.append(field);
  }
  document.body.append(form);
  form.submit();
  form.remove();
}
