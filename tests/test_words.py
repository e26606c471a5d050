"""Words that went and came: nothing lost of either side, and bounded whatever stands in the texts."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snapshots.words import MOST_CELLS, MOST_LETTERS, hunks, marked, readable

texts = st.text(max_size=80) | st.text(st.sampled_from("ab 12.,;!?\n*-≥"), max_size=120)


@given(texts, texts)
def test_both_texts_can_be_read_off_the_marks(before: str, after: str) -> None:
    pieces = marked(before, after)
    assert "".join(text for mark, text in pieces if mark in "=-") == before
    assert "".join(text for mark, text in pieces if mark in "=+") == after
    assert all(text for _, text in pieces)
    assert all(one[0] != other[0] for one, other in itertools.pairwise(pieces))


@given(texts)
def test_a_text_is_equal_to_itself(text: str) -> None:
    assert marked(text, text) == ([("=", text)] if text else [])


words = st.lists(st.sampled_from(["a", "b", "the", " ", "longer"]), max_size=30)


@given(words, words)
def test_what_lies_between_hunks_is_equal(old: list[str], new: list[str]) -> None:
    for found in (hunks(old, new), readable(hunks(old, new), old, new)):
        at = to = 0
        for a, b, c, d in [*found, (len(old), len(old), len(new), len(new))]:
            assert old[at:a] == new[to:c]
            at, to = b, d


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (
            "within 3.0 weeks",
            "within 2.5 weeks",
            [("=", "within "), ("-", "3.0"), ("+", "2.5"), ("=", " weeks")],
        ),
        ("1,000 cells", "1,500 cells", [("-", "1,000"), ("+", "1,500"), ("=", " cells")]),
        ("One. Two.", "One. And two. Two.", [("=", "One. "), ("+", "And two. "), ("=", "Two.")]),
        (
            "a quick brown fox",
            "a slow red fox",
            [("=", "a "), ("-", "quick brown"), ("+", "slow red"), ("=", " fox")],
        ),
    ],
)
def test_marks_part_no_number_and_leave_no_crumbs(
    before: str, after: str, told: list[tuple[str, str]]
) -> None:
    assert marked(before, after) == told


def test_past_the_bounds_all_between_is_replaced() -> None:
    many = int(MOST_CELLS**0.5) + 1
    old, new = [f"a{at}" for at in range(many)], [f"b{at}" for at in range(many)]
    old[many // 2] = new[many // 2] = "kept"
    assert hunks(["x", *old, "y"], ["x", *new, "y"]) == [(1, many + 1, 1, many + 1)]
    long = "a b " * (MOST_LETTERS // 4)
    assert marked(long, long.replace("a", "c")) == [("-", long), ("+", long.replace("a", "c"))]
