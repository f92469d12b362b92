"""Who may do what: each cell of docs/permissions.md, asked of a real server through every door."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from tests.accounts import cookies_of, new_person
from tests.api.conftest import bearer_of, messages_of, over_a_server, room_at
from tests.contract.permission_table import (
    CONVERSATIONS,
    DOCUMENT,
    KINDS,
    ROLES,
    outcome,
    rows,
    standings_in,
    written,
)
from tests.domain.says import say
from tests.play import Actor, Stage
from tests.serving import ThreadServer
from tests.sockets import Refused

from groupchat import slash
from groupchat.actions import invites, members, messages, rooms
from groupchat.actions.people import Guest, person_of_guest
from groupchat.errors import Forbidden
from groupchat.identity import GUEST_COOKIE, sign_guest
from groupchat.models import InviteLink, Membership, Person, Room
from groupchat.permissions import Rank, Refusal, Rules, rank_of
from groupchat.realtime.gateway.commands import COMMANDS

_numbers = itertools.count(1)

# About no room that one must be let into, or that is named by its id.
ELSEWHERE = {"hello", "ping", "unsubscribe", "typing", "room.enter", "room.create", "room.direct", "rooms"}
ELSEWHERE |= {"people.find", "me.rename", "report.claim", "report.resolve", "site.raid", "rooms.order", "person.block"}
ELSEWHERE |= {"saved", "scheduled", "scheduled.change", "scheduled.cancel", "scheduled.send"}
ELSEWHERE |= {"commands"}


READS = {"subscribe", "changes", "messages", "members", "message.versions", "message.reactions", "thread"}
READS |= {"room.sanctions", "reports", "invites", "pins"}


def in_an_hour() -> str:
    return (timezone.now() + timedelta(hours=1)).isoformat()


class House:
    """A room of a kind, with an owner and an ordinary member in it, and somebody who stands in it in some way."""

    def __init__(self, people: dict[str, Person], kind: str, standing: str) -> None:
        self.owner, self.other = people["keeper"], people["other"]
        self.asks = people[standing if standing in ("site owner", "site admin", "guest") else "asks"]
        inside = standing in ROLES or standing in ("removed", "banned")
        if kind in CONVERSATIONS:
            between = [self.other, self.asks if inside else people["stranger"]]
            between += [self.owner] if kind == "group" else []
            Room.objects.filter(kind=kind).delete()  # there is one between the same people
            self.room = rooms.converse(person=between[0], people=[one.pk for one in between]).room
        else:
            of_kind = kind if kind in Room.Kind.values else Room.Kind.PUBLIC
            self.room = rooms.create(person=self.owner, name=f"Room {next(_numbers)}", kind=of_kind)
            ids = [self.other.pk, *([self.asks.pk] if inside else [])]
            members.invite(person=self.owner, room_id=self.room.pk, people=ids)
            if standing in ROLES and standing != "member":
                members.give_role(person=self.owner, room_id=self.room.pk, target_id=self.asks.pk, role=standing)
        if kind == "announcement":
            members.give_role(person=self.owner, room_id=self.room.pk, target_id=self.other.pk, role="moderator")
        say(self.other, self.room, "secret-word")
        messages.edit(person=self.other, room_id=self.room.pk, number=1, body="secret-words")
        if kind == "announcement":
            members.give_role(person=self.owner, room_id=self.room.pk, target_id=self.other.pk, role="member")
        if standing in ("removed", "banned"):
            state = Membership.State.KICKED if standing == "removed" else Membership.State.BANNED
            Membership.objects.filter(room=self.room, person=self.asks).update(state=state)
        self.link = (
            invites.make(person=self.owner, room_id=self.room.pk).link
            if kind not in CONVERSATIONS
            else InviteLink(pk=1)
        )
        if kind in ("archived", "deleted"):
            Room.objects.filter(pk=self.room.pk).update(**{f"{kind}_at": timezone.now()})

    def members_of(self, command: str, stranger: Person) -> dict[str, Any]:
        """What the command needs to be sent, all of it right."""
        more: dict[str, dict[str, Any]] = {
            "changes": {"since": 0},
            "read": {"number": 1},
            "room.pin": {"pinned": True},
            "draft.set": {"text": "not yet"},
            "message.post": {"body": "hi", "client_message_id": str(uuid4())},
            "message.edit": {"number": 1, "body": "mine"},
            "message.delete": {"number": 1},
            "message.versions": {"number": 1},
            "message.react": {"number": 1, "emoji": "🎉", "on": True},
            "message.save": {"number": 1, "on": True},
            "message.schedule": {"body": "hi", "at": in_an_hour(), "client_message_id": str(uuid4())},
            "message.pin": {"number": 1, "on": True},
            "message.reactions": {"number": 1, "emoji": "🎉"},
            "thread": {"root": 1},
            "thread.follow": {"root": 1, "on": True},
            "room.invite": {"people": [stranger.pk]},
            "invite.end": {"id": self.link.pk},
            "room.remove": {"person": self.other.pk},
            "room.ban": {"person": self.other.pk, "seconds": 60},
            "room.unban": {"person": self.other.pk},
            "room.silence": {"person": self.other.pk, "seconds": 60},
            "room.role": {"person": self.other.pk, "role": "reader"},
            "room.rename": {"name": f"Other {next(_numbers)}"},
            "room.topic": {"topic": "other"},
            "room.settings": {"topic": "other"},
            "message.report": {"number": 1},
            "messages.purge": {"person": self.other.pk, "since": "2026-01-01T00:00:00Z"},
            "room.order": {"slow_mode": 5},
            "command.run": {"name": "wave"},
        }
        return {"room": self.room.pk, **more.get(command, {})}


@pytest.fixture
def people(transactional_db: None) -> dict[str, Person]:
    return {
        **{name: new_person(name) for name in ("keeper", "other", "asks", "stranger")},
        "guest": person_of_guest(guest=Guest(uuid4(), "guest")),
        "site owner": new_person("root", is_owner=True),
        "site admin": new_person("warden", is_admin=True),
    }


@pytest.fixture(autouse=True)
def a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """The site has one slash command, and says nothing by it."""
    monkeypatch.setattr(slash, "_registered", {})
    slash.command("wave", help="Wave.")(lambda **_: None)


@pytest.fixture
def asking(stage: Stage) -> Callable[[House], Actor]:
    """Connects whoever asks, once."""
    actors: dict[int, Actor] = {}

    def connected(house: House) -> Actor:
        person = house.asks
        if person.pk not in actors:
            guest = Guest(person.guest_id, person.name) if person.guest_id else None
            cookies = cookies_of(person) if guest is None else {GUEST_COOKIE: sign_guest(guest)}
            actors[person.pk] = stage.user(person.name, cookies)
        return actors[person.pk]

    return connected


def test_every_command_about_a_room_has_a_row() -> None:
    told = [command for row in rows() for command in row.commands]
    assert len(told) == len(set(told))
    assert {one.type for one in COMMANDS} == set(told) | ELSEWHERE


def test_the_document_says_what_the_rules_do() -> None:
    assert DOCUMENT.read_text() == written(DOCUMENT.read_text()), "python -m tests.contract.permission_table"


def cells() -> Iterator[tuple[str, str]]:
    for kind in KINDS:
        for standing in standings_in(kind):
            yield kind, standing


@pytest.mark.parametrize(("kind", "standing"), list(cells()))
def test_the_server_does_what_the_document_says(
    kind: str,
    standing: str,
    server: ThreadServer,
    people: dict[str, Person],
    asking: Callable[[House], Actor],
) -> None:
    house: House | None = None
    may_read = outcome(rows()[0], standing, kind) == "yes"
    for command, expected in expectations(kind, standing):
        house = house or House(people, kind, standing)
        actor = asking(house)
        answer = ask(actor, command, house.members_of(command, people["stranger"]))
        assert answer == expected, f"{command} as {standing} in a {kind} room"
        if command in ("subscribe", "message.post"):
            assert over_http(server, command, house, expected) == expected, f"{command} over HTTP"
        if not may_read:
            assert "secret-word" not in str(actor.client.frames), "nobody hears what they may not read"
        if changes_it(command, answer):
            house = None


def expectations(kind: str, standing: str) -> list[tuple[str, str]]:
    """Each command with its answer; first those that leave the room as it was, for these can share one."""
    told = [(command, outcome(row, standing, kind)) for row in rows() for command in row.commands]
    return sorted(told, key=lambda one: changes_it(*one))


def changes_it(command: str, answer: str) -> bool:
    """Whether the room is another one after this answer to the command. What is refused changes nothing."""
    return answer == "yes" and command not in READS


def ask(actor: Actor, command: str, members: dict[str, Any]) -> str:
    try:
        actor.client.call(command, **members)
    except Refused as refused:
        return str(refused.code)
    return "yes"


def over_http(server: ThreadServer, command: str, house: House, expected: str) -> str:
    """The same by a program with a token of theirs. A guest has none, so there is nothing for them there."""
    headers = {}
    if house.asks.kind != Person.Kind.GUEST:
        headers = bearer_of(house.asks)
    call = over_a_server(server.address)
    if command == "subscribe":
        told = call("GET", room_at(house.room.pk), **headers)
    else:
        told = call("POST", messages_of(house.room.pk), '{"body": "hi"}', **headers)
    if not headers:
        assert told.code == "unauthenticated"
        return expected
    return told.code if told.status >= 400 else "yes"


# --- rules of a site ------------------------------------------------------------------------------------------------


class OnlyModeratorsWrite(Rules):
    """What a site might want."""

    def post(self, person: Person | None, room: Room, membership: Membership | None) -> Refusal:
        least = "Only moderators write here." if rank_of(person, membership) < Rank.MODERATOR else ""
        return super().post(person, room, membership) or (Forbidden(least, why="rank") if least else None)


def test_a_site_has_rules_of_its_own(
    server: ThreadServer,
    people: dict[str, Person],
    asking: Callable[[House], Actor],
    options: Callable[..., None],
) -> None:
    house = House(people, "public", "member")
    options(permissions=f"{__name__}.OnlyModeratorsWrite")
    actor = asking(house)
    assert ask(actor, "message.post", house.members_of("message.post", people["stranger"])) == "forbidden"
    assert over_http(server, "message.post", house, "forbidden") == "forbidden"
    members.give_role(person=house.owner, room_id=house.room.pk, target_id=house.asks.pk, role="moderator")
    assert ask(actor, "message.post", house.members_of("message.post", people["stranger"])) == "yes"
