"""Hostile records: whatever stands in one, a page holds our own elements and attributes and nothing more."""

from __future__ import annotations

import tempfile
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from doubles.asking import asking
from doubles.every_page import PAGES
from doubles.web_history import DAYS, TRIAL, History, versions
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.web.compare.passages import word_marks
from monitor.web.drawing.blocks import safe_href
from monitor.web.drawing.prose import paragraphs

AT = f"/trials/ctgov/{TRIAL}"
HOSTILE = (
    "<script>document.title='owned'</script>",
    "<img src=x onerror=\"document.title='owned'\">",
    "</title><script>alert(1)</script>",
    "javascript:alert(document.domain)",
    " JaVaScRiPt:alert(1)",
    'https://evil.example/" onmouseover="alert(1)',
    "https://good.example@evil.example/",
    "data:text/html,<script>alert(1)</script>",
    "{{ 7*7 }}{% raw %}{{ self }}",
    "'\"><svg/onload=alert(1)>",
    "* <b>item</b>\n  1. <i>x</i>\n\n\\<script\\>alert(1)\\</script\\>",
    "safe\u202egnp.exe\u202c \u2066x\u2069",
    "nul\x00 bell\x07 esc\x1b[31m del\x7f",
    "`<code>` </textarea> <!-- --> ]]> &lt;&amp;&#60;script&#62;",
    "<a href=https://evil.example>click</a> [x](javascript:alert(1))",
    "x" * 5_000,
    "",
    "😀 مرحبا ‏ ﷽",
)
ELEMENTS = frozenset(
    [
        "html",
        "head",
        "meta",
        "title",
        "link",
        "body",
        "a",
        "header",
        "div",
        "svg",
        "path",
        "span",
        "nav",
        "form",
        "label",
        "input",
        "button",
        "main",
        "h1",
        "h2",
        "h3",
        "h4",
        "p",
        "footer",
        "section",
        "article",
        "time",
        "dl",
        "dt",
        "dd",
        "ul",
        "ol",
        "li",
        "code",
        "details",
        "summary",
        "table",
        "caption",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "select",
        "option",
        "datalist",
        "br",
        "strong",
        "ins",
        "del",
        "g",
        "rect",
        "circle",
        "figure",
        "figcaption",
        "mark",
        "fieldset",
        "legend",
        "optgroup",
    ]
)
ATTRIBUTES = frozenset(
    [
        "lang",
        "charset",
        "name",
        "content",
        "rel",
        "href",
        "type",
        "class",
        "id",
        "role",
        "action",
        "method",
        "for",
        "placeholder",
        "maxlength",
        "value",
        "tabindex",
        "aria-label",
        "aria-labelledby",
        "aria-hidden",
        "aria-current",
        "viewbox",
        "preserveaspectratio",
        "x",
        "y",
        "cx",
        "cy",
        "r",
        "width",
        "height",
        "d",
        "fill",
        "datetime",
        "title",
        "scope",
        "colspan",
        "data-label",
        "open",
        "selected",
        "checked",
        "list",
        "max",
        "required",
        "reversed",
        "data-side",
        "label",
    ]
)
# Of pictures that the server draws; as the parser spells them.
DRAWN = frozenset(
    {"svg", "g", "title", "desc", "defs", "pattern", "rect", "circle", "line", "path", "text", "tspan"}
    | {"figure", "figcaption"}
)
DRAWN_BY = frozenset(
    {"x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx"}
    | {"text-anchor", "patternunits", "patterntransform"}
)
ADDRESSES = frozenset({"href", "src", "action", "formaction", "srcset", "data"})


class Strict(HTMLParser):
    """Collects what a page may not hold."""

    def __init__(self) -> None:
        super().__init__()
        self.bad: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script":
            self._check_script(dict(attrs))
            return
        if tag not in ELEMENTS | DRAWN:
            self.bad.append(f"<{tag}>")
        for name, value in attrs:
            if name not in ATTRIBUTES | DRAWN_BY or ("url(" in (value or "") and name != "fill"):
                self.bad.append(f"{tag} {name}={value}")
            if name == "fill" and "url(" in (value or "") and not (value or "").startswith("url(#"):
                self.bad.append(f"{tag} {name}={value}")
            if name in ADDRESSES:
                self._check(tag, value or "", dict(attrs))

    def _check_script(self, attrs: dict[str, str | None]) -> None:
        """The one file that we ship, and nothing within it."""
        own = set(attrs) == {"defer", "src"} and (attrs["src"] or "").startswith("/static/times.js?v=")
        if not own:
            self.bad.append(f"<script> {attrs}")

    def _check(self, tag: str, address: str, attrs: dict[str, str | None]) -> None:
        parts = urlsplit(address)
        if not parts.scheme and not parts.netloc:
            return
        own = tag == "a" and parts.scheme in ("http", "https") and "noopener" in (attrs.get("rel") or "")
        if not own or "@" in parts.netloc:
            self.bad.append(f"{tag} to {address}")

    def handle_comment(self, data: str) -> None:
        self.bad.append(f"comment {data}")


