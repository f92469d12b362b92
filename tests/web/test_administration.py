"""The administration: who gets it, and what its pages show and do."""

from __future__ import annotations

from html import unescape

import pytest
from django.test import Client
from django.utils import translation
from tests.accounts import cookies_of, new_person
from tests.domain.says import say

from groupchat.actions import audit, limits, members, reporting, rooms
from groupchat.actions.limits import Asked
from groupchat.errors import RateLimited
from groupchat.models import AuditEntry, Effect, Person, Room
from groupchat.web.administration import SECTIONS

pytestmark = pytest.mark.django_db
PATHS = ["/administration/", *(f"/administration/{section.name}/" for section in SECTIONS)]


def client_of(person: Person) -> Client:
    client = Client()
    client.cookies.load(cookies_of(person))
    return client


@pytest.fixture
def warden() -> Person:
    return new_person("warden", is_admin=True)


@pytest.fixture
def root() -> Person:
    return new_person("root", is_owner=True)


@pytest.fixture
def alice() -> Person:
    return new_person("alice")


def text(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path, follow=True)
    assert response.status_code == status, response.content
    return unescape(response.content.decode())


def does(client: Client, section: str, act: str, **fields: object) -> str:
    response = client.post(f"/administration/{section}/", {"act": act, **fields}, follow=True)
    return unescape(response.content.decode())


@pytest.mark.parametrize("path", PATHS)
def test_for_everybody_else_there_is_no_such_page(path: str, alice: Person, warden: Person, root: Person) -> None:
    for client in (Client(), client_of(alice)):
        assert client.get(path).status_code == 404
        assert client.post(path, {"act": "suspend", "id": warden.pk}).status_code == 404
    for person in (warden, root):
        assert client_of(person).get(path).status_code == 200
    Person.objects.filter(pk=warden.pk).update(is_active=False)
    assert client_of(warden).get(path).status_code == 404


def test_no_form_is_sent_from_elsewhere(warden: Person, alice: Person) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies.load(cookies_of(warden))
    assert client.post("/administration/people/", {"act": "suspend", "id": alice.pk}).status_code == 403
    assert client_of(warden).post("/administration/log/").status_code == 405
    assert client_of(warden).get("/administration/nothing/").status_code == 404


def test_people(warden: Person, root: Person, alice: Person) -> None:
    client = client_of(warden)
    page = text(client, f"/administration/people/?q={alice.handle}")
    assert f"@{alice.handle}" in page
    assert f"@{root.handle}" not in page
    assert f'aria-label="Suspend: {alice.name}"' in page
    assert "Make administrator" not in page
    assert "Suspend" not in text(client, f"/administration/people/?q={root.handle}")
    assert "is suspended." in does(client, "people", "suspend", id=alice.pk)
    assert not Person.objects.get(pk=alice.pk).is_active
    assert "is let in again." in does(client, "people", "unsuspend", id=alice.pk)
    theirs = client_of(alice)
    assert "is signed out" in does(client, "people", "sign_out", id=alice.pk)
    assert theirs.get("/rooms/")["Location"] != "/rooms/"
    for act, target in (("suspend", root), ("make_admin", alice), ("suspend", warden)):
        assert 'role="alert"' in does(client, "people", act, id=target.pk)
    for target_id in ("", "x", "9" * 30, 0):
        assert "It is not there any more." in does(client, "people", "suspend", id=target_id)
    assert client.post("/administration/people/", {"act": "fly", "id": alice.pk}).status_code == 422
    assert text(client, "/administration/people/?q=%00&before=x")

    owner = client_of(root)
    assert "Make administrator" in text(owner, f"/administration/people/?q={alice.handle}")
    assert "administers the site." in does(owner, "people", "make_admin", id=alice.pk)
    assert Person.objects.get(pk=alice.pk).is_admin
    assert AuditEntry.objects.get(act="make admin", person_id=alice.pk).by_id == root.pk


