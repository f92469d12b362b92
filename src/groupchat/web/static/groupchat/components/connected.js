/** Whether one can ask the server now. */

import { useComputed } from "../vendor/signals.js";
import { chat } from "./chat.js";

export function useConnected() {
  return useComputed(() => ["open", "caught_up"].includes(chat.store.connection.value.state)).value;
}
