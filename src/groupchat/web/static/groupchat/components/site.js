/** What comes over HTTP: the public rooms of the site, and the way out of the session. */

import { chat } from "./chat.js";
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
  try {
    localStorage.removeItem("groupchat-last-room");
  } catch {
    // No storage, nothing kept.
  }
  forgetEmoji();
  const form = document.createElement("form");
  form.method = "post";
  form.action = chat.page.signOut;
  const field = document.createElement("input");
  field.type = "hidden";
  field.name = "csrfmiddlewaretoken";
  field.value = csrf;
  form.append(field);
  document.body.append(form);
  form.submit();
}
