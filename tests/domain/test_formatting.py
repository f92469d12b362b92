"""The HTML of messages: made once, told and kept with the message, gone with its text."""

from __future__ import annotations

from typing import Any

import pytest
from tests.domain.conftest import Ear
from tests.domain.says import page, say

from groupchat import markup
from groupchat.actions import messages
from groupchat.actions.rendering import render_some
from groupchat.models import Message, Person, Room
from groupchat.resources import message_resource

pytestmark = pytest.mark.django_db

BOLD = '<p dir="auto"><strong>hi</strong></p>'


def stored(number: int = 1) -> tuple[str | None, int | None]:
    message = Message.objects.get(number=number)
    return message.html, message.rendered


def told(ear: Ear, room: Room) -> Any:
    return ear.of_room(room.pk)[-1].frame["messages"][-1]


def read(person: Person, room: Room) -> list[str | None]:
    return [message.get("html") for message in page(person, room.pk).messages]


def test_a_formatted_message_is_told_and_kept_with_its_html(alice: Person, lobby: Room, ear: Ear) -> None:
    say(alice, lobby, "**hi**")
    assert told(ear, lobby)["html"] == BOLD
    assert stored() == (BOLD, markup.stamp("**hi**"))
    assert read(alice, lobby) == [BOLD]


def test_a_plain_one_carries_none(alice: Person, lobby: Room, ear: Ear) -> None:
    say(alice, lobby, "hi, see https://example.org")
    assert "html" not in told(ear, lobby)
    assert stored() == (None, markup.stamp("hi, see https://example.org"))
    assert read(alice, lobby) == [None]


def test_an_edit_renders_anew_and_a_deletion_takes_it_away(alice: Person, lobby: Room, ear: Ear) -> None:
    say(alice, lobby, "hi")
    messages.edit(person=alice, room_id=lobby.pk, number=1, body="**hi**")
    assert told(ear, lobby)["html"] == BOLD
    assert read(alice, lobby) == [BOLD]
    messages.edit(person=alice, room_id=lobby.pk, number=1, body="hi")
    assert read(alice, lobby) == [None]
    messages.edit(person=alice, room_id=lobby.pk, number=1, body="**hi**")
    messages.delete(person=alice, room_id=lobby.pk, number=1)
    assert "html" not in told(ear, lobby)
    assert stored() == (None, None)


def test_what_nobody_rendered_yet_is_when_somebody_reads_it(alice: Person, lobby: Room) -> None:
    say(alice, lobby, "**hi**")
    Message.objects.update(html=None, rendered=None)
    assert read(alice, lobby) == [BOLD]


def test_an_older_version_that_edits_or_deletes_beside_us_leaves_nothing_stale(alice: Person, lobby: Room) -> None:
    message = Message.objects.get(number=say(alice, lobby, "**old**").number)
    Message.objects.update(body="**hi**")
    assert read(alice, lobby) == [BOLD]
    Message.objects.update(body="", deleted_at=message.at)
    assert "html" not in message_resource(Message.objects.get())


def test_another_renderer_does_all_anew_in_chunks(alice: Person, lobby: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    for body in ("**hi**", "plain", "*x*", "**gone**"):
        say(alice, lobby, body)
    messages.delete(person=alice, room_id=lobby.pk, number=4)
    Message.objects.filter(number__lt=4).update(html="<p>of another</p>", rendered=1)
    last, counts = 0, []
    while last is not None:
        last, count = render_some(after=last, limit=2)
        counts.append(count)
    assert counts == [2, 1, 0]
    assert [stored(number)[0] for number in (1, 2, 4)] == [BOLD, None, None]
    assert render_some()[1] == 0
    monkeypatch.setattr(markup, "RENDERER", markup.RENDERER + 1)
    assert render_some()[1] == 3


def test_a_page_of_formatted_messages_fits_into_an_answer(alice: Person, lobby: Room, settings: Any) -> None:
    for _ in range(10):
        say(alice, lobby, "*a* " * 50)
    settings.GROUPCHAT = {"MAX_OUTBOX_BYTES": 10_000}
    assert 1 <= len(page(alice, lobby.pk).messages) < 10
