"""Names that a reader takes for one another have one skeleton."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groupchat.lookalikes import LONGEST_SKELETON, looks_of, skeleton

CYRILLIC_ADA = "\u0410da"
UNSEEN = "\u200b\u200c\u200d\u2060\u00ad\ufeff\u202e\u2066\u2069\u034f\ufe0f\u3164"

names = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada", CYRILLIC_ADA),
        ("Ada", "ADA"),
        ("Ada", "A\u200bda"),
        ("Ada", "\u202eAda\u202c"),
        ("Ada", "\uff21\uff44\uff41"),  # full width
        ("Ada", "\U0001d400\U0001d41d\U0001d41a"),  # mathematical bold
        ("Ada", "\u24b6\u24d3\u24d0"),  # in circles
        ("Ada", " Ada\u3000"),
        ("Ada King", "Ada\u00a0 King"),
        ("Ian", "lan"),
        ("Paul", "Pau1"),
        ("Paul", "Pau|"),
        ("root", "r00t"),
        ("Bernd", "Bemd"),
        ("Vivian", "vivian"),
        ("Wanda", "VVanda"),
        ("Nora", "\u039dora"),  # a Greek capital nu
        ("Sophia", "\u0405\u043e\u0440\u04bbia"),
        ("Jos\u00e9", "Jose\u0301"),
        ("O'Brien", "O\u2019Brien"),
        ("Stra\u00dfe", "STRASSE"),
        ("Istanbul", "\u0130stanbul"),
        ("Kim", "\u212aim"),  # the sign of Kelvin
        ("Anna-Lena", "Anna\u2010Lena"),
    ],
)
def test_who_looks_like_whom(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other)
    assert looks_of(one) == looks_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada", "Adam"),
        ("Jos\u00e9", "Jose"),
        ("Ada King", "AdaKing"),
        ("Anna", "Ann"),
        ("\u4e8e", "\u5de5"),
        ("🎉", "🎊"),
    ],
)
def test_who_does_not(one: str, other: str) -> None:
    assert skeleton(one) != skeleton(other)
    assert looks_of(one) != looks_of(other)


@settings(deadline=None)
@given(names)
def test_a_skeleton_is_its_own(name: str) -> None:
    assert skeleton(skeleton(name)) == skeleton(name)
    assert 0 < len(skeleton(name)) <= LONGEST_SKELETON


@settings(deadline=None)
@given(
    st.text("abcdefghijklmnopqrstuvwxyzäöüßéèñçøåабвгдежзиклмнопрстуфхцчшыэюяαβγδεζηθικλμνξοπρστυφχψω '-.0123456789")
)
def test_case_makes_no_difference(name: str) -> None:
    assert skeleton(name.upper()) == skeleton(name) == skeleton(name.title())


@settings(deadline=None)
@given(names, st.sampled_from(UNSEEN), st.integers(0, 40))
def test_what_is_not_drawn_makes_no_difference(name: str, unseen: str, place: int) -> None:
    assert skeleton(name[:place] + unseen + name[place:]) == skeleton(name)


@settings(deadline=None)
@given(st.text(min_size=500, max_size=600))
def test_a_long_name_fits_into_its_column(name: str) -> None:
    assert len(skeleton(name)) <= LONGEST_SKELETON
