"""Long texts: which paragraphs and lists come out, and that nothing of the text is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from monitor.web.drawing.prose import MAX_LENGTH, paragraphs, with_code, without_addresses


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("One.\n\nTwo\nlines.", "<p>One.</p><p>Two<br>lines.</p>"),
        ("Inclusion:\n\n* a\n* b", '<p class="lead">Inclusion:</p><ul><li>a</li><li>b</li></ul>'),
        ("* a\n\n  * b\n* c", "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>"),
        ("1. a\n3. b", '<ol><li value="1">a</li><li value="3">b</li></ol>'),
        ("1. a\n   more", '<ol><li value="1">a<br>more</li></ol>'),
        ("* a\n\nAfter.", "<ul><li>a</li></ul><p>After.</p>"),
        ("* a\n1. b", '<ul><li>a</li></ul><ol><li value="1">b</li></ol>'),
        ("x \\<= 3 \\* y", "<p>x &lt;= 3 * y</p>"),
        ("-5 degrees and 1.5 mg", "<p>-5 degrees and 1.5 mg</p>"),
        ("A\r\nB", "<p>A<br>B</p>"),
        ("", ""),
    ],
)
def test_the_dialect(text: str, html: str) -> None:
    assert paragraphs(text) == html


@given(st.text(st.sampled_from("ab*1. \n-<&"), max_size=80))
def test_every_element_is_closed_and_every_letter_kept(text: str) -> None:
    html = str(paragraphs(text))
    for name in ("p", "ul", "ol", "li"):
        assert html.count(f"<{name}>") + html.count(f"<{name} ") == html.count(f"</{name}>")
    said = Markup(html).striptags()
    assert [one for one in said if one in "ab<&"] == [one for one in text if one in "ab<&"]


def test_lists_nest_to_a_bound_and_long_texts_are_cut() -> None:
    deep = "\n".join(" " * (2 * level) + f"* {level}" for level in range(40))
    assert str(paragraphs(deep)).count("<ul>") == 6
    assert len(paragraphs("word " * 100_000)) < MAX_LENGTH + 100


def test_addresses_of_people_are_taken_out() -> None:
    assert without_addresses("to a.b+c@clinic.example.org, or call") == "to [e-mail hidden], or call"
    assert without_addresses("3 @ 4 mg") == "3 @ 4 mg"


def test_code_in_our_own_messages() -> None:
    assert with_code("run `x <y>` now") == "run <code>x &lt;y&gt;</code> now"
    assert with_code("odd ` one") == "odd ` one"
