"""Records with hostile text in any field: every page, its data and the feeds show it as text, Chromium runs nothing."""

from __future__ import annotations

import csv
import io
import json
import re
import tempfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from doubles.asking import Answer, Asking, asking
from doubles.browser import tab_on
from doubles.every_page import EXAMPLES
from doubles.hostile import HOSTILE, MORE, PRODUCT, hostile_history, watch_name
from doubles.strict_page import strictly
from doubles.web_history import OTHER, TRIAL
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from test_web_server import serving

from monitor import addresses
from monitor.web.rooms import ADDRESSES

AT = f"/trials/ctgov/{TRIAL}"
BESIDE = (f"/trials/ctgov/{OTHER}/versions/1", f"{AT}/versions/r1", f"{AT}/compare/r1...5?show=all")
ENDS = {one.name: (one.data is not None, one.rows is not None) for one in ADDRESSES}
FEED = frozenset({"p", "strong", "small", "br", "ul", "li", "del", "ins", "a"})
ATOM = "{http://www.w3.org/2005/Atom}"
# A spreadsheet reckons with a cell that begins so (OWASP, CSV injection); a negative number may.
FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?", re.ASCII)

texts = st.lists(
    st.sampled_from([*HOSTILE, *MORE])
    | st.lists(
        st.text(st.sampled_from("<>\"'&/=`{}%# \n*-1.)\\:;@abcjs\x00\r\u202e\u2028é"), max_size=40)
        | st.text(st.characters(codec="utf-8"), max_size=20)
        | st.sampled_from(["<svg", " onload=", "javascript:", "</", "]]>", "<!--", "style=", "x" * 300]),
        max_size=4,
    ).map("".join),
    min_size=12,
    max_size=40,
)