def poisoned(value: Any, texts: list[str], at: list[int], key: str = "") -> Any:
    """The same value with hostile text in every string but the id, by which the trial is found."""
    if isinstance(value, dict):
        return {name: poisoned(member, texts, at, name) for name, member in value.items()}
    if isinstance(value, list):
        return [poisoned(member, texts, at) for member in value]
    if not isinstance(value, str) or key in ("nctId", "versionHolder"):
        return value
    at[0] += 1
    return texts[at[0] % len(texts)]


def hostile_history(path: Path, texts: list[str]) -> History:
    history = History(path)
    for number, (record, day) in enumerate(zip(versions(), DAYS, strict=True)):
        record["protocolSection"]["newModule"] = {text[:40] or "empty": "x" for text in texts}
        history.snapshot(poisoned(record, texts, [number]), day, watches=(texts[0] or "none",))
    history.watch(texts[0] or "none", [TRIAL], query={"cond": texts[-1] or "none"})
    history.beside(poisoned(versions()[0], texts, [9]))
    return history.watched().indexed()


def complaints(history: History) -> list[str]:
    found = []
    with asking(history.app()) as browse:
        for path in PAGES:
            answer = browse.get(path)
            if answer.status != 200:
                found.append(f"{path}: {answer.status}")
                continue
            parser = Strict()
            parser.feed(answer.text)
            parser.close()
            found += [f"{path}: {one}" for one in parser.bad]
            found += [
                f"{path}: control {hex(ord(one))}"
                for one in set(answer.text) & set("\x00\x07\x1b\x7f\u202e\u2066")
            ]
            if "7*7" in HOSTILE[8] and ">49<" in answer.text:
                found.append(f"{path}: a template ran")
    return found


@pytest.mark.parametrize("shift", range(0, len(HOSTILE), 3))
def test_no_page_holds_what_a_record_wants_it_to(tmp_path: Path, shift: int) -> None:
    texts = list(HOSTILE[shift:] + HOSTILE[:shift])
    assert complaints(hostile_history(tmp_path / "hostile.db", texts)) == []


markup = st.text(
    st.sampled_from("<>\"'&/=`{}%# \n*-1.)\\:;@abcjs\x00\u202e\u2028é") | st.characters(codec="utf-8"),
    max_size=60,
)


@settings(max_examples=15)
@given(st.lists(markup | st.sampled_from(HOSTILE), min_size=1, max_size=7))
def test_no_page_holds_what_any_text_wants_it_to(texts: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert complaints(hostile_history(Path(folder) / "any.db", texts)) == []


@settings(max_examples=300)
@given(markup | st.sampled_from(HOSTILE))
def test_long_texts_become_paragraphs_and_lists_only(text: str) -> None:
    parser = Strict()
    parser.feed(str(paragraphs(text)))
    assert parser.bad == []


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("https://example.org/a?b=c#d", True),
        ("http://example.org", True),
        (" https://example.org/ ", True),
        ("HTTPS://EXAMPLE.ORG/", True),
        ("javascript:alert(1)", False),
        ("java\nscript:alert(1)", False),
        ("\x01javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("vbscript:x", False),
        ("file:///etc/passwd", False),
        ("mailto:a@b.example", False),
        ("//evil.example/", False),
        ("https:evil.example", False),
        ("https://", False),
        ("https://good.example@evil.example/", False),
        ("https://evil.example/\u202egpj", False),
        ("https://evil.example\\@good.example/", False),
        ("https://[bad", False),
        ("https://x.example/" + "a" * 3000, False),
        ("www.example.org", False),
    ],
)
def test_only_plain_addresses_of_records_become_links(address: str, safe: bool) -> None:
    assert (safe_href(address) is not None) is safe


def test_marked_words_are_escaped_where_they_differ_and_where_they_do_not() -> None:
    both = "<b>same</b> <i>words</i> here"
    for side in word_marks(f"{both} <u>old</u>", f"{both} <s>new</s>"):
        parser = Strict()
        parser.feed(str(side))
        assert parser.bad == []
        assert "&lt;b&gt;same" in side


def test_hostile_words_in_addresses_are_said_back_as_text(tmp_path: Path) -> None:
    with asking(History(tmp_path / "history.db").fill().app()) as browse:
        for path in (
            "/search?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
            "/search?q=a&sponsor=%22%3E%3Cb%3E&in=changes",
            "/?watch=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&field=%27%3E%3Cb%3E",
            "/?severity=%3Cscript%3E",
            "/trials/ctgov/%3Cscript%3E",
            "/%3Cscript%3Ealert(1)%3C/script%3E",
            f"{AT}/versions/%3Cimg%20src=x%3E",
            f"{AT}/on/%22%3E%3Cscript%3E",
            "/trials?after=%3Cscript%3E",
        ):
            parser = Strict()
            parser.feed(browse.get(path).text)
            assert parser.bad == [], path
