"""Why somebody can, or can't: what is told is what the rules answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from groupchat.actions import memberships, rooms, sanctions
from groupchat.actions.administration import suspend
from groupchat.actions.finding import find_person, find_room
from groupchat.errors import Forbidden, NotFound
from groupchat.models import Membership, Person, Room
from groupchat.permissions import Refusal, Rules, rules
from groupchat.permissions.why import VERBS, verbs, why


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """A request of another test leaves its language in the thread."""
    with translation.override("en"):
        yield


class NobodyWrites(Rules):
    """What a site might want."""

    def post(self, person: Person | None, room: Room, membership: Membership | None) -> Refusal:
        return Forbidden("The library is closed.")


def answers(person: Person, verb: str, room: Room) -> list[tuple[str, bool]]:
    return [(one.rule, one.refusal is None) for one in why(person, verb, room).asked]


def test_every_verb_is_a_rule_and_has_words() -> None:
    assert VERBS.keys() == verbs().keys() <= set(dir(Rules))


def test_it_is_what_the_rules_answer(lobby: Room, cellar: Room, alice: Person, bob: Person) -> None:
    for room in (lobby, cellar):
        for person in (alice, bob):
            mine = Membership.objects.filter(room=room, person=person).first()
            for verb, asks in VERBS.items():
                assert why(person, verb, room).allowed == (asks(rules(), person, room, mine) is None), (verb, room)


def test_the_rule_that_refuses_stands_last(lobby: Room, cellar: Room, alice: Person, bob: Person) -> None:
    assert answers(bob, "post", cellar) == [("", True), ("read", False)]
    memberships.add(room=lobby, people=[bob])
    assert answers(bob, "manage", lobby) == [("", True), ("read", True), ("manage", False)]
    sanctions.silence(person=alice, room_id=lobby.pk, target_id=bob.pk, seconds=60, reason="adverts")
    found = why(bob, "post", lobby)
    assert found.asked[-1].answer == "no: they are silenced for a time"
    assert any("adverts" in fact for fact in found.facts)
    suspend(person=bob)
    assert answers(bob, "read", lobby) == [("", False)]
    assert why(bob, "read", lobby).asked[0].answer == "no: Your account is switched off."


def test_it_says_what_the_site_says(lobby: Room, alice: Person, settings: object) -> None:
    settings.GROUPCHAT = {"PERMISSIONS": f"{__name__}.NobodyWrites"}  # type: ignore[attr-defined]
    found = why(alice, "post", lobby)
    assert found.asked[-1].answer == "no: The library is closed."
    assert any("NobodyWrites" in fact for fact in found.facts)


def test_it_speaks_german(lobby: Room, alice: Person) -> None:
    with translation.override("de"):
        assert "Lobby: darf ihn lesen" in why(alice, "read", lobby).answer


def test_the_command(lobby: Room, alice: Person) -> None:
    out = StringIO()
    call_command("chat_why", alice.handle, "post", "Lobby", stdout=out)
    assert out.getvalue().splitlines()[0].endswith("Lobby: may write into it.")
    assert "write into it: yes  [post]" in out.getvalue()
    for arguments in (("nobody-here", "post", "Lobby"), (alice.handle, "post", "Nowhere")):
        with pytest.raises(CommandError):
            call_command("chat_why", *arguments)


def test_finding(lobby: Room, cellar: Room, alice: Person, person: Callable[..., Person]) -> None:
    assert alice.user is not None
    for text in (alice.handle, f"@{alice.handle.upper()}", alice.user.get_username()):
        assert find_person(text) == alice
    rooms.rename(person=alice, room_id=lobby.pk, name="Hall")
    for text in ("hall", "Lobby", f"#{lobby.pk}"):
        assert find_room(text) == lobby
    assert find_room(cellar.slug) == cellar
    for text in ("", "#", "#x", "nowhere", "\0", "#" + "9" * 30, "x" * 999):
        with pytest.raises(NotFound):
            find_room(text)
    with pytest.raises(NotFound):
        find_person("\0")
