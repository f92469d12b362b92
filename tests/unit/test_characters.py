"""Which characters belong into a name, and what a value does to the text around it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupchat.characters import isolated, shown, strays, without_strays
from groupchat.errors import Invalid
from groupchat.text import clean_body, clean_person_name, clean_room_name, clean_topic, mended_person_name

ANY_TEXT = st.text(st.characters(exclude_categories=()))
TRICKY = st.text(
    st.sampled_from(
        "ab \u0645\u064e\u0915\u094d\u200d\u200c\ufe0f\u2764\U0001f469\U0001f3fd1\u20e3\u202e\u17d2\u1780\u200b"
    )
)

NEEDED = {
    "a family": "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "a woman runs": "\U0001f3c3\U0001f3fd\u200d\u2640\ufe0f",
    "a heart on fire": "\u2764\ufe0f\u200d\U0001f525",
    "a heart": "we \u2764\ufe0f tea",
    "a heart as text": "\u2764\ufe0e",
    "a key": "1\ufe0f\u20e3 first",
    "a flag": "\U0001f1e9\U0001f1ea",
    "Scotland": "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "an emoji of next year": "\U0001faff\ufe0f",
    "Persian": "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
    "Persian with a vowel": "\u0645\u064f\u200c\u062e",
    "Hindi": "\u0915\u094d\u200d\u0937",
    "Hindi, virama in sight": "\u0915\u094d\u200c\u0937",
    "Sinhala": "\u0dc1\u0dca\u200d\u0dbb\u0dd3",
    "Bengali": "\u09b0\u200d\u09cd\u09af\u09be\u09ac",
    "Mongolian": "\u182d\u180b\u1820\u182f\u180e\u1820",
    "Japanese": "\u845b\U000e0100\u57ce",
    "Arabic year": "\u0601\u0661\u0664\u0664\u0667",
    "Hebrew and Latin": "\u05e9\u05dc\u05d5\u05dd C++",
    "Thai": "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35",
}

NEEDED_BY_NONE = {
    **{
        f"U+{code:04X}": chr(code)
        for code in (
            *(0x00AD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x180E, 0x2060, 0x2061, 0x2065, 0x2800, 0x3164, 0xFEFF),
            *range(0x200B, 0x2010),
            *range(0x202A, 0x202F),
            *range(0x2066, 0x2070),
            *(0xFE00, 0xFE0E, 0xFE0F, 0xFFA0, 0xFFF9, 0xFFFF, 0x1D173, 0xE0001, 0xE0041, 0xE0100, 0xE01EF),
        )
    },
    "two selectors": "\u2764\ufe0f\ufe0f",
    "a selector behind a digit": "1\ufe0f",
    "a joiner at the end of an emoji": "\u2764\ufe0f\u200d",
    "a joiner between letters": "x\u200dy",
    "a non-joiner between Latin letters": "x\u200cy",
    "a non-joiner behind a Persian word": "\u0645\u200c ",
    "a secret in a flag": "\U0001f3f4\U000e0068\U000e0069\U000e007f",
    "a tag behind nothing": "\U000e0067\U000e0062\U000e007f",
}


@pytest.mark.parametrize("name", NEEDED.values(), ids=NEEDED)
def test_what_scripts_and_emoji_need_stays(name: str) -> None:
    for clean in (clean_room_name, clean_person_name, clean_topic):
        assert clean(name) == name
        assert clean(f"a {name} b") == f"a {name} b"
    assert shown(name) == without_strays(name) == mended_person_name(name) == name


@pytest.mark.parametrize("stray", NEEDED_BY_NONE.values(), ids=NEEDED_BY_NONE)
@pytest.mark.parametrize("around", ["{}general", "gen{}eral", "general{}", "{}"])
def test_what_no_name_needs_is_refused(stray: str, around: str) -> None:
    name = around.format(stray)
    for clean in (clean_room_name, clean_person_name, clean_topic):
        with pytest.raises(Invalid):
            clean(name if name.strip() else f"{name}x")
    assert clean_body(f"a {name} b") == f"a {name} b", "a message is as it was written"


def test_the_refusal_names_the_character() -> None:
    with pytest.raises(Invalid, match=r"A topic can't hold characters that are not drawn \(U\+202E here\)\."):
        clean_topic("abc \u202edef")


def test_where_a_line_may_break_is_no_part_of_a_name() -> None:
    assert clean_room_name("\u1797\u17b6\u179f\u17b6\u200b\u1781\u17d2\u1798\u17c2\u179a") == (
        "\u1797\u17b6\u179f\u17b6\u1781\u17d2\u1798\u17c2\u179a"
    ), "the space bar of a Khmer keyboard"


@given(ANY_TEXT | TRICKY)
def test_what_was_given_before_is_mended_or_marked(name: str) -> None:
    assert not strays(without_strays(name))
    assert not strays(shown(name))
    assert len(shown(name)) == len(name)
    mended = mended_person_name(name)
    if mended:
        assert clean_person_name(mended) == mended


@given(ANY_TEXT | TRICKY)
def test_a_value_moves_nothing_around_it(value: str) -> None:
    text = isolated(value)
    if value.isascii() and value.isprintable():
        assert text == value, "it has nothing that could"
        return
    assert text[0] == "\u2068"
    assert text[-1] == "\u2069"
    inside = {unicodedata.bidirectional(one) for one in text[1:-1]}
    assert not inside & {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI", "B"}
    assert all(unicodedata.category(one) != "Cc" for one in text)


def test_a_name_of_the_past_looks_like_no_other() -> None:
    assert shown("gen\u200beral") == "gen\ufffderal"
    assert isolated("\u202elareneg") == "\u2068\ufffdlareneg\u2069"
    assert mended_person_name("A\u202eda\n Lovelace") == "Ada Lovelace"
    assert mended_person_name("\u202e\u200b") == ""
