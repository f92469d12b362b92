"""Code by its language: a few classes, which the style sheet colours."""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Keyword, Name, Number, Operator, String, Token, _TokenType

LONGEST_CODE = 4_000
"""Characters: more are shown without colours, for some languages take their time."""

_LANGUAGE = re.compile(r"[A-Za-z0-9+#._-]{1,20}")

# by what people write behind ```; those whose lexers are quick, whatever is in the block
_LEXERS = {
    name: lexer
    for lexer, names in {
        "bash": "bash sh shell zsh console",
        "c": "c h",
        "cpp": "c++ cpp cc hpp",
        "csharp": "c# cs csharp",
        "css": "css scss",
        "diff": "diff patch",
        "docker": "docker dockerfile",
        "go": "go golang",
        "html": "html htm",
        "ini": "ini cfg conf",
        "java": "java",
        "javascript": "javascript js jsx mjs",
        "json": "json",
        "kotlin": "kotlin kt",
        "lua": "lua",
        "make": "make makefile",
        "nginx": "nginx",
        "php": "php",
        "powershell": "powershell ps1",
        "python": "python py python3",
        "ruby": "ruby rb",
        "rust": "rust rs",
        "sql": "sql sqlite postgresql",
        "swift": "swift",
        "toml": "toml",
        "typescript": "typescript ts tsx",
        "xml": "xml svg",
        "yaml": "yaml yml",
    }.items()
    for name in names.split()
}

CLASSES = {
    Comment: "c",
    Keyword: "k",
    Name.Tag: "k",
    Operator.Word: "k",
    String: "s",
    Number: "m",
    Name.Function: "f",
    Name.Class: "f",
    Name.Attribute: "f",
    Name.Decorator: "f",
    Name.Builtin: "b",
    Token.Generic.Inserted: "i",
    Token.Generic.Deleted: "d",
    Token.Generic.Heading: "c",
    Token.Generic.Subheading: "c",
}
"""What the page colours, and its class."""


def language_of(info: str) -> str:
    """What stands behind the fence, as a word; empty where it is none."""
    word = _LANGUAGE.match(info.strip())
    return word[0] if word else ""


def code_html(code: str, language: str) -> str:
    """The code as HTML, in spans where its language is known."""
    name = _LEXERS.get(language.lower())
    if name is None or len(code) > LONGEST_CODE:
        return escape(code, quote=False)
    pieces: list[str] = []
    for kind, text in _merged(_lexer(name), code):
        shown = escape(text, quote=False)
        pieces.append(f'<span class="{kind}">{shown}</span>' if kind else shown)
    return "".join(pieces)


def _merged(lexer: Lexer, code: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for token, text in lexer.get_tokens(code):
        kind = _class_of(token) if not text.isspace() else (found[-1][0] if found else "")
        if found and found[-1][0] == kind:
            found[-1] = kind, found[-1][1] + text
        else:
            found.append((kind, text))
    return found


@lru_cache(maxsize=64)
def _lexer(name: str) -> Lexer:
    made: Lexer = get_lexer_by_name(name, stripnl=False, ensurenl=False)
    return made


@lru_cache(maxsize=512)
def _class_of(token: _TokenType) -> str:
    one: _TokenType | None = token
    while one is not None:
        if one in CLASSES:
            return CLASSES[one]
        one = one.parent
    return ""
