/** Signing out erases what this device kept: it asks first, and says what would be lost. */

import { gettext, ngettext } from "../lib/i18n.js";
import { useState } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { chat } from "./chat.js";
import { Dialog } from "./dialog.js";
import { html } from "./html.js";
import { closeDialog } from "./overlays.js";
import { signOut } from "./site.js";

export function SignOutDialog() {
  const failure = useSignal("");
  const busy = useSignal(false);
  const unsent = chat.store.unsent.value;
  // As it was when it was asked: while one signs out, one is nobody any more.
  const [guest] = useState(chat.store.me.peek()?.kind !== "user");
  const erased = guest
    ? gettext("You are a guest: nobody can be this guest again. What this device kept is erased.")
    : gettext("What this device kept is erased. Your messages stay on the server.");

  async function leave() {
    busy.value = true;
    failure.value = "";
    try {
      await signOut();
    } catch {
      busy.value = false;
      failure.value = gettext("There is no connection, so you can't be signed out now. Nothing was erased.");
    }
  }

  return html`<${Dialog} title=${gettext("Sign out?")} name="sign-out">
    ${unsent > 0 && html`<p class="warning">${ngettext("{count} message was not sent yet and would be lost.", "{count} messages were not sent yet and would be lost.", unsent)}</p>`}
    <p>${erased}</p>
    ${failure.value && html`<p class="form-error" role="alert">${failure.value}</p>`}
    <div class="dialog-foot">
      <button class="button quiet" type="button" data-autofocus onClick=${closeDialog}>${gettext("Cancel")}</button>
      <button class="button danger" type="button" disabled=${busy.value} onClick=${leave}>
        ${unsent > 0 ? gettext("Discard and sign out") : gettext("Sign out")}
      </button>
    </div>
  <//>`;
}
