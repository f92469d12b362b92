"""Whatever somebody writes, its HTML holds nothing but what docs/protocol.md allows: by another parser than ours."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from groupchat.markup import render
from groupchat.markup.allowed import ATTRIBUTES, REL, SPAN_CLASSES, TAGS, VALUES, only_allowed

VECTORS: dict[str, list[str]] = json.loads((Path(__file__).parent / "markup_vectors.json").read_text())


class Inspector(HTMLParser):
    """Notes whatever may not be there, and that what is opened is closed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.wrong: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.wrong.append(f"<{tag}>")
        if tag != "br":
            self.open.append(tag)
        for name, value in attrs:
            if not self._is_allowed(tag, name, value or ""):
                self.wrong.append(f"<{tag} {name}={value!r}>")

    def _is_allowed(self, tag: str, name: str, value: str) -> bool:
        if tag == "a":
            leads = name == "href" and urlsplit(value).scheme in ("http", "https", "mailto")
            return leads or (name, value) == ("rel", REL)
        if tag == "span":
            return name == "class" and value in SPAN_CLASSES
        return name in ATTRIBUTES.get(tag, ()) or value in VALUES.get(tag, {}).get(name, ())

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}>")

    def handle_comment(self, data: str) -> None:
        self.wrong.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.wrong.append(decl)

    def handle_pi(self, data: str) -> None:
        self.wrong.append(data)

    unknown_decl = handle_decl


def faults(html: str | None) -> list[str]:
    inspector = Inspector()
    inspector.feed(html or "")
    inspector.close()
    return inspector.wrong + inspector.open


def test_there_are_enough_of_them_and_each_once() -> None:
    every = [vector for vectors in VECTORS.values() for vector in vectors]
    assert len(every) >= 300
    assert len(set(every)) == len(every)


@pytest.mark.parametrize("kind", VECTORS)
def test_no_vector_gets_through(kind: str) -> None:
    found = {vector: wrong for vector in VECTORS[kind] if (wrong := faults(render(vector)))}
    assert not found


@pytest.mark.parametrize("kind", VECTORS)
def test_nor_with_something_formatted_beside_it(kind: str) -> None:
    found = {vector: wrong for vector in VECTORS[kind] if (wrong := faults(render(f"**x** {vector}\n\n*y*")))}
    assert not found


@pytest.mark.parametrize("kind", VECTORS)
def test_even_where_the_writer_let_everything_through_the_list_would_not(kind: str) -> None:
    found = {vector: wrong for vector in VECTORS[kind] if (wrong := faults(only_allowed(vector)))}
    assert not found


@given(some.text(some.sampled_from("ab \n*_~`|[]()<>!-+#1.\\&\"'/:@https://x.de\u202e"), max_size=120))
@settings(max_examples=300, deadline=None)
def test_nor_does_anything_that_chance_writes(body: str) -> None:
    html = render(body)
    assert not faults(html)
    assert html is None or only_allowed(html) == html
