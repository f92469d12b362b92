/** What a message said before it was edited: the newest on top, as one reads backwards from what stands there now. */

import { formatDateTime } from "../lib/format.js";
import { gettext } from "../lib/i18n.js";
import { useEffect } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { Body } from "./body.js";
import { chat } from "./chat.js";
import { useLasting } from "./clock.js";
import { Dialog } from "./dialog.js";
import { html } from "./html.js";
import { reason } from "./reason.js";

export function VersionsDialog({ room, message }) {
  const versions = useSignal(/** @type {import("../lib/types.js").Version[]|null} */ (null));
  const failure = useSignal("");
  const waiting = useLasting(versions.value === null && !failure.value, 300);

  useEffect(() => {
    room.acts.versions(message.number).then(
      (found) => (versions.value = [...found, { body: message.body, at: message.edited_at }].reverse()),
      (error) => (failure.value = reason(error)),
    );
  }, []);

  return html`<${Dialog} title=${gettext("Earlier versions")} name="versions">
    ${failure.value && html`<p class="form-error" role="alert">${failure.value}</p>`}
    ${waiting && html`<p>${gettext("Loading…")}</p>`}
    <ol class="versions" tabindex="0" data-autofocus aria-label=${gettext("Earlier versions")}>
      ${versions.value?.map(
        ({ body, at }, index) => html`<li key=${versions.value.length - index}>
          <p class="versions-when">
            <time datetime=${at}>${formatDateTime(at, chat.locale)}</time>${index === 0 && html` · ${gettext("now")}`}
          </p>
          <${Body} text=${body} />
        </li>`,
      )}
    </ol>
  <//>`;
}
