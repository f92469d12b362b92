/** A picture of somebody or of a room. Its place is there before it comes; what stands beside it says whose it is. */

import { chat } from "./chat.js";
import { html } from "./html.js";

/** @param {{of: string, big?: boolean}} props */
export function Picture({ of, big = false }) {
  return html`<img class="picture" src=${`${chat.page.pictures}${of}/${big ? 256 : 64}.webp`} alt="" loading="lazy" decoding="async" draggable=${false} />`;
}
