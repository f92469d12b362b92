/** Who one is, how the page looks, and the way out. */

import { useEffect } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { Avatar } from "./avatar.js";
import { chat, dialog, t } from "./chat.js";
import { Dialog } from "./dialog.js";
import { html } from "./html.js";
import { session } from "./site.js";
import { setTheme, theme } from "./theme.js";

export function MeDialog() {
  const me = chat.store.me.value;
  const guest = me === null || me.kind === "guest";
  const urls = useSignal({});
  useEffect(() => {
    session().then(
      (known) => (urls.value = known),
      () => {},
    );
  }, []);
  return html`<${Dialog} title=${t("me.title")} name="me">
    <div class="me-card">
      <${Avatar} person=${me} size="big" />
      <div>
        <p class="me-name" dir="auto">${me?.name ?? t("you")}</p>
        <p class="hint" dir="auto">${guest ? t("me.guest") : `@${me.handle}`}</p>
      </div>
    </div>
    ${guest && urls.value.sign_up && html`<p class="hint">${t("me.guest.how")} <a href=${backHere(urls.value.sign_up)}>${t("me.sign_up")}</a></p>`}
    <${Theme} />
    <div class="dialog-foot">
      <button class="button quiet" type="button" onClick=${() => (dialog.value = { kind: "keys" })}>${t("keys.title")}</button>
      <button class="button quiet" type="button" onClick=${() => (dialog.value = { kind: "sign-out" })}>${t("sign_out")}</button>
    </div>
  <//>`;
}

/** The address of a page that leads back to where one is now. */
function backHere(address) {
  const url = new URL(address, location.href);
  url.searchParams.set("next", location.pathname);
  return url.href;
}

function Theme() {
  return html`<fieldset class="theme">
    <legend>${t("theme")}</legend>
    ${["system", "light", "dark"].map(
      (name) => html`<label key=${name}>
        <input type="radio" name="theme" value=${name} checked=${theme.value === name} onChange=${() => setTheme(name)} />
        <span>${t(`theme.${name}`)}</span>
      </label>`,
    )}
  </fieldset>`;
}
