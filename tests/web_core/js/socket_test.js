import { CLOSE_CODES, closeRule } from "/static/groupchat/lib/close.js";
import { createSocket } from "/static/groupchat/lib/socket.js";
import { equal, ok, rejects, settle } from "./check.js";
import { FakeClock, fakeWebSocket, randomFrom } from "./fakes.js";

const HELLO = { type: "hello", protocol: 1, epoch: "e", me: null, is_owner: false, seq: 0, rooms: [], limits: { frame_bytes: 1000 } };

function line({ random = () => 0.5 } = {}) {
  const WebSocket = fakeWebSocket();
  const clock = new FakeClock();
  const seen = { states: [], frames: [], hellos: [], lost: 0 };
  const socket = createSocket({
    url: "ws://test/ws/",
    WebSocket,
    clock,
    random,
    hello: () => ({ epoch: "e", positions: { 4: 7 } }),
    onHello: (reply) => seen.hellos.push(reply),
    onFrame: (frame) => seen.frames.push(frame),
    onState: (state) => seen.states.push(state.state),
    onLost: () => (seen.lost += 1),
  });
  function greet() {
    const { last } = WebSocket;
    last.opens();
    last.pushes({ ...HELLO, ref: last.sent[0].ref });
    last.pushes({ type: "caught_up" });
  }
  return { WebSocket, clock, seen, socket, greet };
}

export function says_hello_with_what_it_knows() {
  const { WebSocket, seen, socket, greet } = line();
  socket.start();
  greet();
  equal(WebSocket.last.sent, [{ epoch: "e", positions: { 4: 7 }, type: "hello", ref: 1, protocol: 1 }]);
  equal(seen.states, ["connecting", "open", "caught_up"]);
  equal(seen.hellos.length, 1);
}

export async function pairs_replies_with_commands() {
  const { WebSocket, seen, socket, greet } = line();
  socket.start();
  greet();
  const one = socket.command({ type: "read", room: 4, number: 1 });
  const two = socket.command({ type: "ping" });
  const [, first, second] = WebSocket.last.sent;
  WebSocket.last.pushes({ type: "reply", ref: second.ref, result: { two: true } });
  WebSocket.last.pushes({ type: "error", ref: first.ref, error: { code: "rate_limited", message: "slow", retry_after: 2.5, field: "x" } });
  equal(await two, { two: true });
  const failure = await rejects(one, "rate_limited");
  equal([failure.retryAfter, failure.field, failure.message], [2.5, "x", "slow"]);
  equal(seen.frames.map(({ type }) => type), ["caught_up"], "replies are no pushes");
}

export async function the_answer_to_changes_is_a_frame_like_any_other() {
  const { WebSocket, seen, socket, greet } = line();
  socket.start();
  greet();
  const asked = socket.command({ type: "changes", room: 4, since: 7 });
  const frame = { type: "changes", room: 4, since: 7, to: 8, last_number: 1, ref: WebSocket.last.sent[1].ref };
  WebSocket.last.pushes(frame);
  equal(await asked, frame);
  equal(seen.frames.at(-1), frame);
}

export async function commands_fail_at_once_without_a_connection_and_when_it_is_lost() {
  const { WebSocket, seen, socket, greet } = line();
  await rejects(socket.command({ type: "ping" }), "offline");
  socket.start();
  await rejects(socket.command({ type: "ping" }), "offline");
  greet();
  const waiting = socket.command({ type: "ping" });
  WebSocket.last.ends(1006);
  await rejects(waiting, "lost");
  equal(seen.lost, 1);
}

export async function a_reply_that_never_comes_times_out() {
  const { WebSocket, clock, socket, greet } = line();
  socket.start();
  greet();
  WebSocket.last.answer = (frame) => frame.type === "ping" && WebSocket.last.pushes({ type: "reply", ref: frame.ref, result: {} });
  const waiting = rejects(socket.command({ type: "read", room: 1, number: 1 }), "timeout");
  await clock.pass(21_000);
  await waiting;
}

export async function a_frame_over_the_limit_stays_here() {
  const { WebSocket, socket, greet } = line();
  socket.start();
  greet();
  await rejects(socket.command({ type: "message.post", room: 4, body: "ü".repeat(600), client_message_id: "a" }), "too_long");
  equal(WebSocket.last.sent.length, 1);
  socket.command({ type: "message.post", room: 4, body: "ü".repeat(300), client_message_id: "a" }).catch(() => {});
  equal(WebSocket.last.sent.length, 2);
}

export async function silence_is_probed_and_a_dead_line_is_given_up() {
  const { WebSocket, clock, seen, socket, greet } = line();
  socket.start();
  greet();
  await clock.pass(24_000);
  equal(WebSocket.last.sentOf("ping").length, 0);
  await clock.pass(2_000);
  equal(WebSocket.last.sentOf("ping").length, 1);
  WebSocket.last.pushes({ type: "people", people: [] }); // any frame is an answer
  await clock.pass(24_000);
  equal(socket.state.state, "caught_up");
  equal(WebSocket.last.sentOf("ping").length, 1);
  await clock.pass(2_000);
  equal(WebSocket.last.sentOf("ping").length, 2);
  const silent = WebSocket.last;
  await clock.pass(5_000);
  equal(seen.lost, 1);
  equal(silent.closedWith, 1000, "it does not wait for the close of a dead line");
  ok(["offline", "connecting"].includes(socket.state.state));
  silent.pushes({ type: "late" });
  ok(!seen.frames.some(({ type }) => type === "late"), "what a given up socket says is not heard");
}

