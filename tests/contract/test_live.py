"""What a real server sends has the very members that the examples of docs/protocol.md show."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import websockets.sync.client
from django.utils import timezone
from tests.accounts import cookies_of, new_person
from tests.contract.examples import EXAMPLES, paths
from tests.play import Actor, Stage
from tests.serving import ThreadServer
from tests.sockets import DEADLINE_SECONDS

from groupchat import slash
from groupchat.actions import profiles
from groupchat.errors import Forbidden
from groupchat.models import Person, SavedMessage, ScheduledMessage
from groupchat.realtime.runtime import Runtime

Shapes = dict[str, set[str]]


def add(shapes: Shapes, kind: str, value: Any) -> None:
    shapes.setdefault(kind, set()).update(paths(value))


def shapes_of(frames: list[dict[str, Any]], commands: dict[Any, str]) -> Shapes:
    """By kind of frame, all members that occur; a reply's kind is its command's."""
    shapes: Shapes = {}
    for frame in frames:
        kind = frame["type"]
        if kind == "reply":
            add(shapes, f"reply to {commands[frame['ref']]}", frame["result"])
            add(shapes, "reply", {name: frame[name] for name in frame if name != "result"})
        elif kind == "changes":
            add(shapes, "my changes" if "me" in frame else "changes", without_ref(frame))
        else:
            add(shapes, kind, without_ref(frame))
    return shapes


def without_ref(frame: dict[str, Any]) -> dict[str, Any]:
    return {name: one for name, one in frame.items() if name != "ref"}


def sets_aside(actor: Actor) -> None:
    """With something in the agenda that a device which comes later is told of."""
    at = (timezone.now() + timedelta(hours=1)).isoformat()
    actor.client.call("message.save", room=actor.room, number=2, on=True, remind_at=at)
    SavedMessage.objects.update(due_at=timezone.now())
    actor.client.call("saved")
    for id in ("later", "never", "at-once"):
        actor.client.call("message.schedule", room=actor.room, body=id, at=at, client_message_id=id, reply_to=1)
    never, now = (ScheduledMessage.objects.get(client_message_id=id) for id in ("never", "at-once"))
    ScheduledMessage.objects.filter(body="later").update(failure=Forbidden("Locked.", why="locked").as_json())
    actor.client.call("scheduled")
    actor.client.call("scheduled.change", id=never.pk, body="perhaps", at=at)
    actor.client.call("scheduled.cancel", id=never.pk)
    actor.client.call("scheduled.send", id=now.pk)


@pytest.fixture
def documented() -> Shapes:
    commands = {
        one["ref"]: one["type"] for one in EXAMPLES if "ref" in one and "result" not in one and "error" not in one
    }
    sent = [
        one
        for one in EXAMPLES
        if one.get("type") in ("reply", "people", "me", "reset", "drain", "caught_up", "error")
        or (one.get("type") == "typing" and "person" in one)
        or (one.get("type") == "changes" and "to" in one)
        or (one.get("type") == "hello" and "server" in one)
    ]
    return shapes_of(sent, commands)


@pytest.fixture
def live(
    server: ThreadServer,
    stage: Stage,
    user: Callable[..., Actor],
    options: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> Shapes:
    """A day in a chat, with all that can happen."""
    actors: list[Actor] = []
    alice = user("alice")
    bob = stage.guest("bob")
    looker = stage.guest("looker")
    monkeypatch.setattr(slash, "_registered", {})
    profiles.set_look(person=Person.objects.get(pk=alice.id), theme="dark", more_contrast=False, language="")
    alice.enters("lobby")
    device = alice.on_another_device()
    device.opens(alice.room)
    looker.looks_into("lobby")
    looker.client.call("unsubscribe", room=looker.room)
    looker.looks_into("lobby")
    bob.looks_into("lobby")
    bob.joins()
    bob.posts("one")
    bob.client.call("message.post", room=bob.room, body="one more", client_message_id="one-more", reply_to=1)
    alice.sees("one")
    alice.posts("two")
    alice.posts("three")
    alice.edits("two", "**zwei**")
    alice.client.call("message.versions", room=alice.room, number=3)
    bob.client.call("message.react", room=bob.room, number=1, emoji="🎉", on=True)
    alice.client.call("message.reactions", room=alice.room, number=1, emoji="🎉")
    alice.client.call("message.pin", room=alice.room, number=2, on=True)
    alice.client.call("pins", room=alice.room)
    alice.client.call("message.pin", room=alice.room, number=2, on=False)
    alice.client.call("message.post", room=alice.room, body="and more", client_message_id="more", reply_to=2)
    alice.client.call("thread", room=alice.room, root=1)
    alice.client.call("thread.follow", room=alice.room, root=1, on=True)
    alice.deletes("three")
    sets_aside(alice)
    alice.client.call("person.block", person=bob.id, on=True)
    actors.append(late := alice.on_another_device())
    alice.client.call("person.block", person=bob.id, on=False)
    late.opens(alice.room)
    late.has_unread(2)
    alice.renames_the_room("Hall")
    alice.sets_the_topic("All of us")
    alice.client.call("messages", room=alice.room)
    alice.client.call("members", room=alice.room, limit=1)
    alice.client.call("changes", room=alice.room, since=0)
    alice.client.call("changes", since=0)
    alice.client.call("changes", room=alice.room, since=10**6)
    alice.sees_members(alice, bob)  # she was reset, and hears the room again only when she has read it anew
    bob.sees_topic("All of us")
    bob.reads()
    bob.client.call("room.pin", room=bob.room, pinned=True)
    bob.client.call("rooms.order", rooms=[bob.room])
    bob.client.call("draft.set", room=bob.room, text="")
    for pinned in (False, True):
        bob.client.call("room.pin", room=bob.room, pinned=pinned)
    bob.client.call("me.rename", name="Bobby")
    profiles.describe(person=Person.objects.get(pk=bob.id), pronouns="he/him", time_zone="Europe/London")
    all_kinds_of_rooms(alice, bob)
    bob.client.call("ping")
    slash.command("dice", help="Throw a die.")(lambda **_: slash.Say("4"))
    bob.client.call("commands")
    bob.client.call("command.run", room=bob.room, name="dice", text="")
    bob.client.call("typing", room=bob.room)
    alice.client.wait(lambda: any(frame["type"] == "typing" for frame in alice.client.frames))
    bob.is_refused("too_long", "room.enter", name="x" * 81)
    device.has_unread(0)
    bob.goes_offline()
    alice.posts("four")
    bob.comes_back()
    bob.client.call("read", room=bob.room, number=0, back=True)
    bob.client.call("read", room=bob.room, numbers=[[4, 5]])
    bob.leaves()
    looker.sees("four")
    alice.sees_members(alice)
    root = stage.user("root", cookies_of(new_person("root", is_owner=True)))
    for seconds in (60, 0):
        root.client.call("site.raid", seconds=seconds)
    actors.append(root)
    server.run(drain(server))
    device.client.wait(lambda: device.state.drains)
    server.ask(undrain)
    options(max_commands_per_second=1, max_commands_burst=1)
    hasty = stage.client(cookies=cookies_of(new_person("hasty"))).connect()
    for ref in range(3):
        hasty.raw(json.dumps({"type": "ping", "ref": ref}))
    hasty.wait(lambda: any(frame["type"] == "error" for frame in hasty.frames))
    actors += [alice, device, bob, looker]
    shapes: Shapes = {}
    for actor in actors:
        commands = {command["ref"]: command["type"] for command in actor.client.sent}
        for kind, found in shapes_of(actor.client.frames, commands).items():
            shapes.setdefault(kind, set()).update(found)
    for kind, found in shapes_of([one for one in hasty.frames if one["type"] == "error"], {}).items():
        shapes.setdefault(kind, set()).update(found)
    return shapes


def all_kinds_of_rooms(alice: Actor, bob: Actor) -> None:
    def asks(command: str, **members: Any) -> dict[str, Any]:
        return alice.client.call(command, **members)  # type: ignore[no-any-return]

    board = asks("room.create", name="Board", kind="private", topic="Among us")["room"]["id"]
    asks("room.direct", people=[bob.id])
    assert asks("room.direct", people=[bob.id])["created"] is False
    asks("room.settings", room=board, name="The board", kind="announcement", history="joined")
    asks("room.invite", room=board, people=[bob.id])
    asks("room.role", room=board, person=bob.id, role="moderator")
    spam = bob.client.call("message.post", room=board, body="Buy now", client_message_id="spam", seen=0)["number"]
    report = asks("message.report", room=board, number=spam, reason="spam", note="Look")["report"]
    assert len(asks("reports", room=board)["reports"]) == 1
    asks("report.claim", report=report)
    asks("report.resolve", report=report, outcome="acted", note="Warned")
    asks("messages.purge", room=board, person=bob.id, since="2026-01-01T00:00:00Z")
    asks("room.silence", room=board, person=bob.id, seconds=0)
    asks("room.role", room=board, person=bob.id, role="member")
    asks("room.silence", room=board, person=bob.id, seconds=60, reason="Calm down")
    asks("room.sanctions", room=board)
    asks("room.ban", room=board, person=bob.id)
    asks("room.sanctions", room=board)
    asks("room.unban", room=board, person=bob.id)
    asks("room.invite", room=board, people=[bob.id])
    asks("room.remove", room=board, person=bob.id)
    made = asks("invite.make", room=board, uses=3)
    asks("invites", room=board)
    asks("invite.end", room=board, id=made["link"]["id"])
    asks("rooms", query="board", limit=1)
    asks("rooms", limit=1)
    assert asks("people.find", query="bob")["people"]
    asks("room.order", room=board, slow_mode=30, locked=True, raid=3600)
    asks("room.archive", room=board)
    asks("room.delete", room=board)
    asks("room.restore", room=board)


async def drain(server: ThreadServer) -> None:
    from groupchat.realtime import runtime

    await (await runtime.here()).drain(5.0)


def undrain(runtime: Runtime) -> None:
    runtime.draining = False


# Members of a room or a membership that stand there where it is so.
OF_READING = (".uncounted", "read_ahead", "moved_back", "follows")
SOMETIMES = (
    *("place", ".archived", "slow_mode", ".locked", "raid_until"),
    *("silenced_until", "banned_until", ".memberships[].reason", ".me.reason"),
    *OF_READING,
)


def either(found: set[str]) -> set[str]:
    """Without the words that one of two forms of a frame has alone."""
    optional = {".me:NoneType", ".retry_after", ".field"}
    return {path for path in found if not any(path.startswith(one) or one in path for one in optional)}


def test_live_frames_have_the_members_of_the_examples(live: Shapes, documented: Shapes) -> None:
    shown = {kind: set(paths) for kind, paths in documented.items()}
    for kind, expected in documented.items():
        assert kind in live, f"nothing of the kind {kind} was sent"
        found = live[kind]
        if kind != "people":
            # What somebody tells of themselves, wherever they stand: shown where people are introduced.
            found = {path for path in found if not path.removesuffix(":str").endswith((".pronouns", ".time_zone"))}
        if kind == "reset":
            expected = expected | {".me", ".me:int"} if ".me" in found else expected
        if kind in ("hello", "reply to subscribe"):
            # `me` is an object or null; the examples show one each, the day showed both.
            found = {path for path in found if not path.startswith(".me")}
            expected = {path for path in expected if not path.startswith(".me")}
        if kind == "reply to rooms":
            found = {path for path in found if ".me" not in path} | {".rooms[].me"}
            expected = {path for path in expected if ".me" not in path} | {".rooms[].me"}
        if kind != "hello":
            # May stand in every state of a room, in the same form.
            found = {path for path in found if not any(name in path for name in SOMETIMES)}
            expected = {path for path in expected if not any(name in path for name in OF_READING)}
            found -= {".floor", ".floor:int"}
            # Wherever a message stands that is formatted; one example shows it.
            found -= {path for path in found if ".html" in path and kind != "changes"}
        if kind != "changes":
            # So with what is told of a thread, and of where it began.
            found -= {
                path
                for path in found
                if path.startswith((".messages[].thread", ".messages[].root", ".message.reactions"))
            }
        if kind == "reply to site.raid":
            found = live[kind] - {".raid_until:NoneType"}
        if kind in ("hello", "my changes"):
            # Those of conversations, where there are any: as in a frame that introduces them.
            people = {path for path in found if path.startswith(".people")}
            assert people <= live["people"]
            found -= people
        # What stands in a room where it is so: shown by one example each.
        of_room = {path for path in found if ".room.people" in path}
        told_so = {path[path.index(".room") :].removeprefix(".rooms[]") for path in of_room}
        assert told_so <= shown["reply to room.direct"]
        if kind != "reply to room.direct":
            found -= of_room
        if kind in ("reply to members", "reply to rooms"):
            found, expected = found - {".next:NoneType"}, expected - {".next:NoneType"}
        if kind == "reply to room.sanctions":
            found, expected = found - {".next:int"}, expected - {".next:int"}
        if kind == "reply to messages":
            # The example's page has no quiet line; it is the same entity as in a push.
            assert {one for one in found if one.startswith(".notices[]")} <= live["changes"]
            found = {path for path in found if not path.startswith(".notices[]")}
        if kind == "error":
            found = {path for path in found if not path.startswith(".error.field")}
        if kind == "hello":
            found, expected = either(found), either(expected)
        assert found == expected, kind


def test_replies_without_an_example_of_their_own(live: Shapes) -> None:
    told = {".seq", ".seq:int"}
    assert live["reply to room.rename"] == live["reply to message.edit"] == told
    assert live["reply to room.leave"] == live["reply to unsubscribe"] == live["reply to ping"] == set()
    assert live["reply to room.join"] == live["reply to room.enter"] - {".created", ".created:bool"}


def test_the_classic_door(server: ThreadServer) -> None:
    heard = next(one for one in EXAMPLES if "username" in one)
    refused = next(one for one in EXAMPLES if set(one) == {"error", "message"})
    said = next(one for one in EXAMPLES if set(one) == {"message"})
    with websockets.sync.client.connect(f"ws://{server.address}/ws/chat/lobby/") as socket:
        socket.send(json.dumps(said))
        assert paths(json.loads(socket.recv(timeout=DEADLINE_SECONDS))) == paths(heard)
        socket.send(json.dumps({"message": "x" * 9000}))
        assert json.loads(socket.recv(timeout=DEADLINE_SECONDS)) == refused
