/** What one is called, to be changed. */

import { gettext } from "../lib/i18n.js";
import { useId } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { chat } from "./chat.js";
import { html } from "./html.js";
import { reason } from "./reason.js";

const reasons = {
  invalid: () => gettext("That can't be a name. Use letters, digits or an emoji, and nothing invisible."),
  name_taken: () => gettext("Somebody with an account is called that here. Choose another name, or sign in if it is you."),
  rate_limited: () => gettext("You had many names just now. Keep this one for a while."),
};

export function MyName() {
  const id = useId();
  const failure = useSignal(null);
  const saved = useSignal(false);
  const busy = useSignal(false);

  async function save(event) {
    event.preventDefault();
    const { name } = event.currentTarget.elements;
    busy.value = true;
    failure.value = null;
    saved.value = false;
    try {
      await chat.store.renameMe(name.value);
      name.value = chat.store.me.value.name;
      saved.value = true;
    } catch (error) {
      failure.value = error;
    } finally {
      busy.value = false;
    }
  }

  return html`<form class="my-name" onSubmit=${save}>
    <div class="field">
      <label for=${id}>${gettext("Your name")}</label>
      <input id=${id} name="name" dir="auto" required autocomplete="nickname" maxlength=${chat.page.personNameCharacters || undefined} defaultValue=${chat.store.me.value.name} aria-describedby=${`${id}-hint`} aria-invalid=${failure.value ? "true" : undefined} />
    </div>
    <button class="button quiet" type="submit" disabled=${busy.value}>${gettext("Save")}</button>
    <p class=${failure.value ? "form-error" : "hint"} id=${`${id}-hint`} role="status">${hint(failure.value, saved.value)}</p>
  </form>`;
}

function hint(failure, saved) {
  if (failure) return (reasons[failure.code] ?? (() => reason(failure)))();
  return saved ? gettext("Everybody sees it now.") : gettext("All rooms show it, also beside what you wrote before.");
}
