"""A sweep's bookkeeping, without a network: what arrived against what the registry says there is."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.registries.asking import Oversize
from monitor.registries.base import Absurd, BadQuestion, SweepBroken
from monitor.registries.ctgov_pages import Slice
from monitor.registries.ctgov_sweep import IdSet, PageSize, sweep


def page(numbers: Sequence[int], next: str | None = None, total: int | None = None) -> Slice:
    ids = [b"NCT%08d" % number for number in numbers]
    return Slice(records=[memoryview(id) for id in ids], ids=ids, next=next, total=total, came_from="there")


def asking(*answers: Slice | Exception):
    """Gives these one after another; remembers what it was asked."""
    left = list(answers)
    asked: list[tuple[str | None, int]] = []

    def ask(token, size):
        asked.append((token, size))
        answer = left.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return ask, asked


def seen(pages) -> list[int]:
    return [int(bytes(record)[3:]) for page in pages for record in page.records]


def test_a_whole_sweep():
    ask, asked = asking(page([1, 2], "a", 3), page([], "b"), page([3]))
    pages = sweep(ask, PageSize(2))
    assert [(page.total, len(page.records)) for page in pages] == [(3, 2), (None, 1)]
    assert asked == [(None, 2), ("a", 2), ("b", 2)]


def test_nothing_matches():
    ask, _ = asking(page([], None, 0))
    assert [(page.total, len(page.records)) for page in sweep(ask, PageSize(2))] == [(0, 0)]


def test_what_came_before_a_break_was_given():
    ask, _ = asking(page([1, 2], "a", 5), page([3]))
    got: list[int] = []
    with pytest.raises(SweepBroken, match="3 records came, the registry counts 5"):
        for one in sweep(ask, PageSize(2)):
            got += seen([one])
    assert got == [1, 2, 3]


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ([page([1, 2], "a", 2), page([2])], "1 records came twice"),
        ([page([1, 1], None, 2)], "came twice"),
        ([page([1], "a", 9), page([2], "a")], "the same page token twice"),
        ([page([1], None, 0)], "counts 0"),
        ([page([1], "a", 1), page([2], "b"), page([3], "c")], "counts 1"),  # not asked on for ever
        ([page([1], "a", 2), BadQuestion("bad token")], "page token is no longer taken"),
        ([page([1], "z", 2)] + [page([], f"t{n}") for n in range(99)], "counts 2"),
        ([page([], "a", 2), BadQuestion("x"), page([], "a", 2), BadQuestion("x")], "no longer taken"),
    ],
)
def test_a_sweep_that_is_not_sound_is_broken(answers, why):
    ask, asked = asking(*answers)
    with pytest.raises(SweepBroken, match=why):
        for _ in sweep(ask, PageSize(10)):
            pass
    assert len(asked) < 30


def test_no_record_is_given_twice():
    ask, _ = asking(page([1, 2], "a", 2), page([2]))
    got: list[int] = []
    with pytest.raises(SweepBroken):
        for one in sweep(ask, PageSize(10)):
            got += seen([one])
    assert got == [1, 2]


def test_without_a_count_nothing_is_believed():
    ask, _ = asking(page([1], None, None))
    with pytest.raises(Absurd, match="does not say how many"):
        list(sweep(ask, PageSize(10)))


def test_a_refused_token_starts_again_when_nothing_was_given():
    ask, asked = asking(page([], "a", 2), BadQuestion("expired"), page([1, 2], None, 2))
    assert seen(sweep(ask, PageSize(10))) == [1, 2]
    assert [token for token, _ in asked] == [None, "a", None]


def test_a_refused_first_page_is_a_bad_question():
    ask, _ = asking(BadQuestion("no such field"))
    with pytest.raises(BadQuestion, match="no such field"):
        list(sweep(ask, PageSize(10)))


def test_a_page_too_large_is_asked_for_in_halves_and_stays_so():
    size = PageSize(10)
    # All pages of a sweep have one size: amid it, it begins again.
    ask, asked = asking(
        *(Oversize("x"), Oversize("x"), page([1, 2], "a", 3), Oversize("x")),
        *(page([1], "b", 3), page([2], "c"), page([3])),
    )
    assert seen(sweep(ask, size)) == [1, 2, 1, 2, 3]
    assert asked == [(None, 10), (None, 5), (None, 2), ("a", 2), (None, 1), ("b", 1), ("c", 1)]
    assert size.now == 1


def test_a_sweep_that_begins_again_says_so_by_a_total():
    ask, _ = asking(page([1, 2], "a", 3), Oversize("x"), page([1], "b", 3), page([2], "c"), page([3]))
    assert [one.total for one in sweep(ask, PageSize(2))] == [3, 3, None, None]


def test_one_record_too_large_is_the_end():
    ask, _ = asking(Oversize("there: too large"))
    with pytest.raises(Absurd, match="too large"):
        list(sweep(ask, PageSize(1)))


def test_a_pages_records_are_released_with_it():
    ask, _ = asking(page([1], "a", 2), page([2]))
    kept = [record for one in sweep(ask, PageSize(1)) for record in one.records]
    for record in kept:
        with pytest.raises(ValueError, match="released"):
            bytes(record)


@given(st.lists(st.integers(1, 99_999_999) | st.integers(1, 70_000)))
def test_an_id_set_is_a_set(numbers):
    ids, model = IdSet(), set[int]()
    for number in numbers:
        assert ids.add(b"NCT%08d" % number) is (number not in model)
        model.add(number)
