"""The texts to be translated: from the code into every language's .po files, and from these what the programs read.

`make messages` writes the .po files anew (new texts come without a translation, texts that are gone go), then a .mo for
each, and for the web client a .json. `make messages ADD=fr` begins a language. tests/web/test_texts.py fails where one
of these files is not what this would write.

Babel does it, so that no machine needs GNU's gettext. Its own reading of JavaScript passes over what stands in a
template within a template, so the client's calls are found here: by their form, which is the same wherever they stand.
"""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from gettext import c2py
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation import to_language
from django.utils.translation.template import templatize

SOURCE = Path(__file__).resolve().parents[1] / "src/groupchat"
CLIENT = SOURCE / "web/static/groupchat"
_SERVER = SOURCE / "server"

# which arguments are texts, as Django's makemessages has them
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
_CALL = re.compile(r"(?<![\w.$])(n?)(p?)gettext\(")
_IMPORT = re.compile(r"""^(?:import|export)\b[^;"]*"(\.{1,2}/[^"]+)";""", re.MULTILINE)
_STRING = r'\s*("(?:[^"\\\n]|\\.)*")\s*'
_HEAD = """\
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals}\\n"
"""
# Where a rule of plurals may turn: the rules look at the last two digits, and some at whole millions.
_COUNTS = (*range(1001), 10_000, 100_000, 1_000_000, 2_000_000)


@dataclass(frozen=True, slots=True)
class Text:
    """A text of the code: one string, or singular and plural."""

    id: str | tuple[str, str]
    context: str | None
    file: str


@dataclass(frozen=True, slots=True)
class Domain:
    """A catalogue in every language: of what, and where it lies."""

    name: str
    locale: Path

    def languages(self) -> list[str]:
        return sorted(path.name for path in self.locale.iterdir() if path.is_dir())

    def po(self, language: str) -> Path:
        return self.locale / language / "LC_MESSAGES" / f"{self.name}.po"

    def texts(self) -> list[Text]:
        """In the order of files and lines."""
        if self.name == "djangojs":
            return list(_texts_of_the_client())
        of_server = self.locale.is_relative_to(_SERVER)
        files = [path for path in sorted(SOURCE.rglob("*")) if path.suffix in (".py", ".html", ".txt")]
        ours = [path for path in files if path.is_relative_to(_SERVER) == of_server]
        return [text for path in ours for text in _texts_of_the_server(path)]


DOMAINS = (
    Domain("django", SOURCE / "locale"),
    Domain("djangojs", SOURCE / "locale"),
    Domain("django", _SERVER / "locale"),
)


def files(*added: str) -> Iterator[tuple[Path, bytes]]:
    """All files that this keeps, each with what it should hold: every .po, its .mo, and the .json of the client."""
    first = {module.relative_to(SOURCE).as_posix() for module in modules_of_the_first_load()}
    for domain in DOMAINS:
        texts = domain.texts()
        for language in sorted({*domain.languages(), *added}):
            path = domain.po(language)
            begun = _HEAD.format(language=language, plurals=get_plural(language))
            catalogue = Translation.read(path.read_text() if path.exists() else begun, language, texts)
            yield path, catalogue.po()
            if domain.name == "django":
                yield path.with_suffix(".mo"), catalogue.mo()
            else:
                for folder, content in zip(("i18n", "i18n/lazy"), catalogue.json(first), strict=True):
                    yield CLIENT / folder / f"{to_language(language)}.json", content


