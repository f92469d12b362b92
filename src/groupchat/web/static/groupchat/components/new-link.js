/** An invite link that was just made, the only time that its address is there: to be copied, shown to a phone, printed. */

import { gettext } from "../lib/i18n.js";
import { useEffect, useRef } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { chat, say } from "./chat.js";
import { html } from "./html.js";
import { inviteCode, printInvite } from "./site.js";

/** @param {{token: string}} props */
export function NewLink({ token }) {
  const address = new URL(`${chat.page.join}${token}/`, location.href).href;
  const field = useRef(null);
  const code = useSignal(/** @type {{size: number, path: string}|null} */ (null));

  async function copy() {
    field.current.select();
    try {
      await navigator.clipboard.writeText(address);
      say(gettext("Copied."));
    } catch {
      say(gettext("It is selected: copy it with the keyboard.")); // over plain HTTP a browser lets no page do it
    }
  }

  useEffect(() => {
    field.current.focus();
    code.value = null;
    inviteCode(token).then(
      (found) => (code.value = found),
      () => {}, // the address is there without it
    );
  }, [token]);

  return html`<section class="new-link" aria-label=${gettext("The new link")}>
    <div class="field">
      <label for="new-link">${gettext("Whoever has this link comes in")}</label>
      <input id="new-link" ref=${field} readonly dir="ltr" value=${address} onFocus=${(event) => event.currentTarget.select()} aria-describedby="new-link-hint" />
      <p class="hint" id="new-link-hint">${gettext("It is shown this once. Later you can only end it.")}</p>
    </div>
    <div class="buttons">
      <button class="button" type="button" onClick=${copy}>${gettext("Copy")}</button>
      <button class="button quiet" type="button" onClick=${() => void printInvite(token).catch(() => say(gettext("The server could not be reached.")))}>${gettext("Page to print")}</button>
    </div>
    ${code.value &&
    html`<svg class="new-link-code" viewBox=${`0 0 ${code.value.size} ${code.value.size}`} role="img" aria-label=${gettext("QR code of the link")} shape-rendering="crispEdges">
      <path class="code-paper" d=${`M0 0h${code.value.size}v${code.value.size}H0z`} /><path d=${code.value.path} />
    </svg>`}
  </section>`;
}
