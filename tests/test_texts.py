"""What is said of two long texts holds whatever stands in them: short enough, quoted as written, setting is no news."""

from __future__ import annotations

import re
from random import Random

import pytest
from doubles.change_cases.texts import CRITERIA, STORY
from doubles.registry_data import real_versions
from hypothesis import given
from hypothesis import strategies as st

from snapshots.changes.texts import LONGEST, MOST_TEXT, told
from snapshots.changes.texts.criteria import criteria_told
from snapshots.changes.texts.quotes import edit
from snapshots.clauses import clauses, evenly_set, word_key
from snapshots.pairing.clauses import read

MOST_SAID = 2 * LONGEST  # the first of several is said whatever its length, and that has bounds of its own
PIECES = [
    *(
        "Inclusion Criteria:\n\n",
        "\nExclusion Criteria:\n",
        "* ",
        "1. ",
        "  * ",
        "\n",
        " ",
        ". ",
        "≥ 18",
        "\\>= 18 ",
    ),
    *(
        "3.0-6.5",
        "EDSS ",
        "weeks ",
        "(",
        ")",
        "within ",
        "not ",
        "1,000",
        "&gt;",
        "“",
        "ULN",
        " x ",
        "%",
        "-",
        "to ",
    ),
]
laid_out = st.lists(st.sampled_from(PIECES), max_size=40).map("".join) | st.text(max_size=80)
HOSTILE = [
    *("x" * 32_000, "7" * 32_000, "1," * 16_000, "1-" * 16_000, "\n" * 32_000, " " * 32_000, "* a\n" * 8_000),
    *(
        "≥" * 32_000,
        "(" * 32_000,
        "&amp;" * 6_000,
        "\\" * 32_000,
        "Inclusion Criteria: " * 1_600,
        "<p>" * 9_000,
    ),
    *("e.g. " * 6_000, "y " * MOST_TEXT, "\u202e\x00" * 9_000),
]


@given(laid_out, laid_out)
def test_any_two_texts_can_be_told_of(before: str, after: str) -> None:
    for said in (criteria_told(before, after)[0], told(before, after)):
        assert len(said) <= MOST_SAID
        assert "\n" not in said


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:8]))
def test_hostile_texts_are_told_of_briefly(text: str) -> None:
    for before, after in ((text, text[:-7] + "other"), (CRITERIA, text), (text, CRITERIA)):
        assert len(criteria_told(before, after)[0]) <= MOST_SAID
        assert len(told(before, after)) <= MOST_SAID


@given(laid_out)
def test_a_text_beside_itself_is_no_news(text: str) -> None:
    assert not criteria_told(text, text)[1]
    assert told(text, text) == ""


@given(st.integers(0, 10_000))
def test_another_setting_is_no_news(seed: int) -> None:
    rng = Random(seed)
    new = CRITERIA
    for before, after in (
        ("\n* ", "\n- "),
        ("\\>=", "≥"),
        ("\\>", ">"),
        ("\n1. ", "\n7. "),
        (" x ", " × "),
        ("3.0-6.5", "3.0–6.5"),
        ("11,000", "11000"),
        ("Inclusion C", "INCLUSION C"),
        ("therapy\n", "therapy;\n"),
        ("\n\n", "\n \n\n"),
    ):
        if rng.random() < 0.5:
            new = new.replace(before, after)
    assert not criteria_told(CRITERIA, new)[1]


@given(st.integers(0, 10_000))
def test_the_order_of_criteria_within_a_part_is_no_news(seed: int) -> None:
    first, second = CRITERIA.split("Exclusion Criteria:\n\n")
    items, note = second.split("\n\nOther")
    shuffled = items.split("\n")
    Random(seed).shuffle(shuffled)
    new = f"{first}Exclusion Criteria:\n\n" + "\n".join(shuffled) + f"\n\nOther{note}"
    assert not criteria_told(CRITERIA, new)[1]


@given(st.integers(0, 10_000), st.booleans())
def test_a_number_changed_is_said_with_both_values(seed: int, in_criteria: bool) -> None:
    text = CRITERIA if in_criteria else STORY
    numbers = list(re.finditer(r"(?<![\w^])\d+(?:\.\d+)?(?![\w,])(?!\. )", text))
    one = Random(seed).choice(numbers)
    new = f"{text[: one.start()]}77{text[one.end() :]}"
    said = criteria_told(text, new)[0] if in_criteria else told(text, new)
    before, _, after = said.partition(" → ")
    assert one[0] in before and "77" in after and "77" not in before


@given(laid_out, laid_out)
def test_each_clause_is_told_once(before: str, after: str) -> None:
    old, new = clauses(before, items_whole=True), clauses(after, items_whole=True)
    found = read(old, new)
    pairs = [*found.same, *found.repunctuated, *found.moved, *found.edited]
    mine, theirs = [one for one, _ in pairs] + found.dropped, [one for _, one in pairs] + found.added
    assert len(mine) <= len(old) and len(theirs) <= len(new)
    if not found.rearranged:
        assert len(mine) == len(old) and len(theirs) == len(new)


@given(laid_out, laid_out)
def test_what_is_quoted_stands_in_the_text(before: str, after: str) -> None:
    old, new = evenly_set(before), evenly_set(after)
    for quoted in re.findall(r"“([^“”]*)”", edit(old, new, most=60).quote):
        words = [key for word in quoted.split() if (key := word_key(word.strip("…")))]
        whole = [key for word in f"{old} {new}".split() if (key := word_key(word))]
        if "“" not in before + after:
            assert all(word in whole for word in words), (quoted, old, new)


@pytest.mark.registry_data
def test_real_texts_with_one_criterion_taken_out() -> None:
    tried = 0
    for number, row in enumerate(real_versions()):
        text = row["study"]["protocolSection"].get("eligibilityModule", {}).get("eligibilityCriteria", "")
        items = re.findall(r"(?m)^\* .{30,120}$", text)
        if number % 40 or len(items) < 6 or any(items.count(one) > 1 for one in items):
            continue
        gone = items[len(items) // 2]
        said, news = criteria_told(text, text.replace(f"{gone}\n", "", 1).replace(f"\n{gone}", "", 1))
        assert news and " dropped: “" in said, (row["nctId"], gone, said)
        tried += 1
    assert tried > 20
