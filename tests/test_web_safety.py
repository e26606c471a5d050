"""What the pieces of a page make of any text, and what a page says back of a hostile address: only elements of ours."""

from __future__ import annotations

from pathlib import Path

import pytest
from doubles.asking import asking
from doubles.hostile import HOSTILE
from doubles.strict_page import strictly
from doubles.web_history import TRIAL, History
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.web.compare.passages import word_marks
from monitor.web.drawing.blocks import safe_href
from monitor.web.drawing.prose import paragraphs

AT = f"/trials/ctgov/{TRIAL}"


markup = st.text(
    st.sampled_from("<>\"'&/=`{}%# \n*-1.)\\:;@abcjs\x00\u202e\u2028é") | st.characters(codec="utf-8"),
    max_size=60,
)


@settings(max_examples=300)
@given(markup | st.sampled_from(HOSTILE))
def test_long_texts_become_paragraphs_and_lists_only(text: str) -> None:
    assert strictly(str(paragraphs(text))) == []


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
        assert strictly(str(side)) == []
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
            assert strictly(browse.get(path).text) == [], path
