"""From one look to the next, without a database: what was never told ends in silence, what was told ends once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from monitor.operating import conditions
from monitor.operating.conditions import PATIENCE, Condition, Kind, lasted
from monitor.operating.notices import Known, Step, Turn, has_lasted, steps

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def standing(kind: Kind, subject: str = "a") -> Condition:
    return Condition(kind=kind, subject=subject, text=f"{kind} {subject}")


class Book:
    """What the table holds, kept as `attending` keeps it."""

    def __init__(self) -> None:
        self.rows: list[Known] = []
        self.told: list[tuple[str, Turn]] = []

    def look(self, now: datetime, *conditions: Condition) -> list[Turn]:
        taken = steps(self.rows, conditions, now)
        for step in taken:
            self._take(step, now)
        return [step.turn for step in taken]

    def _take(self, step: Step, now: datetime) -> None:
        one = step.known
        if one is None:
            assert step.condition is not None
            one = Known(
                row=0, kind=step.condition.kind, subject=step.condition.subject, text=step.condition.text,
                began_at=now, noticed_at=now, told_at=None, clear_since=None,
            )  # fmt: skip
        else:
            self.rows.remove(one)
        if step.turn in (Turn.BEGUN, Turn.OVER):
            self.told.append((one.subject, step.turn))
        if step.turn in (Turn.OVER, Turn.FORGOTTEN):
            return
        told_at = now if step.turn is Turn.BEGUN else one.told_at
        clear = now if step.turn is Turn.CLEARING else None
        self.rows.append(replace(one, told_at=told_at, clear_since=clear))


def test_what_passes_before_its_patience_is_told_to_nobody():
    book = Book()
    assert book.look(NOON, standing(Kind.REGISTRY)) == [Turn.NOTICED]
    assert book.look(NOON + 14 * MINUTE, standing(Kind.REGISTRY)) == []
    assert book.look(NOON + 15 * MINUTE) == [Turn.FORGOTTEN]
    assert (book.rows, book.told) == ([], [])


def test_what_lasts_is_told_once_and_its_end_once_when_it_stays_away():
    book = Book()
    book.look(NOON, standing(Kind.REGISTRY))
    assert book.look(NOON + 15 * MINUTE, standing(Kind.REGISTRY)) == [Turn.BEGUN]
    assert book.look(NOON + 16 * MINUTE, standing(Kind.REGISTRY)) == []
    assert book.look(NOON + 17 * MINUTE) == [Turn.CLEARING]
    assert book.look(NOON + 18 * MINUTE, standing(Kind.REGISTRY)) == [Turn.BACK]
    assert book.look(NOON + 19 * MINUTE) == [Turn.CLEARING]
    assert book.look(NOON + 78 * MINUTE) == []
    assert book.look(NOON + 79 * MINUTE) == [Turn.OVER]
    assert book.told == [("a", Turn.BEGUN), ("a", Turn.OVER)]


def test_what_is_settled_is_told_at_sight_and_so_is_its_end():
    book = Book()
    assert book.look(NOON, standing(Kind.HELD)) == [Turn.BEGUN]
    assert book.look(NOON) == [Turn.OVER]


def test_two_of_a_kind_are_two_and_one_that_is_said_twice_is_one():
    book = Book()
    a, b = standing(Kind.HELD, "a"), standing(Kind.HELD, "b")
    assert book.look(NOON, a, b, a) == [Turn.BEGUN, Turn.BEGUN]
    assert book.look(NOON, b) == [Turn.OVER]
    assert book.told == [("a", Turn.BEGUN), ("b", Turn.BEGUN), ("a", Turn.OVER)]


def test_a_clock_that_was_ahead_makes_nobody_wait_for_it():
    assert has_lasted(NOON + timedelta(days=365), MINUTE, NOON)
    assert not has_lasted(NOON, MINUTE, NOON)
    book = Book()
    book.look(NOON + timedelta(days=365), standing(Kind.JOB))
    assert book.look(NOON, standing(Kind.JOB)) == [Turn.BEGUN]


@given(st.sampled_from(sorted(Kind)), st.lists(st.tuples(st.booleans(), st.integers(1, 50)), max_size=60))
def test_beginnings_and_ends_take_turns_whatever_comes_and_goes(kind, looks):
    """And each is told only of what lasted, so that no flapping rings oftener than its patience."""
    book, now, patience = Book(), NOON, PATIENCE[kind]
    told_at = [NOON - timedelta(days=1)]
    for stands, minutes in looks:
        now += minutes * MINUTE
        before = len(book.told)
        book.look(now, *([standing(kind)] if stands else ()))
        if len(book.told) > before:
            (_, turn) = book.told[-1]
            wanted = patience.begins if turn is Turn.BEGUN else patience.ends
            assert stands is (turn is Turn.BEGUN)
            assert now - told_at[-1] >= wanted
            told_at.append(now)
    turns = [turn for _, turn in book.told]
    assert turns == [Turn.BEGUN, Turn.OVER] * (len(turns) // 2) + [Turn.BEGUN] * (len(turns) % 2)
    assert len(book.rows) <= 1


def test_every_kind_has_its_patience():
    assert set(PATIENCE) == set(Kind)


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "less than a minute"), (12, "12 min"), (60, "1 h"), (185, "3 h 5 min"), (1440, "1 d"),
     (1445, "1 d"), (3 * 1440 + 61, "3 d 1 h"), (-5, "less than a minute")],
)  # fmt: skip
def test_a_span_in_words(minutes, words):
    assert lasted(timedelta(minutes=minutes)) == words


REFUSED = (
    "the receiver answers HTTP 401: it does not accept the signature: see that both sides hold the same secret"
    " and time"
)


@pytest.mark.parametrize(
    ("condition", "short"),
    [
        (conditions.refusing("hook", REFUSED, since=NOON), "notifier hook refuses us: HTTP 401"),
        (
            conditions.refusing("team", "Slack says `not_in_channel`: invite the bot", since=NOON),
            "notifier team refuses us: `not_in_channel`",
        ),
        (
            conditions.failing(
                "ctgov", failures=3, error="HTTP 503 from https://clinicaltrials.gov/api/v2/studies" * 3
            ),
            "ClinicalTrials.gov: 3 polls failed",
        ),
        (conditions.overdue("ctgov", NOON), f"ClinicalTrials.gov: no poll since {NOON:%Y-%m-%d %H:%M} UTC"),
        (conditions.given_up("team", deliveries=2, messages=1), "2 deliveries to team failed"),
        (
            conditions.partly("post", messages=2, reason="refused: one of three"),
            "2 messages to post did not reach everybody",
        ),
        (
            conditions.matching_nothing(1, "stopped", by_ids=False),
            "watch stopped holds nothing: no trial matches its query any more",
        ),
        (
            conditions.job("poll", "at work since 12:00 UTC without an end"),
            "job poll: at work since 12:00 UTC without an end",
        ),
        (conditions.unheard("it answered 500", since=NOON), "the ping is not heard: it answered 500"),
        (conditions.cut_off("team", "word " * 40), "word " * 15 + "word …"),
    ],
)
def test_a_headline_is_short_and_keeps_what_and_where(condition: Condition, short: str) -> None:
    assert conditions.headline(condition.kind, condition.subject, condition.text) == short
    assert len(short) <= conditions.LONGEST_HEADLINE + 2


def test_every_kind_has_a_line_that_is_its_own_on_a_phone() -> None:
    for kind in Kind:
        long = Condition(kind=kind, subject="s", text="s of a kind that has no end " * 9)
        assert len(conditions.headline(kind, "s", long.text)) <= conditions.LONGEST_HEADLINE + 2