class Translation(Catalog):
    """A .po file with the texts that the code has now, and its own head: no dates, nothing that changes by itself."""

    head: str

    @classmethod
    def read(cls, source: str, language: str, texts: list[Text]) -> Translation:
        before = read_po(io.BytesIO(source.encode()), locale=language)
        found = cls(locale=language)
        found.head = source.partition("\n\n")[0].rstrip()
        found.mime_headers = [("Plural-Forms", dict(before.mime_headers)["Plural-Forms"])]
        for text in texts:
            old = before.get(text.id, text.context)
            if old is None or old.pluralizable != isinstance(text.id, tuple) or not any(old.string or ""):
                old = Message(text.id)
            found.add(text.id, old.string, [(text.file, 0)], old.flags, (), old.user_comments, context=text.context)
        return found

    def __iter__(self) -> Iterator[Message]:
        _, *texts = super().__iter__()
        lines = self.head.partition('msgstr ""\n')[2].splitlines()
        return iter([Message("", "".join(json.loads(line) for line in lines)), *texts])

    def po(self) -> bytes:
        target = io.BytesIO()
        write_po(target, self, width=120, omit_header=True, include_lineno=False)
        return f"{self.head}\n\n".encode() + target.getvalue().strip() + b"\n"

    def mo(self) -> bytes:
        target = io.BytesIO()
        write_mo(target, self)
        return target.getvalue()

    def json(self, first: set[str]) -> tuple[bytes, bytes]:
        """Two files: the texts that are needed in one of the `first` files of the code, and all others.

        `{"language", "texts"}`: by `key_of` the text (behind its context and U+0004), plurals by Intl's names of them.
        """
        forms = plural_forms(str(self.locale), self.plural_expr)
        now: dict[str, str | dict[str, str]] = {}
        later: dict[str, str | dict[str, str]] = {}
        for message in self:
            one, said = message.id if isinstance(message.id, str) else message.id[0], message.string or ""
            missing = not said or not all(said) or (message.pluralizable and len(said) != self.num_plurals)
            if not one or missing or message.fuzzy:
                continue
            texts = later if first.isdisjoint(file for file, _ in message.locations) else now
            key = key_of(one if message.context is None else f"{message.context}\4{one}")
            if key in now or key in later:
                raise ValueError(f"{one}: another text has the same key, {key}; say it in other words.")
            texts[key] = said if isinstance(said, str) else {name: said[at] for name, at in forms.items()}
        return self._told(now), self._told(later)

    def _told(self, texts: dict[str, str | dict[str, str]]) -> bytes:
        told = {"language": to_language(str(self.locale)), "texts": dict(sorted(texts.items()))}
        return json.dumps(told, ensure_ascii=False, indent=0, separators=(",", ":")).encode() + b"\n"


def key_of(text: str) -> str:
    """What a catalogue of the client names a text by: `keyOf` of its lib/i18n.js."""
    found = 0x811C9DC5
    units = text.encode("utf-16-le")
    for at in range(0, len(units), 2):
        found = (found ^ int.from_bytes(units[at : at + 2], "little")) * 0x01000193 & 0xFFFFFFFF
    digits, found = "", found % 36**5
    while found:
        found, digit = divmod(found, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits or "0"


def plural_forms(language: str, rule: str) -> dict[str, int]:
    """Which form of a .po file each plural category of the language has: `{"one": 0, "other": 1}`.

    The client may not run a rule that is a text: it asks Intl, so the file's rule must tell apart no more than that.
    """
    category, form = Locale.parse(language, sep="_").plural_form, c2py(rule)
    forms: dict[str, int] = {}
    for count in _COUNTS:
        if forms.setdefault(category(count), form(count)) != form(count):
            raise ValueError(f"{language}: the rule {rule} differs from the CLDR's for {count}; take that.")
    return {**forms, "other": forms.get("other", max(forms.values()))}


def _texts_of_the_server(path: Path) -> Iterator[Text]:
    source = path.read_text()
    if path.suffix != ".py":
        # What Django makes of a template is no Python by its indentation.
        source = "\n".join(line.lstrip() for line in templatize(source).splitlines())
    name = path.relative_to(SOURCE).as_posix()
    for _, found, _, context in extract("python", io.BytesIO(source.encode()), KEYWORDS, options={"encoding": "utf-8"}):
        yield Text(found if isinstance(found, str) else (found[0], found[1]), context, name)


def _texts_of_the_client() -> Iterator[Text]:
    for path in sorted(CLIENT.rglob("*.js")):
        if "vendor" not in path.parts and path != CLIENT / "lib/i18n.js":  # where the functions are made
            yield from texts_of_a_module(path.read_text(), path.relative_to(SOURCE).as_posix())


def modules_of_the_first_load() -> set[Path]:
    """The client's modules that the page starts with: all others are loaded when something opens."""
    found: set[Path] = set()
    ways = [CLIENT / "app.js"]
    while ways:
        module = ways.pop()
        if module in found:
            continue
        found.add(module)
        ways += [(module.parent / name).resolve() for name in _IMPORT.findall(module.read_text())]
    return found


def texts_of_a_module(source: str, name: str) -> Iterator[Text]:
    """The texts in a module of the client. A call that does not begin with its texts, in double quotes, is an error."""
    for call in _CALL.finditer(source):
        plural, context = map(bool, call.groups())
        strings = re.compile(",".join([_STRING] * (1 + plural + context)) + "[,)]").match(source, call.end())
        if strings is None:
            line = source.count("\n", 0, call.start()) + 1
            raise ValueError(f"{name}:{line}: the texts themselves must stand here, in double quotes.")
        told = [json.loads(string) for string in strings.groups()]
        where = told.pop(0) if context else None
        yield Text((told[0], told[1]) if plural else told[0], where, name)


def main() -> None:
    settings.configure()  # reading templates asks for the settings
    for path, content in files(*sys.argv[1:]):
        if not path.exists() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            print(f"written: {path.relative_to(SOURCE)}")


if __name__ == "__main__":
    main()
