"""Tokens written as HTML, without white space of our own between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from markdown_it.token import Token

from groupchat.markup.code import code_html, language_of
from groupchat.markup.links import mail_in

_DIRECTED = ' dir="auto"'  # each block at the top, by its own first word; what is in it follows, line by line
_ALIGNED = {"left", "right", "center"}
_BREAKS = ("softbreak", "hardbreak")


def html_of(tokens: Sequence[Token]) -> str:
    """What these tokens show."""
    return "".join(piece for token in tokens for piece in _block(token))


def _block(token: Token) -> Iterator[str]:
    if token.type == "inline":
        yield from _inline(token.children or ())
    elif token.type == "fence":
        yield _fence(token)
    elif not token.hidden:
        yield f"</{token.tag}>" if token.nesting < 0 else _opening(token)


def _opening(token: Token) -> str:
    attributes = _DIRECTED if token.level == 0 else ""
    if token.type == "ordered_list_open" and (start := token.attrs.get("start")) is not None:
        attributes += f' start="{int(start)}"'
    elif token.type in ("td_open", "th_open"):
        align = str(token.attrs.get("style", "")).removeprefix("text-align:")
        attributes += f' align="{align}"' if align in _ALIGNED else ""
    return f"<{token.tag}{attributes}>"


def _fence(token: Token) -> str:
    language = language_of(token.info)
    said = f' data-language="{escape(language)}"' if language else ""
    return f'<pre dir="ltr"{said}><code>{code_html(token.content.removesuffix(chr(10)), language)}</code></pre>'


def _inline(tokens: Sequence[Token]) -> Iterator[str]:
    in_link = 0
    for token in tokens:
        kind = token.type
        if kind == "text":
            yield _words(token.content, in_link)
        elif kind in _BREAKS:
            yield "<br>"
        elif kind == "code_inline":
            yield f"<code>{escape(token.content, quote=False)}</code>"
        elif kind == "address":
            yield _link(token.content, token.meta["href"])
        elif kind == "link_open":
            in_link += 1
            yield f'<a href="{escape(token.meta["href"])}">'
        elif kind == "link_close":
            in_link -= 1
            yield "</a>"
        elif kind == "spoiler_open":
            yield '<span class="spoiler">'
        elif token.nesting:
            yield f"</{token.tag}>" if token.nesting < 0 else f"<{token.tag}>"
        else:
            yield escape(token.content, quote=False)


def _words(text: str, in_link: int) -> str:
    if in_link or "@" not in text:
        return escape(text, quote=False)
    return "".join(
        escape(piece, quote=False) if isinstance(piece, str) else _link(piece.text, piece.href)
        for piece in mail_in(text)
    )


def _link(text: str, href: str) -> str:
    return f'<a href="{escape(href)}">{escape(text, quote=False)}</a>'
