"""Two long texts beside each other: laid out as they are written, unchanged parts folded, words marked."""

from __future__ import annotations

import copy
from pathlib import Path

from doubles.asking import asking
from doubles.hostile import HOSTILE
from doubles.strict_page import Strict
from doubles.web_history import TRIAL, History, versions
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from monitor.web.compare.passages import passages

AT = f"/trials/ctgov/{TRIAL}"
BEFORE = (
    "Inclusion Criteria:\n\n"
    + "".join(f"* Criterion {n}\n" for n in range(9))
    + "* A relapse within 3 months"
)


def test_unchanged_paragraphs_are_folded_and_changed_words_marked() -> None:
    folded, changed = passages(BEFORE, BEFORE.replace("3 months", "6 months") + "\n* A new one")
    assert folded.folded == "10 unchanged paragraphs, under “Inclusion Criteria”"
    assert folded.same is not None
    assert "<li>Criterion 8</li>" in folded.same
    assert changed.before == "<ul><li>A relapse within <del>3</del> months</li></ul>"
    assert (
        changed.after == "<ul><li>A relapse within <ins>6</ins> months</li><li><ins>A new one</ins></li></ul>"
    )


def test_a_few_unchanged_paragraphs_are_not_folded() -> None:
    same, changed = passages("One.\n\nTwo.\n\nThree.", "One.\n\nTwo.\n\nFour.")
    assert (same.folded, same.same) == ("", "<p>One.</p><p>Two.</p>")
    assert changed.before == "<p><del>Three</del>.</p>"


def test_what_was_added_or_taken_away_has_nothing_beside_it() -> None:
    _, added = passages("1. a", "1. a\n2. b")
    assert (added.before, added.after) == (None, '<ol><li value="2"><ins>b</ins></li></ol>')
    _, gone = passages("1. a\n2. b", "1. a")
    assert (gone.before is None, gone.after) == (False, None)


texts = st.text(st.sampled_from("ab*1. \n-<&"), max_size=60) | st.sampled_from(HOSTILE)


@given(texts, texts)
def test_every_letter_of_both_sides_is_kept_and_nothing_else_made(before: str, after: str) -> None:
    found = passages(before, after)
    for text, side in ((before, "before"), (after, "after")):
        html = "".join(str(one.same if one.same is not None else getattr(one, side) or "") for one in found)
        parser = Strict()
        parser.feed(html)
        assert parser.bad == []
        said = Markup(html.replace("<", " <")).striptags()
        assert [one for one in said if one in "ab<&"] == [one for one in text if one in "ab<&"]


def test_the_page_of_a_comparison_draws_them_without_scrolling_boxes(tmp_path: Path) -> None:
    history = History(tmp_path / "history.db").fill()
    record = copy.deepcopy(versions()[-1])
    criteria = record["protocolSection"]["eligibilityModule"]
    for number, (text, day) in enumerate(((BEFORE, "2026-11-24"), (BEFORE + "\n* One more", "2026-11-25"))):
        criteria["eligibilityCriteria"] = text
        history.snapshot(copy.deepcopy(record), day)
        assert number < 2
    with asking(history.app()) as browse:
        text = browse.get(f"{AT}/compare/6...7").text
        style = browse.get("/static/style.css").text
    assert "11 unchanged paragraphs" in text
    assert "<li><ins>One more</ins></li>" in text
    assert "max-height" not in style
