/** What a recorded client would know: a trace of frames goes through the same code that the page runs. See README.md. */

import { ClientReplica } from "../lib/replica/client.js";

/**
 * @param {Array<{in?: any, cmd?: any, reply?: any, lost?: boolean}>} trace
 */
export function replay(trace) {
  const wanted = [];
  const replica = new ClientReplica({ onWanted: (command) => wanted.push(command) });
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
  return stateOf(replica, wanted);

  function send(command) {
    const sent = { command, membership: replica.rooms.get(command.room)?.membership };
    if (command.type === "messages" || command.type === "members") {
      const room = replica.room(command.room);
      if (command.type === "members") room.watchMembers();
      sent.generation = room.pageAsked();
    }
    waiting.set(command.ref, sent);
  }

  function arrive(frame) {
    const sent = frame.ref == null ? undefined : waiting.get(frame.ref);
    if (sent) waiting.delete(frame.ref);
    if (frame.type === "hello") replica.helloCame(frame);
    else if (frame.type === "reply") answered(sent, frame.result);
    else if (frame.type === "error") refused(sent);
    else {
      replica.frameCame(frame);
      if (sent?.command.type === "changes") replica.asked(sent.command.room);
    }
  }

  function answered(sent, result) {
    const { command, generation, membership } = sent;
    switch (command.type) {
      case "subscribe":
      case "room.enter":
      case "room.join":
        fulfilled({ type: "subscribe", room: result.room.id });
        replica.subscribedTo(result);
        break;
      case "room.leave":
        if (replica.room(command.room).membership === membership) replica.lost(replica.room(command.room), "left");
        break;
      // A page that came too late is asked for anew.
      case "messages":
        if (!replica.room(command.room).messagesCame(generation, result, command)) wanted.push({ type: command.type, room: command.room });
        break;
      case "members":
        if (!replica.room(command.room).membersCame(generation, result)) wanted.push({ type: command.type, room: command.room });
        break;
      case "message.post":
        replica.room(command.room).wrote(result.number);
        break;
      case "unsubscribe": {
        const room = replica.room(command.room);
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
    if (generation !== undefined) replica.room(command.room).pageLost(generation);
    if (command.type === "changes") replica.asked(command.room);
  }

  function lose() {
    for (const sent of waiting.values()) if (sent.generation !== undefined) replica.room(sent.command.room).pageLost(sent.generation);
    waiting.clear();
    replica.connectionLost();
  }
}

/** Everything that a replica knows, as JSON. @param {ClientReplica} replica @param {any[]} wanted */
export function stateOf(replica, wanted = []) {
  return {
    epoch: replica.epoch,
    me: replica.me,
    my_position: replica.position,
    people: Object.fromEntries(replica.people),
    wanted,
    rooms: Object.fromEntries([...replica.rooms.values()].map((room) => [room.id, roomState(room)])),
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