export async function a_machine_that_slept_asks_at_once() {
  const { WebSocket, clock, socket, greet } = line();
  socket.start();
  greet();
  await clock.pass(5_000);
  clock.sleep(3_600_000);
  await clock.pass(1);
  equal(WebSocket.last.sentOf("ping").length, 1);
  equal(socket.state.state, "caught_up");
}

export async function online_and_waking_probe_or_connect() {
  const { WebSocket, clock, socket, greet } = line();
  socket.start();
  greet();
  socket.wake();
  socket.wake();
  equal(WebSocket.last.sentOf("ping").length, 1, "one question at a time");
  WebSocket.last.ends(1006);
  equal(socket.state.state, "offline");
  equal(socket.state.nextTryAt > clock.now(), true);
  socket.wake();
  equal(WebSocket.all.length, 2);
  equal(socket.state.state, "connecting");
}

export async function delays_grow_with_jitter_and_start_anew_after_a_good_connection() {
  const { WebSocket, clock, socket, greet } = line({ random: randomFrom(1) });
  socket.start();
  const waits = [];
  for (let attempt = 0; attempt < 9; attempt += 1) {
    WebSocket.last.ends(1006);
    waits.push(socket.state.nextTryAt - clock.now());
    await clock.pass(waits.at(-1));
  }
  waits.forEach((wait, attempt) => {
    const whole = Math.min(30_000, 1_000 * 2 ** attempt);
    ok(wait >= whole / 2 && wait <= whole, `wait ${attempt} is ${wait}`);
  });
  greet();
  await clock.pass(11_000);
  WebSocket.last.ends(1006);
  ok(socket.state.nextTryAt - clock.now() <= 1_000, "it was stable, so the delays start anew");
}

export async function a_connection_that_ends_at_once_again_and_again_does_not_reset_the_delays() {
  const { WebSocket, clock, socket, greet } = line();
  socket.start();
  let wait = 0;
  for (let attempt = 0; attempt < 6; attempt += 1) {
    greet();
    WebSocket.last.ends(4100);
    ok(socket.state.nextTryAt - clock.now() > wait);
    wait = socket.state.nextTryAt - clock.now();
    await clock.pass(wait);
  }
}

export async function close_codes_say_when_to_come_back() {
  for (const [code, { reconnect, reason }] of CLOSE_CODES) {
    const { WebSocket, clock, socket, greet } = line();
    socket.start();
    greet();
    WebSocket.last.ends(code);
    const expected = reconnect === "never" ? { state: "stopped", reason } : { state: "offline", code, nextTryAt: clock.now() + (reconnect === "now" ? 0 : 750) };
    equal(socket.state, expected, `code ${code}`);
    await clock.pass(60_000);
    equal(WebSocket.all.length > 1, reconnect !== "never", `code ${code} reconnects`);
  }
  equal(closeRule(4099).reconnect, "never");
  equal(closeRule(4199).reconnect, "later");
  equal(closeRule(4250).reconnect, "now");
  equal(closeRule(1006).reconnect, "later");
}

export async function now_is_not_a_circle() {
  const { WebSocket, clock, socket, greet } = line();
  socket.start();
  for (let round = 0; round < 30; round += 1) {
    greet();
    WebSocket.last.ends(4200);
    await clock.pass(0);
    if (socket.state.state === "offline") break;
  }
  equal(socket.state.state, "offline");
  ok(socket.state.nextTryAt > clock.now());
}

export async function another_version_stops_for_good() {
  const { WebSocket, clock, socket } = line();
  socket.start();
  WebSocket.last.opens();
  WebSocket.last.pushes({ type: "error", ref: 1, error: { code: "wrong_version", message: "reload" } });
  equal(socket.state, { state: "stopped", reason: "reload" });
  await clock.pass(120_000);
  equal(WebSocket.all.length, 1);
}

export async function drain_comes_back_within_its_time() {
  for (const share of [0, 0.5, 0.99]) {
    const { WebSocket, clock, seen, socket, greet } = line({ random: () => share });
    socket.start();
    greet();
    WebSocket.last.pushes({ type: "drain", within: 5 });
    await clock.pass(share * 5_000 - 1);
    equal(WebSocket.all.length, 1);
    await clock.pass(2);
    equal(WebSocket.all.length, 2);
    equal(WebSocket.all[0].closedWith, 1000);
    equal(seen.lost, 1);
    greet();
    equal(socket.state.state, "caught_up");
  }
}

export async function a_server_that_takes_the_socket_and_says_nothing_is_given_up() {
  const { WebSocket, clock, socket } = line();
  socket.start();
  WebSocket.last.opens();
  await clock.pass(14_000);
  equal(socket.state.state, "connecting");
  await clock.pass(2_000);
  equal(WebSocket.all[0].closedWith, 1000);
  ok(WebSocket.all.length === 2 || socket.state.state === "offline");
}

export async function stop_is_for_good_and_start_begins_again() {
  const { WebSocket, clock, socket, greet } = line();
  socket.start();
  socket.start();
  greet();
  const waiting = rejects(socket.command({ type: "ping" }), "lost");
  socket.stop();
  await waiting;
  equal(socket.state, { state: "stopped", reason: "closed" });
  await clock.pass(120_000);
  equal(WebSocket.all.length, 1);
  socket.start();
  greet();
  await settle();
  equal(socket.state.state, "caught_up");
}
