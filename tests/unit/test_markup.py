"""The text of messages made into HTML: what people type, what stays as it is, and what it takes."""

from __future__ import annotations

import time
from typing import Any

import pytest

from groupchat.markup import render, stamp

REL = 'rel="noopener noreferrer nofollow ugc"'


def shows(body: str, html: str) -> None:
    assert render(body) == html.replace("REL", REL), body


@pytest.mark.parametrize(
    "body",
    [
        "See you at three, in the small room – ok?",
        "two\nlines\n\n\n  and more",
        "look at https://example.org/a_b_c/**x**?q=*1* or www.example.org/_x_, or write to a_b_@example.org",
        "2*3*4 = 24, and a ** b, x * y * z",
        "Schüler*innen und Freund*innen",
        "snake_case_names and __dunder",
        "a || b || c, `one tick, | a | b |",
        ">_< >:( and 3<4",
        "# no heading",
        "-5 degrees, +1, 12.50 or 1.5",
        "C:\\_x, or C:\\[x]",
        "C:\\Users\\new, \\\\server\\share, and ¯\\_(ツ)_/¯",
        "\\d+\\.\\w",
        "[x] done, (y) [z] (https://example.org/)",
        "<b>bold</b> &amp; &lt;",
        "![x](y) [a](javascript:x) [b](/c)",
        "---",
        "~ a ~~ b",
    ],
)
def test_what_has_nothing_to_format_has_no_html(body: str) -> None:
    assert render(body) is None


def test_marks_within_a_line() -> None:
    shows("**b** __b__", '<p dir="auto"><strong>b</strong> <strong>b</strong></p>')
    shows("*i* _i_ ~~s~~", '<p dir="auto"><em>i</em> <em>i</em> <s>s</s></p>')
    shows("`a <b> *c*`", '<p dir="auto"><code>a &lt;b&gt; *c*</code></p>')
    shows("||a **b**|| c", '<p dir="auto"><span class="spoiler">a <strong>b</strong></span> c</p>')
    shows("*a*\nb\n\nc", '<p dir="auto"><em>a</em><br>b</p><p dir="auto">c</p>')


def test_links() -> None:
    shows("[a *b*](https://x.de/(y))", '<p dir="auto"><a href="https://x.de/(y)" REL>a <em>b</em></a></p>')
    shows('[a](<https://x.de> "t")', '<p dir="auto"><a href="https://x.de" REL>a</a></p>')
    shows("[w](mailto:a@x.de)", '<p dir="auto"><a href="mailto:a@x.de" REL>w</a></p>')
    shows(
        "*x* (https://x.de/a_b_), www.x.y.de. a@x.de!",
        '<p dir="auto"><em>x</em> (<a href="https://x.de/a_b" REL>https://x.de/a_b</a>_), '
        '<a href="https://www.x.y.de" REL>www.x.y.de</a>. <a href="mailto:a@x.de" REL>a@x.de</a>!</p>',
    )


def test_a_link_that_says_one_address_and_leads_to_another_stays_as_written() -> None:
    assert "[https://good.de](" in (render("*x* [https://good.de](https://evil.de)") or "")
    shows("[good.de/x](https://www.good.de/y)", '<p dir="auto"><a href="https://www.good.de/y" REL>good.de/x</a></p>')


def test_a_backslash_takes_the_meaning_of_what_would_have_one() -> None:
    shows("\\*a\\* and *b*", '<p dir="auto">*a* and <em>b</em></p>')
    shows("\\> no quote", '<p dir="auto">&gt; no quote</p>')
    shows("1986\\. A year", '<p dir="auto">1986. A year</p>')
    shows("C:\\Users\\new *x*", '<p dir="auto">C:\\Users\\new <em>x</em></p>')


