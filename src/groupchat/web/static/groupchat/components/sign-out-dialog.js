/** Signing out erases what this device kept: it asks first, and says what would be lost. */

import { useSignal } from "../vendor/signals.js";
import { chat, t } from "./chat.js";
import { closeDialog, Dialog } from "./dialog.js";
import { html } from "./html.js";
import { signOut } from "./site.js";

export function SignOutDialog() {
  const failure = useSignal("");
  const busy = useSignal(false);
  const unsent = chat.store.unsent.value;
  const guest = chat.store.me.value?.kind !== "user";

  async function leave() {
    busy.value = true;
    failure.value = "";
    try {
      await signOut();
    } catch {
      busy.value = false;
      failure.value = t("sign_out.offline");
    }
  }

  return html`<${Dialog} title=${t("sign_out.title")} name="sign-out">
    ${unsent > 0 && html`<p class="warning">${t("sign_out.unsent", { count: unsent })}</p>`}
    <p>${t(guest ? "sign_out.guest" : "sign_out.what")}</p>
    ${failure.value && html`<p class="form-error" role="alert">${failure.value}</p>`}
    <div class="dialog-foot">
      <button class="button quiet" type="button" data-autofocus onClick=${closeDialog}>${t("cancel")}</button>
      <button class="button danger" type="button" disabled=${busy.value} onClick=${leave}>
        ${unsent > 0 ? t("sign_out.discard") : t("sign_out")}
      </button>
    </div>
  <//>`;
}