class InFeed(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.bad: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        plain = all(
            name == "href" and urlsplit(text or "").scheme in ("http", "https") for name, text in attrs
        )
        if tag not in FEED or not plain or (attrs and tag != "a"):
            self.bad.append(f"<{tag} {attrs}>")


def wrong_in_feed(html: str) -> list[str]:
    parser = InFeed()
    parser.feed(html)
    parser.close()
    return parser.bad


def wrong_in_page(answer: Answer) -> list[str]:
    return strictly(answer.text) + [
        f"letter {hex(ord(one))}"
        for one in set(answer.text)
        if one in "\x00\x07\x1b\x7f\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2028\u2029\ufeff"
    ]


def wrong_in_json(answer: Answer) -> list[str]:
    json.loads(answer.content)
    return []


def wrong_in_csv(answer: Answer) -> list[str]:
    lines = list(csv.reader(io.StringIO(answer.text, newline="")))
    return [f"torn: {line}" for line in lines if len(line) != len(lines[0])] + [
        f"formula: {cell}"
        for line in lines
        for cell in line
        if FORMULA.match(cell.lstrip("' \u00a0")) and not cell.startswith("'") and not NUMBER.fullmatch(cell)
    ]


def wrong_in_atom(answer: Answer) -> list[str]:
    root = ElementTree.fromstring(answer.content)
    return [f"<{one.tag}>" for one in root.iter() if not one.tag.startswith(ATOM)] + [
        bad for one in root.iter(f"{ATOM}content") for bad in wrong_in_feed(one.text or "")
    ]


def wrong_in_json_feed(answer: Answer) -> list[str]:
    return [bad for one in answer.json()["items"] for bad in wrong_in_feed(one["content_html"])]


KINDS = {
    "text/html": wrong_in_page,
    "application/json": wrong_in_json,
    "text/csv": wrong_in_csv,
    "application/atom+xml": wrong_in_atom,
    "application/feed+json": wrong_in_json_feed,
    "text/calendar": lambda answer: [] if answer.text.startswith("BEGIN:VCALENDAR\r\n") else ["no calendar"],
}


def asked(watch: str) -> Iterator[tuple[str, str]]:
    """Each address with the type that it is to have. watch: one whose name is hostile."""
    for name, paths in EXAMPLES.items():
        if name == "api":  # of no record
            continue
        for path in paths:
            yield path, "text/html"
        route, _, query = paths[0].partition("?")
        for there, end, kind in zip(
            ENDS[name], ("json", "csv"), ("application/json", "text/csv"), strict=True
        ):
            if there:
                yield f"{'/today' if route == '/' else route}.{end}?{query}".rstrip("?"), kind
    for path in (*BESIDE, addresses.watch(watch), addresses.sites_of_watch(watch)):
        yield path, "text/html"
    yield f"/trials/ctgov/{OTHER}/versions/1.csv", "text/csv"
    for of in ("", AT, addresses.watch(watch)):
        yield addresses.feed(of, "atom"), "application/atom+xml"
        yield addresses.feed(of, "json"), "application/feed+json"
        if of:
            yield addresses.calendar(of), "text/calendar"


def wrong(browse: Asking, watch: str) -> list[str]:
    found = []
    for path, kind in asked(watch):
        answer = browse.get(path)
        said = [f"status {answer.status}"] if answer.status != 200 else KINDS[kind](answer)
        if answer.headers["content-type"].partition(";")[0] != kind:
            said.append(answer.headers["content-type"])
        if answer.headers["x-content-type-options"] != "nosniff":
            said.append("may be sniffed")
        said += [
            f"header {name}" for name, text in answer.headers.items() if re.search("[\x00-\x1f\x7f]", text)
        ]
        if str(PRODUCT) in answer.text:
            said.append("a template ran")
        found += [f"{path}: {one}" for one in said]
    return found


def shown(texts: list[str], every: int, within: bool) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        history = hostile_history(Path(folder) / "hostile.db", texts, every=every, within=within)
        with asking(history.app()) as browse:
            return wrong(browse, watch_name(texts))


@pytest.mark.parametrize(("every", "within"), [(1, False), (3, True)])
def test_known_tricks_are_shown_as_text(every: int, within: bool) -> None:
    assert shown([*MORE, *HOSTILE], every, within) == []


# What fails is not made smaller: each try renders a hundred answers.
@settings(max_examples=3, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(texts, st.integers(1, 4), st.booleans())
def test_any_text_in_any_field_is_shown_as_text(texts: list[str], every: int, within: bool) -> None:
    assert shown(texts, every, within) == []


# --- in a browser ---

LOUD = "window.owned=1;document.title='owned';alert(1);fetch('//evil.example')"
CARRIERS = (
    "<script>{}</script>",
    "</title></style></textarea><script>{}</script>",
    '<img src="//evil.example/x.png" onerror="{}">',
    '" onmouseover="{}" autofocus onfocus="{}" x="',
    "' style='animation-name:x' onanimationstart='{}' '",
    "javascript:{}",
    "java\tscript:{}//",
    '<svg onload="{}"><animate onbegin="{}" attributeName=x dur=1s>',
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src onerror={}&gt;">',
    '<iframe srcdoc="&lt;script&gt;{}&lt;/script&gt;"></iframe>',
    "<details open ontoggle={}>",
    "<link rel=stylesheet href=//evil.example/a.css><style>*{{background:url(//evil.example/b)}}</style>",
    "<meta http-equiv=refresh content='0;url=//evil.example'><base href=//evil.example>",
    "<a href='javascript:{}'>x</a>",
)
WALKED = (
    "/", "/events/4", "/trials", "/search?q=exosomes", AT, f"{AT}/versions/5", f"{AT}/compare/1...5?show=all",
    f"{AT}/field/eligibility-criteria", f"/compare/ctgov/{TRIAL}@5...{OTHER}@1", "/deliveries", "/watches",
)  # fmt: skip


@pytest.mark.chromium
@settings(max_examples=3, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(
    st.lists(
        st.tuples(st.sampled_from(["", "> ", "x\r\n", "\"'", "]]>", "\\"]), st.sampled_from(CARRIERS)).map(
            lambda one: one[0] + one[1].replace("{}", LOUD)
        ),
        min_size=5,
        max_size=20,
    ),
    st.integers(1, 3),
)
def test_chromium_executes_nothing_of_any_record(browser: Any, texts: list[str], every: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        history = hostile_history(Path(folder) / "hostile.db", texts, every=every)
        with serving(history.app()) as port, tab_on(browser, f"http://127.0.0.1:{port}") as tab:
            for path in WALKED:
                assert tab.open(path).status == 200
                tab.page.mouse.move(200, 300)
                tab.page.keyboard.press("Tab")
                state = "[typeof window.owned, document.title === 'owned', document.baseURI]"
                assert tab.page.evaluate(state) == ["undefined", False, tab.root + path]
            assert tab.troubles == []