def test_blocks() -> None:
    below = '<p dir="auto">below</p>'
    quotes = '<blockquote dir="auto"><p>a</p><blockquote><p>b</p></blockquote></blockquote>'
    lists = '<ul dir="auto"><li>a<ol><li>b</li></ol></li><li>c</li></ul>'
    shows("> a\n> > b\nbelow", quotes + below)
    shows("- a\n  1. b\n- c\nbelow", lists + below)
    shows("3. a\n4. b", '<ol dir="auto" start="3"><li>a</li><li>b</li></ol>')
    shows(
        "| a | b |\n|---|--:|\n| 1 | 2 |",
        '<table dir="auto"><thead><tr><th>a</th><th align="right">b</th></tr></thead>'
        '<tbody><tr><td>1</td><td align="right">2</td></tr></tbody></table>',
    )


def test_code_has_its_language_and_its_colours() -> None:
    shows("```\na <b>\n\n  c\n```", '<pre dir="ltr"><code>a &lt;b&gt;\n\n  c</code></pre>')
    shows(
        "```py\nx = 'a'  # b\n```",
        '<pre dir="ltr" data-language="py"><code>'
        'x = <span class="s">\'a\'  </span><span class="c"># b</span></code></pre>',
    )
    shows("```nobody-knows\nif x\n```", '<pre dir="ltr" data-language="nobody-knows"><code>if x</code></pre>')


def test_what_is_too_deep_too_intricate_or_too_long_is_shown_as_written(settings: Any) -> None:
    assert render("> " * 9 + "a") is None
    assert render("> " * 8 + "a") is not None
    assert render("- " * 9 + "a") is None
    assert render("- " * 8 + "a") is not None
    assert render("*a _b " * 10 + "c" + "_*" * 10) is None
    settings.GROUPCHAT = {"MAX_MARKS": 10}
    assert render("*a* " * 6) is None
    assert render("*a* " * 5) is not None
    assert render("```\n" + "*a* " * 50 + "\n```") is not None
    settings.GROUPCHAT = {"MAX_MARK_DEPTH": 2}
    assert render("> > > a") is None
    settings.GROUPCHAT = {"MAX_HTML_CHARACTERS": 20}
    assert render("**a** and more") is None


def test_a_stamp_is_of_one_text() -> None:
    assert stamp("a") != stamp("b")
    assert stamp("a\ud800") == stamp("a\ud800")


PATHOLOGICAL = {
    "brackets": "[" * 10_000,
    "brackets in brackets": "[" * 5_000 + "]" * 5_000,
    "links that don't end": "[a](" * 2_500,
    "quotes in quotes": "> " * 5_000,
    "quotes": "> a\n" * 2_500,
    "backticks": "`" * 10_000,
    "rising backticks": "".join("`" * count + "a" for count in range(140)),
    "stars": "*a **b " * 1_500,
    "stars that close": "*_" * 499,
    "spoilers": "||a " * 2_500,
    "bars": "|" * 10_000,
    "a table": "|a" * 2_000 + "\n" + "|-" * 2_000 + "\n" + "|b" * 900,
    "lists in lists": "\n".join(" " * (2 * depth) + "- x" for depth in range(99)),
    "fences": "```\n" * 2_500,
    "escapes": "[\\" * 490 + "](x",
    "addresses": "https://a.b/c " * 700 + "*x*",
    "mailboxes": "*x* " + "a@" * 5_000,
    "dots": "*x* " + "a.b-c" * 2_000,
    "python": "```py\n" + "'" * 9_000,
    "html": "```html\n" + "<!--" * 990,
    "json": "```json\n" + '{"a":' * 790,
    "shell": "```sh\n" + "$(" * 1_900,
    "javascript": "```js\n" + "/a" * 1_900,
}


@pytest.mark.parametrize("body", PATHOLOGICAL.values(), ids=PATHOLOGICAL)
def test_nothing_takes_long(body: str) -> None:
    """Some 20 ms of the processor, of the best of three; ten times that would be a fault of ours."""
    taken = []
    for _ in range(3):
        began = time.process_time()
        render(body)
        taken.append(time.process_time() - began)
    assert min(taken) < 0.25
