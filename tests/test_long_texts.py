"""Texts that nobody writes by hand cost what their length says: each of these took seconds to hours when read anew
from every place on."""

from __future__ import annotations

import time

import pytest

from notifiers.message import Item, Level, Message
from notifiers.notifier import Placement
from notifiers.slack.blocks import render
from notifiers.slack.text import side_by_side
from notifiers.text import clean
from snapshots.archive_markup import from_html
from snapshots.changes.respelling import same_name
from snapshots.changes.results.leaves import leaves
from snapshots.changes.texts.criteria import criteria_told
from snapshots.changes.texts.quotes import edit
from snapshots.pairing.site_names import masked

MANY = 100_000
PATIENCE = (
    10.0  # seconds of this thread's own, for what takes milliseconds; read anew from every place on, minutes
)


@pytest.mark.parametrize("piece", ["<p ", "<!--", "</", "<a href=", "<![CDATA["])
def test_tags_that_never_end_are_text(piece):
    text = piece * (MANY // len(piece))
    assert from_html(f"<p>a</p>{text}") == f"a\n\n{text}".strip()


def test_what_is_no_tag_stays_beside_tags():
    assert from_html("<p>Age < 1.5 and <200 mg of <Mart 200 mg></p><!-- gone -->") == (
        "Age < 1.5 and <200 mg of <Mart 200 mg>"
    )


def test_many_spaces_before_a_line_break_that_does_not_come():
    assert from_html("<p>a" + " " * MANY + "b</p>") == "a" + " " * MANY + "b"


def test_many_digits_in_the_name_of_a_site():
    assert not masked({"facility": "site " + "1" * MANY + "!"})
    assert masked({"facility": "Site # A1b2"}) and not masked({"facility": "Site ab"})


def test_many_spaces_in_a_name():
    assert same_name("Acme, Inc." + " " * MANY, "Acme" + " " * MANY + "Co., Ltd.")
    assert not same_name("Acme" + " " * MANY + "x", "Acme")


def test_many_digits_that_are_no_number():
    (leaf,) = leaves("1" * MANY + "x", "2" * MANY + "x", ())
    assert leaf.old != leaf.new


def test_many_signs_before_no_figure():
    told = edit("≥ " * MANY + "a", "≥ " * MANY + "b", most=140)
    assert told.figures == () and told.quote


def test_many_lists_within_lists():
    """Each was set in by three more spaces: 100 KB became 200 MB."""
    lists = MANY // len("<ul><li>")
    assert len(from_html("<ul><li>" * lists + "a")) < MANY * 10
    assert from_html("<ul><li>a<ul><li>b</li></ul></li></ul>") == "* a\n   * b"


def test_one_thing_said_a_thousand_times_and_then_half_as_often():
    text = "a. 1–2 " * (MANY // 2 // 7)
    said, news = criteria_told(text, "y " + text[: len(text) // 2])
    assert news and said == f"Eligibility criteria rewritten, 1 criteria → {len(text) // 14 + 1}"


@pytest.mark.parametrize("piece", [" ", "\n", " \n", "\n \t", "\u2028\r", " \n-"])
def test_many_spaces_and_line_breaks_in_what_is_told(piece):
    run = piece * (MANY // 2 // len(piece))
    begun = time.thread_time()
    assert clean(f"a{run}b")[0] == "a" and len(clean(run)) <= len(run)
    assert side_by_side(f"a\n* {run}* b", "c", 100)[1] == "c"
    item = Item(level=Level.MINOR, label="Summary", summary="", before=f"a{run}b", after=f"{run}c")
    assert render(Message(id="m", level=Level.MINOR, headline=f"a{run}b", items=(item,)), Placement()).blocks
    assert time.thread_time() - begun < PATIENCE


def test_space_of_any_kind_is_one_and_a_bullet_stands_for_its_line():
    assert clean(" a \n\n \t b\u2028c \r\n") == "a b c"
    before = "\n \n * one\n- two -  three\n•\n\n* four" + " x" * 100
    assert side_by_side(before, "", 60)[0].startswith("• one • two - three • • four x")
