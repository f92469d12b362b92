/** A room's name and topic, for those who may change them, and leaving it. */

import { useId } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { chat, reason, say, t } from "./chat.js";
import { closeDialog, Dialog } from "./dialog.js";
import { html } from "./html.js";
import { go } from "./route.js";

export function RoomDialog({ room }) {
  const info = room.info.value;
  const member = room.membership.value !== null && !room.gone.value;
  const failure = useSignal("");

  async function leave() {
    try {
      await room.leave();
      closeDialog();
      go(null, null, { replace: true });
      say(t("room.left", { name: info.name }));
    } catch (error) {
      failure.value = reason(error);
    }
  }

  return html`<${Dialog} title=${info.name} name="room">
    ${room.mayManage() ? html`<${Facts} room=${room} />` : html`<p class="room-dialog-topic" dir="auto">${info.topic || t("room.no_topic")}</p>`}
    ${member &&
    html`<div class="dialog-part">
      <p class="hint">${t("room.leave.what")}</p>
      ${failure.value && html`<p class="form-error" role="alert">${failure.value}</p>`}
      <button class="button quiet" type="button" onClick=${leave}>${t("room.leave")}</button>
    </div>`}
  <//>`;
}

function Facts({ room }) {
  const id = useId();
  const failure = useSignal(null);
  const busy = useSignal(false);
  const info = room.info.value;
  const limits = chat.store.limits.value;

  async function save(event) {
    event.preventDefault();
    const { name, topic } = event.currentTarget.elements;
    busy.value = true;
    failure.value = null;
    try {
      if (name.value.trim() !== info.name) await room.rename(name.value);
      if (topic.value.trim() !== info.topic) await room.setTopic(topic.value);
      closeDialog();
    } catch (error) {
      failure.value = error;
    } finally {
      busy.value = false;
    }
  }

  return html`<form class="dialog-form" onSubmit=${save}>
    <div class="field">
      <label for=${`${id}-name`}>${t("room.name")}</label>
      <input id=${`${id}-name`} name="name" dir="auto" data-autofocus required autocomplete="off" maxlength=${limits.room_name_characters || undefined} defaultValue=${info.name} />
      <p class="hint">${t("room.name.what")}</p>
    </div>
    <div class="field">
      <label for=${`${id}-topic`}>${t("room.topic")}</label>
      <input id=${`${id}-topic`} name="topic" dir="auto" autocomplete="off" maxlength=${limits.topic_characters || undefined} defaultValue=${info.topic} />
    </div>
    ${failure.value && html`<p class="form-error" role="alert">${reason(failure.value)}</p>`}
    <div class="dialog-foot">
      <button class="button quiet" type="button" onClick=${closeDialog}>${t("cancel")}</button>
      <button class="button" type="submit" disabled=${busy.value}>${t("save")}</button>
    </div>
  </form>`;
}
