/** Who one is, how the page looks, and the way out. */

import { gettext, pgettext } from "../lib/i18n.js";
import { useEffect } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { Avatar } from "./avatar.js";
import { chat } from "./chat.js";
import { Dialog } from "./dialog.js";
import { html } from "./html.js";
import { MyName } from "./my-name.js";
import { openDialog } from "./overlays.js";
import { SiteDoor } from "./site-door.js";
import { session } from "./site.js";
import { isCompact, moreContrast, setCompact, setContrast, setTheme, theme } from "./theme.js";

const themes = [
  { name: "system", label: () => pgettext("appearance", "System") },
  { name: "light", label: () => pgettext("appearance", "Light") },
  { name: "dark", label: () => pgettext("appearance", "Dark") },
];

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
  return html`<${Dialog} title=${gettext("You")} name="me">
    <div class="me-card">
      <${Avatar} person=${me} size="big" />
      <div>
        <p class="me-name" dir="auto">${me?.name ?? gettext("You")}</p>
        <p class="hint" dir="auto">${guest ? gettext("Guest on this device") : `@${me.handle}`}</p>
      </div>
    </div>
    ${guest && urls.value.sign_up && html`<p class="hint">${gettext("An account finds its rooms on all devices, and stays who you are now: your rooms, and what you wrote.")} <a href=${backHere(urls.value.sign_up)}>${gettext("Sign up")}</a></p>`}
    ${me && html`<${MyName} />`}
    ${chat.store.isOwner.value && html`<${ThisChat} />`}
    <${Account} urls=${urls.value.account} settings=${me && urls.value.settings} />
    <${Theme} />
    ${chat.store.isOwner.value && html`<${SiteDoor} />`}
    <div class="dialog-foot">
      <button class="button quiet" type="button" onClick=${() => openDialog({ kind: "keys" })}>${gettext("Keyboard")}</button>
      <button class="button quiet" type="button" onClick=${() => openDialog({ kind: "sign-out" })}>${gettext("Sign out")}</button>
    </div>
  <//>`;
}

/** For those who look after it. */
function ThisChat() {
  return html`<nav class="me-links" aria-label=${gettext("This chat")}>
    <a href=${chat.page.siteSettings}>${gettext("Who may come in, and invitations")}</a>
    <a href=${chat.page.administration}>${gettext("Administration")}</a>
  </nav>`;
}

/** The pages of the site about one's account, as far as it has them. */
function Account({ urls, settings }) {
  if (!settings && !urls?.password && !urls?.email) return null;
  return html`<nav class="me-links" aria-label=${gettext("Account")}>
    ${settings && html`<a href=${settings}>${gettext("All settings")}</a>`}
    ${urls?.password && html`<a href=${urls.password}>${gettext("Change the password")}</a>`}
    ${urls?.email && html`<a href=${urls.email}>${gettext("Mail address")}</a>`}
  </nav>`;
}

/** The address of a page that leads back to where one is now. */
function backHere(address) {
  const url = new URL(address, location.href);
  url.searchParams.set("next", location.pathname);
  return url.href;
}

function Theme() {
  return html`<fieldset class="theme">
    <legend>${gettext("Appearance")}</legend>
    ${themes.map(
      ({ name, label }) => html`<label key=${name}>
        <input type="radio" name="theme" value=${name} checked=${theme.value === name} onChange=${() => setTheme(name)} />
        <span>${label()}</span>
      </label>`,
    )}
  </fieldset>
  <label class="check"><input type="checkbox" checked=${moreContrast.value} onChange=${(event) => setContrast(event.currentTarget.checked)} />${gettext("High contrast")}</label>
  <label class="check"><input type="checkbox" checked=${isCompact.value} onChange=${(event) => setCompact(event.currentTarget.checked)} />${gettext("Compact: no pictures, names in the line")}</label>`;
}
