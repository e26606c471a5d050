"""The polite rate: never more than so many in any minute, a small burst, pauses that bind everybody."""

import pytest
from doubles.still_clock import StillClock
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.transport.limiter import BURST, MINUTE, Limiter


def test_the_first_few_go_at_once_and_the_rest_evenly():
    clock = StillClock()
    limiter = Limiter(50, clock=clock.clock)
    waits = [limiter.reserve() for _ in range(6)]
    assert waits[:BURST] == [0, 0, 0]
    assert waits[BURST:] == pytest.approx([1.25, 2.5, 3.75])


def test_one_who_rested_gets_the_burst_again_but_no_more():
    clock = StillClock()
    limiter = Limiter(50, clock=clock.clock)
    for _ in range(10):
        clock.wait(limiter.reserve())
    clock.now += 3600
    assert [limiter.reserve() > 0 for _ in range(4)] == [False, False, False, True]


def test_a_pause_binds_all_who_come_after():
    clock = StillClock()
    limiter = Limiter(600, clock=clock.clock)
    limiter.hold(30)
    assert limiter.reserve() == pytest.approx(30)
    limiter.hold(5)  # a shorter one does not end the longer
    assert limiter.reserve() >= 30


def test_none_a_minute_is_refused():
    with pytest.raises(ValueError, match="`0`"):
        Limiter(0, clock=StillClock().clock)


@given(
    st.integers(1, 200),
    st.lists(st.floats(0, 20, allow_nan=False), min_size=1, max_size=300),
)
@example(1, [0] * 9)
@example(2, [0] * 9)
@example(3, [0] * 9)
@example(50, [0] * 120)
def test_no_minute_ever_holds_more_than_the_limit(per_minute, rests):
    clock = StillClock()
    limiter = Limiter(per_minute, clock=clock.clock)
    sent: list[float] = []
    for rest in rests:
        clock.now += rest if rest > 10 else 0  # long rests between bursts of eager questions
        clock.wait(limiter.reserve())
        sent.append(clock.now)
    for first, later in zip(sent, sent[per_minute:], strict=False):
        assert later - first >= MINUTE - 1e-6
