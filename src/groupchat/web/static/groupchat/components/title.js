/** The window's title and its icon say where one is and how much is unread. */

import { isolate } from "../lib/text.js";
import { effect } from "../vendor/signals-core.js";
import { chat } from "./chat.js";
import { current } from "./current.js";

export function startTitle() {
  const link = /** @type {HTMLLinkElement|null} */ (document.querySelector('link[rel="icon"]'));
  const plain = link?.href;
  let badge = null;
  effect(() => {
    const unread = chat.store.unread.value;
    const name = current.value.room?.info.value?.name;
    document.title = `${unread > 0 ? `(${unread > 999 ? "999+" : unread}) ` : ""}${name ? `${isolate(name)} · ` : ""}${chat.page.site}`;
  });
  effect(() => {
    const some = chat.store.unread.value > 0;
    if (!link || some === badge) return;
    badge = some;
    if (!some) link.href = plain;
    else draw(plain).then((data) => badge && (link.href = data), () => {});
  });
}

/** The icon with a dot in its corner, as a data address. */
async function draw(plain) {
  const image = new Image(64, 64);
  image.src = plain;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 64;
  const pen = canvas.getContext("2d");
  pen.drawImage(image, 0, 0, 64, 64);
  dot(pen, 19, "#ffffff");
  dot(pen, 15, "#d4442a");
  return canvas.toDataURL("image/png");
}

function dot(pen, radius, colour) {
  pen.beginPath();
  pen.arc(47, 17, radius, 0, Math.PI * 2);
  pen.fillStyle = colour;
  pen.fill();
}
