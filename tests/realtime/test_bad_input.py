"""Bad input, everywhere: a typed error with the ref, nothing written, the socket stays open."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.domain.says import rows
from tests.play import Actor, Stage

from groupchat.errors import ERRORS
from groupchat.models import Membership, Message, Notice, Person, Room, RoomName

HUGE = 2**63
CODES = {error.code for error in ERRORS}


@pytest.fixture
def alice(stage: Stage, server: object) -> Actor:
    """A guest in a room of somebody else, with one message."""
    alice, owner = stage.guests("alice", "owner")
    owner.enters("lobby")
    alice.enters("lobby")
    alice.posts("hi")
    alice.sees("hi")
    return alice


def in_days(days: int) -> str:
    return (timezone.now() + timedelta(days=days)).isoformat()


def answer_to(actor: Actor, text: str) -> dict[str, Any]:
    """The next answer of any kind to this very frame."""
    seen = len(actor.client.frames)
    actor.client.raw(text)
    found: list[dict[str, Any]] = []

    def answered() -> bool:
        found[:] = [
            frame
            for frame in actor.client.frames[seen:]
            if frame["type"] in ("reply", "error", "hello") or "ref" in frame
        ]
        return bool(found)

    actor.client.wait(answered)
    return found[0]


NOT_A_COMMAND = {
    "words": ("hello", "bad_frame"),
    "nothing": ("", "bad_frame"),
    "a space": (" ", "bad_frame"),
    "half an object": ('{"type": "ping"', "bad_frame"),
    "two objects": ('{"type": "ping"}{"type": "ping"}', "bad_frame"),
    "a list": ("[]", "bad_frame"),
    "a list of commands": ('[{"type": "ping", "ref": 1}]', "bad_frame"),
    "a string": ('"ping"', "bad_frame"),
    "a number": ("1", "bad_frame"),
    "null": ("null", "bad_frame"),
    "true": ("true", "bad_frame"),
    "NaN": ("NaN", "bad_frame"),
    "single quotes": ("{'type': 'ping'}", "bad_frame"),
    "a lone surrogate": ('{"type": "message.post", "ref": 1, "room": 1, "body": "\\ud800"}', "bad_frame"),
    "deep": ("[" * 5000 + "]" * 5000, "bad_frame"),
    "no type": ("{}", "unknown_command"),
    "null type": ('{"type": null}', "unknown_command"),
    "a number as type": ('{"type": 3}', "unknown_command"),
    "a list as type": ('{"type": ["ping"]}', "unknown_command"),
    "an unknown type": ('{"type": "message.shout"}', "unknown_command"),
    "a push": ('{"type": "caught_up"}', "unknown_command"),
    "a reply": ('{"type": "reply", "result": {}}', "unknown_command"),
    "upper case": ('{"type": "PING"}', "unknown_command"),
    "a ref that is a list": ('{"type": "ping", "ref": [1]}', "invalid"),
    "a ref that is negative": ('{"type": "ping", "ref": -1}', "invalid"),
    "a ref that is a fraction": ('{"type": "ping", "ref": 1.5}', "invalid"),
    "a ref that is true": ('{"type": "ping", "ref": true}', "invalid"),
    "a long ref": (json.dumps({"type": "ping", "ref": "x" * 65}), "invalid"),
    "a huge ref": ('{"type": "ping", "ref": %s}' % ("9" * 4000), "invalid"),
    "more digits than anybody reads": ('{"type": "ping", "ref": %s}' % ("9" * 6000), "bad_frame"),
}


def test_what_is_no_command(alice: Actor) -> None:
    before = rows()
    for what, (text, code) in NOT_A_COMMAND.items():
        answer = answer_to(alice, text)
        assert answer["type"] == "error", what
        assert answer["error"]["code"] == code, what
        assert answer["error"]["message"], what
    assert rows() == before
    alice.posts("still here")


@pytest.mark.parametrize("ref", [0, 1, 2**53, "", "a", "ä" * 64, "1"])
def test_the_ref_comes_back_as_it_was(ref: int | str, alice: Actor) -> None:
    for text in (json.dumps({"type": "ping", "ref": ref}), json.dumps({"type": "nonsense", "ref": ref})):
        assert answer_to(alice, text)["ref"] == ref
    assert answer_to(alice, json.dumps({"type": "read", "ref": ref, "room": "x"}))["ref"] == ref


def test_without_a_ref_the_answer_has_none(alice: Actor) -> None:
    assert answer_to(alice, '{"type": "ping"}') == {"type": "reply", "ref": None, "result": {}}
    assert answer_to(alice, '{"type": "nonsense"}')["ref"] is None


def wrong_commands(room: int) -> Iterator[tuple[dict[str, Any], str, str | None]]:
    """A command, the code that it is refused with, and the member that was wrong."""
    good: dict[str, dict[str, Any]] = {
        "subscribe": {"room": room},
        "unsubscribe": {"room": room},
        "room.enter": {"name": "attic"},
        "room.join": {"room": room},
        "room.leave": {"room": room},
        "room.rename": {"room": room, "name": "hall"},
        "room.topic": {"room": room, "topic": "new"},
        "message.post": {"room": room, "body": "hi", "client_message_id": "x"},
        "message.edit": {"room": room, "number": 1, "body": "new"},
        "message.delete": {"room": room, "number": 1},
        "message.versions": {"room": room, "number": 1},
        "message.react": {"room": room, "number": 1, "emoji": "🎉", "on": True},
        "message.pin": {"room": room, "number": 1, "on": False},
        "pins": {"room": room},
        "message.save": {"room": room, "number": 1, "on": True},
        "saved": {},
        "message.schedule": {"room": room, "body": "hi", "at": in_days(1), "client_message_id": "a"},
        "scheduled": {},
        "scheduled.change": {"id": 1},
        "scheduled.cancel": {"id": 1},
        "scheduled.send": {"id": 1},
        "message.reactions": {"room": room, "number": 1, "emoji": "🎉"},
        "thread": {"room": room, "root": 1},
        "thread.follow": {"room": room, "root": 1, "on": True},
        "messages": {"room": room},
        "members": {"room": room},
        "me.rename": {"name": "Grace"},
        "person.block": {"person": HUGE - 1, "on": True},
        "changes": {"room": room, "since": 0},
        "read": {"room": room, "number": 1},
        "room.pin": {"room": room, "pinned": True},
        "rooms.order": {"rooms": [HUGE - 1]},
        "draft.set": {"room": room, "text": "not yet"},
        "room.create": {"name": "attic", "kind": "private", "topic": ""},
        "room.direct": {"people": [HUGE - 1]},
        "room.settings": {"room": room, "topic": "new", "kind": "private", "history": "joined", "guests": False},
        "room.order": {"room": room, "slow_mode": 5, "locked": True, "raid": 60},
        "room.archive": {"room": room, "archived": True},
        "room.delete": {"room": room},
        "room.restore": {"room": room},
        "room.invite": {"room": room, "people": [HUGE - 1]},
        "room.remove": {"room": room, "person": HUGE - 1},
        "room.role": {"room": room, "person": HUGE - 1, "role": "owner"},
        "room.ban": {"room": room, "person": HUGE - 1, "seconds": 60, "reason": "Spam"},
        "room.unban": {"room": room, "person": HUGE - 1},
        "room.silence": {"room": room, "person": HUGE - 1, "seconds": 60, "reason": "Spam"},
        "room.sanctions": {"room": room},
        "invite.make": {"room": room, "expires_in": 60, "uses": 1, "role": "member"},
        "invites": {"room": room},
        "invite.end": {"room": room, "id": HUGE - 1},
        "message.report": {"room": room, "number": 1, "reason": "spam", "note": "Look"},
        "reports": {"room": room},
        "report.claim": {"report": HUGE - 1},
        "report.resolve": {"report": HUGE - 1, "outcome": "acted", "note": "Warned"},
        "messages.purge": {"room": room, "person": HUGE - 1, "since": "2026-01-01T00:00:00Z", "until": None},
        "site.raid": {"seconds": 60},
        "rooms": {"query": "lob"},
        "people.find": {"query": "gra"},
        "command.run": {"room": room, "name": "deploy", "text": "now"},
    }
    optional = {("subscribe", "room"), ("changes", "room"), ("room.archive", "archived")}
    optional |= {("room.ban", "seconds"), ("room.ban", "reason"), ("room.silence", "reason")}
    optional |= {
        ("room.create", "kind"),
        ("room.create", "topic"),
        ("rooms", "query"),
        ("people.find", "query"),
        ("command.run", "text"),
    }
    optional |= {
        ("room.settings", "topic"),
        ("room.settings", "kind"),
        ("room.settings", "history"),
        ("room.settings", "guests"),
    }
    optional |= {("invite.make", name) for name in ("room", "expires_in", "uses", "role")}
    optional |= {("invites", "room"), ("invite.end", "room")}
    optional |= {("message.report", "reason"), ("message.report", "note"), ("reports", "room")}
    optional |= {("report.resolve", "note"), ("messages.purge", "until"), ("site.raid", "seconds")}
    optional |= {("room.order", "slow_mode"), ("room.order", "locked"), ("room.order", "raid")}
    whole = {
        "expires_in",
        "uses",
        "id",
        "report",
        "slow_mode",
        "raid",
        "room",
        "number",
        "root",
        "since",
        "before",
        "after",
        "around",
        "limit",
        "person",
        "seconds",
    }
    choices = {"pinned", "archived", "guests", "locked", "on"}
    wrong_whole = ("1", 1.5, True, [], {}, -1, HUGE, None)
    wrong_text = (1, True, [], {}, None)
    wrong_choice = (1, 0, "true", [], {}, None)
    for type_, members in good.items():
        for name in members:
            if (type_, name) not in optional:
                yield {"type": type_} | {one: members[one] for one in members if one != name}, "invalid", name
            for value in wrong_whole if name in whole else wrong_choice if name in choices else wrong_text:
                if name == "people" and value == []:
                    continue  # refused as well, with the others below
                if value is not None or (type_, name) not in optional:
                    yield {"type": type_} | members | {name: value}, "invalid", name
    for name in ("before", "after", "around", "limit"):
        for value in wrong_whole[:-1]:
            if (name, value) != ("limit", HUGE):  # asks for more than there is: gets what there is
                yield {"type": "messages", "room": room, name: value}, "invalid", name
    for value in (0, "1", None, -1):
        yield {"type": "members", "room": room, "limit": value}, "invalid", "limit"
    for people in ([], ["1"], [True], [-1], [HUGE], [[]], [None], list(range(1, 102))):
        yield {"type": "room.direct", "people": people}, "invalid", "people"
    yield {"type": "room.invite", "room": room, "people": []}, "invalid", "people"
    yield {"type": "room.direct", "people": [HUGE - 1]}, "not_found", "people"
    for kind in ("direct", "group", "Public", "", "x"):
        yield {"type": "room.create", "name": "attic", "kind": kind}, "invalid", "kind"
        yield {"type": "room.settings", "room": room, "kind": kind}, "invalid", "kind"
    yield {"type": "room.role", "room": room, "person": 1, "role": "king"}, "invalid", "role"
    for history in ("some", "", "All"):
        yield {"type": "room.settings", "room": room, "history": history}, "invalid", "history"
    for cursor in ("x", "/", "2026-01-01/1", "2026-01-01T00:00:00+00:00/x", "2026-01-01T00:00:00+00:00/-1"):
        yield {"type": "rooms", "after": cursor}, "invalid", "after"
    yield {"type": "rooms", "query": "x" * 201}, "invalid", "query"
    yield {"type": "subscribe"}, "invalid", "room"
    for name in ("", " ", "\u200b", "a/b", "..", "a\x00", "\n"):
        yield {"type": "room.enter", "name": name}, "invalid", "name"
    yield {"type": "room.enter", "name": "x" * 81}, "too_long", "name"
    for name in ("", " ", "\u200b", "a\x00", "\n"):
        yield {"type": "me.rename", "name": name}, "invalid", "name"
    yield {"type": "person.block", "person": HUGE - 1, "on": True}, "not_found", "person"
    for name in ("deploy", "x" * 32, "\x00"):
        yield {"type": "command.run", "room": room, "name": name}, "not_found", "name"
    for name in ("", "x" * 33):
        yield {"type": "command.run", "room": room, "name": name}, "invalid", "name"
    yield {"type": "me.rename", "name": "x" * 51}, "too_long", "name"
    for body in ("", " ", "\n\t", "\x01", "\u200b", "a\x00"):
        yield {"type": "message.post", "room": room, "body": body, "client_message_id": "x"}, "invalid", "body"
        yield {"type": "message.edit", "room": room, "number": 1, "body": body}, "invalid", "body"
    yield {"type": "message.post", "room": room, "body": "x" * 8001, "client_message_id": "x"}, "too_long", "body"
    for id_ in ("", "a b", "ä", "x" * 65, "a\n"):
        refused = {"type": "message.post", "room": room, "body": "hi", "client_message_id": id_}
        yield refused, "invalid", "client_message_id"
    yield {"type": "draft.set", "room": room, "text": "x" * 8001}, "too_long", "text"
    yield {"type": "draft.set", "room": room, "text": "a\x00"}, "invalid", "text"
    yield {"type": "read", "room": room, "number": 2}, "invalid", "number"
    yield {"type": "read", "room": room}, "invalid", "number"
    yield {"type": "read", "room": room, "numbers": [[1, 1]], "back": True}, "invalid", "number"
    for numbers in ([[1, 2]], [[2, 1]], [], [[0, 1]], [[1]], [1], [[1, 1, 1]], [[1, 1]] * 101):
        yield {"type": "read", "room": room, "numbers": numbers}, "invalid", "numbers"
    for root in (2, HUGE - 1):
        yield {"type": "thread", "room": room, "root": root}, "not_found", None
        yield {"type": "thread.follow", "room": room, "root": root, "on": True}, "not_found", "root"
    yield {"type": "thread", "room": room, "root": 1, "before": 2, "after": 1}, "invalid", "before"
    for emoji in ("", "x", "🎉🎉", "❤", "1", "x" * 41, "\x00"):
        here = {"room": room, "number": 1, "emoji": emoji}
        yield {"type": "message.react", "on": True, **here}, "invalid", "emoji"
        yield {"type": "message.reactions", **here}, "invalid", "emoji"
    yield {"type": "message.pin", "room": room, "number": 1}, "invalid", "on"
    yield {"type": "message.pin", "room": room, "number": 1, "on": 1}, "invalid", "on"
    saved = {"type": "message.save", "room": room, "number": 1, "on": True}
    later = {"type": "message.schedule", "room": room, "body": "hi", "client_message_id": "x"}
    for at in ("", "soon", "2026-03-01", "2026-03-01T08:00:00", in_days(-1), in_days(400)):
        yield {**saved, "remind_at": at}, "invalid", "remind_at"
        yield {**later, "at": at}, "invalid", "at"
        yield {"type": "scheduled.change", "id": 1, "at": at}, "invalid", "at"
    yield {**later, "at": in_days(1), "body": " "}, "invalid", "body"
    yield {"type": "scheduled", "after": "x"}, "invalid", "after"
    for act in ("change", "cancel", "send"):
        yield {"type": f"scheduled.{act}", "id": HUGE - 1}, "not_found", "id"
    for number in (2, HUGE - 1):
        yield {"type": "message.pin", "room": room, "number": number, "on": True}, "not_found", None
        yield {"type": "message.react", "room": room, "number": number, "emoji": "🎉", "on": True}, "not_found", None
    for to in (0, -1, 2, HUGE - 1, HUGE, "1", 1.5, True, []):
        answer = {"type": "message.post", "room": room, "body": "hi", "client_message_id": "x", "reply_to": to}
        yield answer, "invalid", "reply_to"
    for unknown in (room + 1000, HUGE - 1):
        for type_, members in good.items():
            if "room" in members and type_ != "unsubscribe":
                yield {"type": type_} | members | {"room": unknown}, "not_found", None
    for since in ("2026-01-01", "2026-01-01T00:00:00", "yesterday", "", "2026-13-01T00:00:00Z"):
        yield {"type": "messages.purge", "room": room, "person": 1, "since": since}, "invalid", "since"
    yield {"type": "subscribe", "slug": "nowhere"}, "not_found", None
    yield {"type": "subscribe", "slug": ""}, "not_found", None
    yield {"type": "message.edit", "room": room, "number": 99, "body": "new"}, "not_found", None
    yield {"type": "message.delete", "room": room, "number": HUGE - 1}, "not_found", None
    yield {"type": "room.rename", "room": room, "name": "hall"}, "forbidden", None
    yield {"type": "room.topic", "room": room, "topic": "x"}, "forbidden", None
    yield {"type": "hello", "protocol": "1"}, "invalid", "protocol"
    yield {"type": "hello", "protocol": 1, "positions": []}, "invalid", "positions"
    yield {"type": "hello", "protocol": 1, "positions": {"1": "x"}}, "invalid", "positions"
    yield {"type": "hello", "protocol": 1, "epoch": "x" * 65}, "invalid", "epoch"


def test_wrong_commands(alice: Actor) -> None:
    before = rows()
    count = 0
    for ref, (command, code, field) in enumerate(wrong_commands(alice.room), 1):
        answer = answer_to(alice, json.dumps(command | {"ref": f"bad-{ref}"}))
        assert answer["type"] == "error", (command, answer)
        assert answer["ref"] == f"bad-{ref}"
        assert answer["error"]["code"] == code, (command, answer)
        if field is not None:
            assert answer["error"].get("field") == field, (command, answer)
        count += 1
    assert count > 200
    assert rows() == before
    assert alice.posts("still here")["number"] == 2


def test_what_one_does_not_know_is_ignored(alice: Actor) -> None:
    answer = answer_to(alice, '{"type": "ping", "ref": 1, "later": {"version": [1, 2]}, "": null}')
    assert answer == {"type": "reply", "ref": 1, "result": {}}
    posted = alice.client.call(
        "message.post", room=alice.room, body="hi", client_message_id="x", thread=3, attachments=["a"]
    )
    assert posted["number"] == 2


def test_the_last_of_two_equal_members_counts_or_none(alice: Actor) -> None:
    answer = answer_to(alice, '{"type": "ping", "type": "ping", "ref": 1, "ref": 2}')
    assert (answer["type"], answer["ref"]) == ("reply", 2)


# --- what nobody thought of -------------------------------------------------------------------------------------------

TYPES = st.sampled_from(
    [
        "hello",
        "subscribe",
        "unsubscribe",
        "room.enter",
        "room.join",
        "room.leave",
        "room.rename",
        "room.topic",
        "message.post",
        "message.edit",
        "message.delete",
        "message.versions",
        "message.react",
        "message.reactions",
        "message.pin",
        "pins",
        "message.save",
        "saved",
        "message.schedule",
        "scheduled",
        "scheduled.change",
        "scheduled.cancel",
        "scheduled.send",
        "thread",
        "thread.follow",
        "me.rename",
        "person.block",
        "messages",
        "members",
        "changes",
        "read",
        "room.pin",
        "rooms.order",
        "draft.set",
        "room.create",
        "room.direct",
        "room.settings",
        "room.archive",
        "room.delete",
        "room.restore",
        "room.invite",
        "room.remove",
        "room.role",
        "room.ban",
        "room.unban",
        "room.silence",
        "room.sanctions",
        "invite.make",
        "invites",
        "invite.end",
        "room.order",
        "message.report",
        "reports",
        "report.claim",
        "report.resolve",
        "messages.purge",
        "site.raid",
        "rooms",
        "people.find",
        "commands",
        "command.run",
        "ping",
        "x",
    ]
)
NAMES = st.sampled_from(
    [
        "room",
        "slug",
        "name",
        "topic",
        "body",
        "client_message_id",
        "number",
        "before",
        "after",
        "around",
        "limit",
        "since",
        "protocol",
        "epoch",
        "me",
        "positions",
        "people",
        "person",
        "kind",
        "role",
        "query",
        "archived",
        "seconds",
        "reason",
        "slow_mode",
        "locked",
        "raid",
        "note",
        "report",
        "outcome",
        "until",
    ]
)
WHOLE = st.sampled_from([0, 1, 2, 3, -1, 2**31, 2**53, 2**63 - 1, 2**63, 2**64, 10**30])
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    WHOLE,
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
)
VALUES = st.one_of(SCALARS, st.lists(SCALARS, max_size=2), st.dictionaries(st.text(max_size=5), SCALARS, max_size=2))
MEMBERS = st.dictionaries(NAMES, VALUES, max_size=4)
FRAMES = st.one_of(
    st.text(max_size=60),
    VALUES.map(json.dumps),
    st.builds(lambda type_, members: json.dumps({"type": type_, "ref": "f", **members}), TYPES, MEMBERS),
    # Sound commands with one sick member are the nearest to what goes wrong in life.
    st.builds(
        lambda type_, name, value: json.dumps(
            {
                "type": type_,
                "ref": "f",
                "room": "ROOM",
                "number": 1,
                "body": "x",
                "client_message_id": "f",
                "since": 0,
                "name": "x",
                "topic": "x",
                name: value,
            }
        ),
        TYPES.filter(lambda type_: type_ != "hello"),
        NAMES,
        VALUES,
    ),
)
NO_DEADLINE = settings(
    deadline=None, max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)


def test_garbage(alice: Actor) -> None:
    """Whatever comes in: an answer with a known code, nothing written where it is an error, and the socket stays."""
    models = (Room, RoomName, Person, Membership, Message, Notice)

    def state() -> list[Any]:
        return [model.objects.count() for model in models] + list(Room.objects.values_list("seq", "name"))

    @NO_DEADLINE
    @given(FRAMES)
    def feed(text: str) -> None:
        before = state()
        answer = answer_to(alice, text.replace('"ROOM"', str(alice.room)))
        if answer["type"] == "error":
            assert answer["error"]["code"] in CODES
            assert answer["error"]["code"] != "unavailable", (text, answer)
            assert state() == before
        alice.client.drain()

    feed()
