"""What may be written, and when two names are the same."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupchat.characters import strays, without_breaks
from groupchat.errors import ChatError, Invalid, TooLong
from groupchat.text import (
    clean_body,
    clean_client_message_id,
    clean_person_name,
    clean_room_name,
    clean_topic,
    fold,
    is_visible,
)

ANY_TEXT = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    "body", ["a", " a ", "\n.\n", "🎉", "\u200b.", "é", "\u202ea", "a\x07b", "\U0001fae8", "\U0001fae9"]
)
def test_bodies_that_show_something_stay_as_they_are(body: str) -> None:
    assert clean_body(body) == body


@given(ANY_TEXT)
def test_a_body_is_taken_as_written_or_refused(body: str) -> None:
    try:
        assert clean_body(body) == body
        assert is_visible(body)
    except Invalid:
        assert "\0" in body or not is_visible(body)


def test_the_limit_counts_characters(settings: Any) -> None:
    settings.GROUPCHAT = {"MAX_BODY_CHARACTERS": 3}
    assert clean_body("🎉🎉🎉") == "🎉🎉🎉"
    with pytest.raises(TooLong, match="at most 3 characters; this one has 4"):
        clean_body("abcd")
    settings.GROUPCHAT = {"MAX_BODY_CHARACTERS": 0}
    assert clean_body("x" * 100_000)


@given(ANY_TEXT)
def test_a_folded_name_is_folded(name: str) -> None:
    assert "  " not in fold(name)
    assert fold(name) == fold(f"  {name}\t")
    assert fold(unicodedata.normalize("NFC", name)) == fold(unicodedata.normalize("NFD", name))


@given(ANY_TEXT)
def test_a_clean_name_is_clean(name: str) -> None:
    try:
        clean = clean_room_name(name)
    except ChatError:
        return
    assert clean_room_name(clean) == clean
    assert fold(clean) == fold(without_breaks(name))
    assert not strays(clean)
    assert 1 <= len(clean) <= 80
    assert len(fold(clean)) <= 400
    assert "/" not in fold(clean)
    assert clean.isprintable() or any(unicodedata.category(one) in ("Cf", "Cn", "Co", "Zs") for one in clean)


def test_the_columns_limit_holds_without_one_of_ours(settings: Any) -> None:
    settings.GROUPCHAT = {
        "MAX_ROOM_NAME_CHARACTERS": 0,
        "MAX_TOPIC_CHARACTERS": 10**6,
        "MAX_PERSON_NAME_CHARACTERS": 0,
    }
    for clean, longest in ((clean_room_name, 200), (clean_topic, 1000), (clean_person_name, 200)):
        assert clean("x" * longest)
        with pytest.raises(TooLong):
            clean("x" * (longest + 1))


@pytest.mark.parametrize("value", ["a", "A-z_09", "x" * 64])
def test_ids_of_clients(value: str) -> None:
    assert clean_client_message_id(value) == value


@given(st.text(min_size=1))
def test_other_ids_are_refused(value: str) -> None:
    if value.isascii() and value.replace("-", "a").replace("_", "a").isalnum() and len(value) <= 64:
        assert clean_client_message_id(value) == value
    else:
        with pytest.raises(Invalid):
            clean_client_message_id(value)


def test_an_emoji_newer_than_our_unicode_is_a_name() -> None:
    assert clean_room_name("\U0001fae9") == "\U0001fae9"  # of Unicode 16; Python 3.11 knows Unicode 14


@pytest.mark.parametrize("text", ["\ufffe", "\U0010ffff", "\ufdd0", "\ufff0", "\U000e0fff", "\ue000"])
def test_what_is_never_drawn_shows_nothing(text: str) -> None:
    assert not is_visible(text)
