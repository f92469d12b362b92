/** What a recorded client would know: a trace of frames goes through the same code that the page runs. See README.md. */

import { ClientCopy } from "../lib/copy.js";

/**
 * @param {Array<{in?: any, cmd?: any, reply?: any, lost?: boolean}>} trace
 */
export function replay(trace) {
  const wanted = [];
  const copy = new ClientCopy({ onWanted: (command) => wanted.push(command) });
  /** @type {Map<any, {command: any, membership: any, generation?: number}>} commands without an answer, by ref */
  const waiting = new Map();

  for (const step of trace) {
    if (step.lost) {
      lose();
      continue;
    }
    if (step.cmd) send(step.cmd);
    if (step.reply) arrive({ ...step.reply, ref: step.cmd.ref });
    if (step.in) arrive(step.in);
  }
  return stateOf(copy, wanted);

  function send(command) {
    const sent = { command, membership: copy.rooms.get(command.room)?.membership };
    if (command.type === "messages" || command.type === "members") {
      const room = copy.room(command.room);
      if (command.type === "members") room.watchMembers();
      sent.generation = room.pageAsked();
    }
    waiting.set(command.ref, sent);
  }

  function arrive(frame) {
    const sent = frame.ref == null ? undefined : waiting.get(frame.ref);
    if (sent) waiting.delete(frame.ref);
    if (frame.type === "hello") copy.helloCame(frame);
    else if (frame.type === "reply") answered(sent, frame.result);
    else if (frame.type === "error") refused(sent);
    else {
      copy.frameCame(frame);
      if (sent?.command.type === "changes") copy.asked(sent.command.room);
    }
  }

  function answered(sent, result) {
    const { command, generation, membership } = sent;
    switch (command.type) {
      case "subscribe":
      case "room.enter":
      case "room.join":
        fulfilled({ type: "subscribe", room: result.room.id });
        copy.subscribedTo(result);
        break;
      case "room.leave":
        if (copy.room(command.room).membership === membership) copy.lost(copy.room(command.room), "left");
        break;
      // A page that came too late is asked for anew.
      case "messages":
        if (!copy.room(command.room).messagesCame(generation, result, command)) wanted.push({ type: command.type, room: command.room });
        break;
      case "members":
        if (!copy.room(command.room).membersCame(generation, result)) wanted.push({ type: command.type, room: command.room });
        break;
      case "read":
        copy.room(command.room).readUpTo(result.last_read_number);
        break;
      case "message.post":
        copy.room(command.room).wrote(result.number);
        break;
      case "unsubscribe": {
        const room = copy.room(command.room);
        room.subscribed = false;
        if (!room.joined) room.reset();
        break;
      }
    }
  }

  /** What the client asked for by itself need not be asked for once more. */
  function fulfilled({ type, room }) {
    const open = wanted.filter((wish) => wish.type !== type || wish.room !== room);
    wanted.splice(0, wanted.length, ...open);
  }

  function refused(sent) {
    if (!sent) return;
    const { command, generation } = sent;
    if (generation !== undefined) copy.room(command.room).pageLost(generation);
    if (command.type === "changes") copy.asked(command.room);
  }

  function lose() {
    for (const sent of waiting.values()) if (sent.generation !== undefined) copy.room(sent.command.room).pageLost(sent.generation);
    waiting.clear();
    copy.connectionLost();
  }
}

/** Everything that a copy knows, as JSON. @param {ClientCopy} copy @param {any[]} wanted */
export function stateOf(copy, wanted = []) {
  return {
    epoch: copy.epoch,
    me: copy.me,
    my_position: copy.position,
    people: Object.fromEntries(copy.people),
    wanted,
    rooms: Object.fromEntries([...copy.rooms.values()].map((room) => [room.id, roomState(room)])),
  };
}

function roomState(room) {
  const members = room.members && [...room.members.values()].sort((a, b) => a.person - b.person);
  return {
    position: room.position,
    first_number: room.firstNumber,
    last_number: room.lastNumber,
    info: room.info,
    membership: room.membership,
    last_read_number: room.lastReadNumber,
    unread: room.unread,
    first_unread: room.firstUnread,
    gone: room.gone,
    members,
    member_count: room.joinedCount,
    members_complete: room.membersComplete,
    windows: room.windows,
  };
}