def test_rooms(warden: Person, alice: Person) -> None:
    client = client_of(warden)
    lobby = rooms.create(person=alice, name="Lobby <b>")
    cellar = rooms.create(person=alice, name="Secret plans", kind="private")
    rooms.converse(person=alice, people=[warden.pk])
    page = text(client, "/administration/rooms/")
    assert "Secret plans" not in page
    assert f"Room {cellar.pk}" in page
    assert client.get("/administration/rooms/").content.count(b"<tbody") == 1
    assert b"Lobby &lt;b&gt;" in client.get("/administration/rooms/?q=lobby").content
    for act in ("archive", "unarchive", "delete"):
        assert 'role="alert"' in does(client, "rooms", act, id=cellar.pk)
        assert "Lobby" in does(client, "rooms", act, id=lobby.pk)
    assert Room.objects.get(pk=lobby.pk).deleted_at is not None
    assert "is back." in does(client, "rooms", "restore", id=lobby.pk)


def test_the_audit_log(warden: Person, alice: Person) -> None:
    client = client_of(warden)
    rooms.archive(person=alice, room_id=rooms.create(person=alice, name="Lobby").pk)
    for query in ("", f"by={alice.handle}", "room=Lobby", "act=archive"):
        assert "Lobby" in text(client, f"/administration/log/?{query}")
    assert "Nothing of that kind was done." in text(client, "/administration/log/?act=fly")
    assert 'role="alert"' in text(client, "/administration/log/?by=nobody-here")
    saved = client.get("/administration/log/?act=archive&format=csv")
    lines = b"".join(saved.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert saved["Content-Type"].startswith("text/csv")
    assert len(lines) == 2


def table(client: Client, query: str = "") -> str:
    saved = client.get(f"/administration/log/?{query}&format=csv")
    return b"".join(saved.streaming_content).decode()  # type: ignore[attr-defined]


@pytest.mark.parametrize("outsider", ["warden", "root"])
def test_of_closed_rooms_the_audit_log_says_their_number(
    outsider: str, alice: Person, request: pytest.FixtureRequest
) -> None:
    client = client_of(request.getfixturevalue(outsider))
    room = rooms.create(person=alice, name="Mergers")
    rooms.configure(person=alice, room_id=room.pk, kind="private", name="Secret plans", topic="Buy them all")
    rooms.archive(person=alice, room_id=room.pk)
    for query in ("", "room=%23" + str(room.pk)):
        page, saved = text(client, f"/administration/log/?{query}"), table(client, query)
        for told in (page, saved):
            assert f"Room {room.pk}" in told
            assert "Secret" not in told
            assert "Mergers" not in told
            assert "Buy" not in told
    for name in ("Mergers", "Nothing of the kind"):
        assert "There is no such room." in text(client, f"/administration/log/?room={name}"), "nor a former name"
    own = new_person("member", is_admin=True)
    members.invite(person=alice, room_id=unarchived(alice, room).pk, people=[own.pk])
    for told in (text(client_of(own), "/administration/log/"), table(client_of(own))):
        assert "Secret plans" in told
        assert "Buy them all" in told


def unarchived(person: Person, room: Room) -> Room:
    rooms.archive(person=person, room_id=room.pk, archived=False)
    return room


def test_of_conversations_the_audit_log_does_not_say_who_is_in_them(root: Person, alice: Person) -> None:
    bob = new_person("bob")
    talk = rooms.converse(person=alice, people=[bob.pk]).room
    made = reporting.report(person=alice, room_id=talk.pk, number=say(bob, talk, "hi").number)
    reporting.claim(person=root, report_id=made.pk)
    reporting.resolve(person=root, report_id=made.pk, outcome="acted")
    assert set(AuditEntry.objects.values_list("person_id", flat=True)) == {None}
    audit.note("claim report", by=root, room=talk, person=bob)  # as an older version did
    warden = client_of(new_person("another", is_admin=True))
    for told in (text(warden, "/administration/log/"), table(warden)):
        assert f"Room {talk.pk}" in told
        assert bob.name not in told
        assert alice.name not in told


def test_a_limit_is_lifted(warden: Person, root: Person, alice: Person, settings: pytest.FixtureRequest) -> None:
    settings.GROUPCHAT = {"MAX_NEW_ROOMS_PER_HOUR": 1}  # type: ignore[attr-defined]
    client = client_of(warden)
    limits.require_new_room(alice)
    with pytest.raises(RateLimited):
        limits.require_new_room(alice)
    assert "1 is used in part." in text(client, "/administration/limits/")
    assert "is lifted" in does(client, "limits", "lift", limit="room.new", of=alice.handle)
    limits.require_new_room(alice)
    for limit, of in (("room.new", "nobody-here"), ("room.new", ""), ("none", alice.handle)):
        assert 'role="alert"' in does(client, "limits", "lift", limit=limit, of=of)
    assert limits.take(Asked("password.account", f"user:{alice.user_id}"), count=10) == 0
    refused = does(client, "limits", "lift", limit="password.account", of=alice.handle)
    assert 'role="alert"' in refused, "or whoever is administrator guesses the password of an owner"
    assert limits.take(Asked("password.account", f"user:{alice.user_id}")) > 0
    assert "is lifted" in does(client_of(root), "limits", "lift", limit="password.account", of=alice.handle)
    assert limits.take(Asked("password.account", f"user:{alice.user_id}")) == 0
    assert AuditEntry.objects.filter(act="lift limit").count() == 2


def test_failed_effects(warden: Person) -> None:
    from django.utils import timezone

    now = timezone.now()
    given = {"kind": "signals", "event": "message_posted", "payload": "{}", "created_at": now, "due_at": now}
    failed = [Effect.objects.create(**given, failed_at=now, last_error="the mail server is away") for _ in range(2)]
    client = client_of(warden)
    page = text(client, "/administration/jobs/")
    assert "the mail server is away" in page
    assert "deleted rooms: not done yet, every 60 minutes" in page
    assert "is tried again." in does(client, "jobs", "try_again", id=failed[0].pk)
    assert "is dropped." in does(client, "jobs", "drop", id=failed[1].pk)
    assert list(Effect.objects.values_list("failed_at", flat=True)) == [None]
    assert 'role="alert"' in does(client, "jobs", "drop", id=failed[0].pk), "it has not failed any more: it waits"
    assert Effect.objects.filter(pk=failed[0].pk).exists()


def test_why(warden: Person, alice: Person) -> None:
    client = client_of(warden)
    lobby = rooms.create(person=alice, name="Lobby")
    say(alice, lobby, "hi")
    rooms.archive(person=alice, room_id=lobby.pk)
    page = text(client, f"/administration/why/?person={alice.handle}&verb=post&room=Lobby")
    assert "may not write into it." in page
    assert "no: the room is archived" in page
    closed = [rooms.converse(person=alice, people=[new_person("bob").pk]).room]
    closed.append(rooms.create(person=alice, name="Mergers"))
    rooms.configure(person=alice, room_id=closed[1].pk, kind="private", name="Secret plans")
    names = [f"%23{room.pk}" for room in closed] + [closed[1].slug, "Mergers", "none"]
    for name in names:
        page = text(client, f"/administration/why/?person={alice.handle}&verb=read&room={name}")
        assert "There is no such room." in page
        assert "Secret" not in page
    members.invite(person=alice, room_id=closed[1].pk, people=[warden.pk])
    page = text(client, f"/administration/why/?person={alice.handle}&verb=read&room=%23{closed[1].pk}")
    assert "Secret plans" in page


def test_many_people_come_in_pages(warden: Person, django_assert_max_num_queries: object) -> None:
    Person.objects.bulk_create(Person(name=f"n{i}", handle=f"n{i}") for i in range(120))
    client = client_of(warden)
    path, seen = "/administration/people/", 0
    with django_assert_max_num_queries(24):  # type: ignore[operator]  # of three pages
        for _ in range(3):
            page = text(client, path)
            seen += page.count('scope="row"')
            path = "/administration/people/" + page.partition('rel="next" href="')[2].partition('"')[0]
    assert seen == Person.objects.count()


def test_it_speaks_german(warden: Person) -> None:
    with translation.override("en"):  # which a request leaves as it was told
        page = client_of(warden).get("/administration/", headers={"accept-language": "de"}).content.decode()
    assert "Verwaltung" in page
    assert "Administration" not in page
