"""Every text that the code uses has its translation in every language, and what programs read is built from that."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from tools import messages

CATALOGUES = [
    pytest.param(domain, language, id=f"{domain.locale.parent.name}-{domain.name}-{language}")
    for domain in messages.DOMAINS
    for language in domain.languages()
]
PLACEHOLDER = re.compile(r"%\(\w+\)\w|%\w|\{\w+\}")
COMPONENTS = sorted((messages.CLIENT / "components").glob("*.js"))
# words between tags, in an attribute that is read out, or said in passing, that are no call
LITERAL = re.compile(
    r"""(?:>\s*(?!\$)[^<>{}$`=;()]*[^\W\d_]{2,}[^<>{}$`=;()]*</"""
    r"""|\b(?:aria-label|title|placeholder|alt|label)="[^"]*[^\W\d_]"""
    r"""|\b(?:say|setFailure)\(["'`])"""
)


def test_what_is_committed_is_what_make_messages_writes() -> None:
    """No text is missing in a .po file or left from before; each .mo and .json says what the .po file says."""
    stale = [str(path) for path, content in messages.files() if not path.exists() or path.read_bytes() != content]
    assert stale == [], "run `make messages`, and translate what is new"


def test_each_language_is_whole() -> None:
    languages = {tuple(domain.languages()) for domain in messages.DOMAINS}
    assert len(languages) == 1, "each locale folder has the same languages"
    (known,) = languages
    for folder in ("i18n", "i18n/lazy"):
        built = {path.stem for path in (messages.CLIENT / folder).glob("*.json")}
        assert built == {name.replace("_", "-").lower() for name in known}


def test_a_key_is_what_the_client_makes_of_the_text() -> None:
    """tests/web_core/js/words_test.js asks it for the same."""
    assert [messages.key_of(text) for text in ("", "Send", "key\4Shift", "Größe – 🎉")] == [
        "tntfp",
        "atbdb",
        "qt13g",
        "daqj2",
    ]


def test_what_opens_later_brings_its_texts() -> None:
    """Nothing that the page starts with waits for a text, and each is in one of the two files."""
    now, later = (
        json.loads((messages.CLIENT / folder / "de.json").read_text())["texts"] for folder in ("i18n", "i18n/lazy")
    )
    assert not now.keys() & later.keys()
    first = messages.modules_of_the_first_load()
    assert messages.CLIENT / "components/timeline.js" in first
    assert messages.CLIENT / "components/room-dialog.js" not in first
    texts = messages.DOMAINS[1].texts()
    needed = [text for text in texts if messages.SOURCE / text.file in first]
    ids = [(text.context, text.id if isinstance(text.id, str) else text.id[0]) for text in needed]
    assert now.keys() == {messages.key_of(one if context is None else f"{context}\4{one}") for context, one in ids}


@pytest.mark.parametrize(("domain", "language"), CATALOGUES)
def test_every_text_is_translated(domain: messages.Domain, language: str) -> None:
    with domain.po(language).open("rb") as file:
        catalogue = read_po(file, locale=language)
    assert not catalogue.obsolete
    assert len(catalogue) > 20
    for message in catalogue:
        if not message.id:
            continue
        assert not message.fuzzy, f"{message.id} is only guessed"
        forms = [message.string] if isinstance(message.string, str) else list(message.string)
        assert len(forms) == (catalogue.num_plurals if message.pluralizable else 1), message.id
        for form in forms:
            assert form, f"{message.id} has no translation"
            assert placeholders(form) == placeholders_of(message), f"{message.id}: {form}"


def placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def placeholders_of(message: Message) -> set[str]:
    ids = [message.id] if isinstance(message.id, str) else list(message.id)
    assert len({frozenset(placeholders(text)) for text in ids}) == 1, f"{ids} differ in what they fill in"
    return placeholders(ids[0])


def test_no_text_is_both_alone_and_one_of_two() -> None:
    """The client finds a text by its first form: one key, one entry."""
    for domain in messages.DOMAINS:
        kinds: dict[tuple[str | None, str], type] = {}
        for text in domain.texts():
            key = (text.context, text.id if isinstance(text.id, str) else text.id[0])
            assert kinds.setdefault(key, type(text.id)) is type(text.id), key


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.name)
def test_components_say_nothing_past_gettext(path: messages.Path) -> None:
    code = re.sub(r"/\*.*?\*/|^\s*//[^\n]*", "", path.read_text(), flags=re.DOTALL | re.MULTILINE)
    assert [found[0] for found in LITERAL.finditer(code)] == []


# --- how texts are found, and plurals read ---------------------------------------------------------------------------


def found(source: str) -> Iterator[tuple[object, ...]]:
    return ((text.context, text.id) for text in messages.texts_of_a_module(source, "some.js"))


def test_texts_are_found_in_templates_within_templates() -> None:
    source = r"""
      html`<b title=${gettext("one")}>it's ${more && html`<i>${gettext("two {x}", { x: `${gettext("three")}` })}</i>`}
        ${ngettext("{count} a", "{count} b", count)} ${pgettext("key", "four")} don't
        ${npgettext("key", "{count} c", "{count} d", count, { room })} ${/["`]/.test(gettext("a \"b\" \\ \u00fc"))}`;
      const words = { sent: () => gettext("five") }; other.gettext(key); forgettext(key);
      say(
        gettext(
          "six",
        ),
      );
    """
    assert list(found(source)) == [
        (None, "one"),
        (None, "two {x}"),
        (None, "three"),
        (None, ("{count} a", "{count} b")),
        ("key", "four"),
        ("key", ("{count} c", "{count} d")),
        (None, 'a "b" \\ ü'),
        (None, "five"),
        (None, "six"),
    ]


@pytest.mark.parametrize(
    "call", ["gettext(key)", "gettext('one')", "gettext(`one`)", 'gettext("a" + b)', 'ngettext("a", b, 2)']
)
def test_a_text_that_cannot_be_found_is_an_error(call: str) -> None:
    with pytest.raises(ValueError, match=r"^some.js:2: "):
        list(found(f"\n{call};"))


def test_plural_forms_have_the_names_that_a_browser_gives_them() -> None:
    assert messages.plural_forms("de", "(n != 1)") == {"one": 0, "other": 1}
    assert messages.plural_forms("fr", "(n > 1)") == {"one": 0, "many": 1, "other": 1}
    slavic = "(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2)"
    assert messages.plural_forms("ru", slavic) == {"one": 0, "few": 1, "many": 2, "other": 2}
    assert messages.plural_forms("ja", "0") == {"other": 0}
    with pytest.raises(ValueError, match=r"^fr: .* for 1;"):
        messages.plural_forms("fr", "(n != 1)")
