"""Which rooms there are, and which one has a name: what a program needs before it can post."""

from __future__ import annotations

from typing import Any

from tests.api.conftest import Call, bearer_of, messages_of, room_at
from tests.domain.says import rows, say

from groupchat.actions import rooms
from groupchat.models import Membership, Person, Room


def test_a_room_is_found_by_its_id_and_by_its_name(call: Call, lobby: Room, ada: Person, bearer: dict[str, str]):
    say(ada, lobby)
    before = rows()
    by_id = call("GET", room_at(lobby.pk), **bearer)
    assert by_id.status == 200
    assert set(by_id.json) == {"room", "seq", "last_number", "last_message_at", "me"}
    assert (by_id.json["room"]["id"], by_id.json["room"]["name"], by_id.json["last_number"]) == (lobby.pk, "Lobby", 1)
    assert by_id.json["me"]["role"] == "owner"
    for name in ("lobby", "Lobby", "ＬＯＢＢＹ"):
        assert call("GET", room_at(name), **bearer).json == by_id.json
    assert rows() == before


def test_an_old_name_leads_to_the_room(call: Call, lobby: Room, ada: Person, bearer: dict[str, str]) -> None:
    rooms.rename(person=ada, room_id=lobby.pk, name="Hall")
    assert call("GET", room_at("lobby"), **bearer).json["room"]["slug"] == "hall"


def test_every_name_has_an_address_of_its_own(call: Call, ada: Person, bearer: dict[str, str]) -> None:
    """A name of digits is no id, and one that is a word of the address is still a name."""
    for name in ("2024", "messages", "by-name", "rooms", "C++ & C#?", "100 %", "🎉", "a;b=c", "..x"):
        room = rooms.create(person=ada, name=name)
        assert call("GET", room_at(room.slug), **bearer).json["room"]["id"] == room.pk
        posted = call("POST", messages_of(room.slug), '{"body": "hi"}', **bearer)
        assert (posted.status, posted.json["room"]) == (201, room.pk)
    assert call("GET", "/api/v1/rooms/2024", **bearer).code == "not_found"


def test_the_list_holds_what_one_may_read(call: Call, ada: Person, grace: Person, bearer: dict[str, str]) -> None:
    public = rooms.create(person=grace, name="Public")
    rooms.create(person=grace, name="Cellar", kind=Room.Kind.PRIVATE)
    banned = rooms.create(person=grace, name="No Ada")
    rooms.join(person=ada, room_id=banned.pk)
    own = rooms.create(person=ada, name="Attic", kind=Room.Kind.PRIVATE)
    left = rooms.create(person=ada, name="Left", kind=Room.Kind.PRIVATE)
    rooms.leave(person=ada, room_id=left.pk)
    Membership.objects.filter(room=banned, person=ada).update(state=Membership.State.BANNED)
    told = call("GET", "/api/v1/rooms", **bearer)
    assert told.status == 200
    assert [state["room"]["id"] for state in told.json["rooms"]] == [public.pk, own.pk]
    assert [state["me"] and state["me"]["state"] for state in told.json["rooms"]] == [None, "joined"]
    assert told.json["next"] is None
    assert told.json["rooms"] == [call("GET", room_at(room.pk), **bearer).json for room in (public, own)]


def test_what_one_may_not_read_is_not_there(call: Call, grace: Person, bearer: dict[str, str]) -> None:
    cellar = rooms.create(person=grace, name="Cellar", kind=Room.Kind.PRIVATE)
    for address in (cellar.pk, cellar.slug, "cellar", 10**17, 10**30, "nowhere", "a\0b", "x" * 600):
        told = call("GET", room_at(address), **bearer)
        assert (told.status, told.code) == (404, "not_found"), address
        told = call("POST", messages_of(address), '{"body": "hi"}', **bearer)
        assert (told.status, told.code) == (404, "not_found"), address


def test_whoever_is_banned_is_told(call: Call, lobby: Room, grace: Person) -> None:
    rooms.join(person=grace, room_id=lobby.pk)
    Membership.objects.filter(person=grace).update(state=Membership.State.BANNED)
    assert call("GET", room_at("lobby"), **bearer_of(grace)).code == "forbidden"
    assert call("POST", messages_of("lobby"), '{"body": "hi"}', **bearer_of(grace)).code == "forbidden"


def test_page_after_page(call: Call, ada: Person, bearer: dict[str, str]) -> None:
    made = [rooms.create(person=ada, name=f"Room {index}").pk for index in range(5)]
    found: list[int] = []
    after: int | None = 0
    while after is not None:
        page = call("GET", f"/api/v1/rooms?after={after}&limit=2", **bearer).json
        assert len(page["rooms"]) <= 2
        found += [state["room"]["id"] for state in page["rooms"]]
        after = page["next"]
    assert found == made


def test_a_page_has_fifty_rooms_and_a_largest_size(
    call: Call, ada: Person, bearer: dict[str, str], options: Any
) -> None:
    Room.objects.bulk_create(Room(name=f"Room {index}", slug=f"room {index}") for index in range(120))
    assert [len(call("GET", f"/api/v1/rooms{query}", **bearer).json["rooms"]) for query in ("", "?limit=1000")] == [
        50,
        100,
    ]
    options(max_page_rooms=7)
    assert len(call("GET", "/api/v1/rooms?limit=1000", **bearer).json["rooms"]) == 7
    options(max_page_rooms=0)
    assert len(call("GET", "/api/v1/rooms?limit=1000", **bearer).json["rooms"]) == 120


def test_a_query_that_makes_no_sense(call: Call, bearer: dict[str, str]) -> None:
    for query in (
        *("limit=0", "limit=-1", "limit=many", "limit=", "after=1.5", f"after={2**63}", "after=" + "9" * 5000),
        *("after=%00", "after=%ff", "after=1&after=x", "after=-1"),
    ):
        told = call("GET", f"/api/v1/rooms?{query}", **bearer)
        assert (told.status, told.code, told.json["error"]["field"]) == (422, "invalid", query[:5]), query


def test_what_a_query_does_not_know_is_ignored(call: Call, lobby: Room, bearer: dict[str, str]) -> None:
    assert len(call("GET", "/api/v1/rooms?later=1&=&%00=x&limit=1&&;", **bearer).json["rooms"]) == 1


def test_without_a_token_nothing_is_told(call: Call, lobby: Room) -> None:
    for path in ("/api/v1/rooms", room_at(lobby.pk), room_at("lobby"), room_at("nowhere")):
        for headers in ({}, {"Authorization": "Bearer gct_guess"}, {"Authorization": "Basic YTpi"}):
            told = call("GET", path, **headers)
            assert (told.status, told.code) == (401, "unauthenticated")
            assert told.headers["www-authenticate"] == "Bearer"


def test_head_is_get_without_its_content(call: Call, lobby: Room, bearer: dict[str, str]) -> None:
    whole = call("GET", room_at("lobby"), **bearer)
    head = call("HEAD", room_at("lobby"), **bearer)
    assert (head.status, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(whole.content))
