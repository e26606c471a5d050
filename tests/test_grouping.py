"""What falls due together: few messages, what is critical at once, nothing lost and nothing twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from monitor.alerting.grouping import Form, Group, Line, Manners, plan
from monitor.alerting.rhythm import Quiet
from snapshots.changeset import Severity

NOW = datetime(2026, 11, 24, 21, 30, tzinfo=UTC)
NIGHT = Manners(quiet=Quiet.parse("20:00-07:00"), zone=ZoneInfo("Europe/Berlin"))
CRITICAL, MAJOR, MINOR = Severity.CRITICAL, Severity.MAJOR, Severity.MINOR


def lines(*weights: Severity, start: int = 1, bundle: str | None = None) -> list[Line]:
    """One of a trial each."""
    return [line(at, at, severity, bundle) for at, severity in enumerate(weights, start)]


def line(event: int, trial: int, severity: Severity = MAJOR, bundle: str | None = None) -> Line:
    return Line(delivery=event, event=event, thread=f"ctgov:{trial}", severity=severity, bundle=bundle)


def shapes(groups: list[Group]) -> list[tuple[str, list[int]]]:
    return [(group.form.value, [line.event for line in group.lines]) for group in groups]


def test_a_handful_has_an_alert_each_and_more_are_a_summary_the_weightiest_first():
    assert shapes(plan(lines(*[MINOR] * 5), Manners(), now=NOW)) == [("alert", [at]) for at in range(1, 6)]
    six = plan(lines(MINOR, MINOR, MAJOR, MINOR, MINOR, MAJOR), Manners(), now=NOW)
    assert shapes(six) == [("summary", [3, 6, 1, 2, 4, 5])]


def test_several_changes_of_a_trial_are_one_alert_in_their_order():
    both = [line(7, 1, MINOR), line(3, 1), line(5, 2)]
    assert shapes(plan(both, Manners(), now=NOW)) == [("alert", [3, 7]), ("alert", [5])]


def test_a_few_critical_ones_keep_their_own_alert_beside_a_summary():
    groups = plan(lines(MINOR, CRITICAL, *[MINOR] * 6), Manners(), now=NOW)
    assert shapes(groups) == [("alert", [2]), ("summary", [1, 3, 4, 5, 6, 7, 8])]


def test_many_critical_ones_are_a_summary_of_their_own():
    groups = plan(lines(*[CRITICAL] * 6, MINOR), Manners(), now=NOW)
    assert shapes(groups) == [("summary", [1, 2, 3, 4, 5, 6]), ("alert", [7])]


def test_quiet_hours_hold_back_all_but_what_is_critical():
    groups = plan(lines(MAJOR, CRITICAL, MINOR), NIGHT, now=NOW)
    assert shapes(groups) == [("alert", [2]), ("wait", [1, 3])]
    assert groups[1].until == datetime(2026, 11, 25, 6, tzinfo=UTC)
    assert "quiet hours" in groups[1].reason


def test_a_critical_change_takes_along_what_waits_of_its_trial():
    groups = plan([line(1, 1, MINOR, "daily 08:00"), line(2, 1, CRITICAL), line(3, 2)], NIGHT, now=NOW)
    assert shapes(groups) == [("alert", [1, 2]), ("wait", [3])]


def test_a_digest_is_one_message_whatever_its_number():
    two = lines(MINOR, MAJOR, bundle="daily 08:00")
    groups = plan([*two, line(3, 3)], Manners(), now=NOW)
    assert shapes(groups) == [("summary", [2, 1]), ("alert", [3])]
    assert [group.digest for group in groups] == ["daily 08:00", None]
    weekly = lines(MINOR, MINOR, start=4, bundle="mon 08:00")
    assert [group.digest for group in plan([*two, *weekly], Manners(), now=NOW)] == [
        "daily 08:00",
        "mon 08:00",
    ]


def test_a_trial_that_goes_at_once_waits_for_no_digest():
    assert shapes(plan([line(1, 1, MINOR, "daily 08:00"), line(2, 1)], Manners(), now=NOW)) == [
        ("alert", [1, 2])
    ]


def test_a_channel_that_rang_often_gets_the_rest_as_one_and_then_later():
    rung = [NOW - timedelta(minutes=at) for at in range(28)]
    four = lines(*[MAJOR] * 4)
    groups = plan(four, Manners(), now=NOW, rung=rung)
    assert shapes(groups) == [("summary", [1, 2, 3, 4])] and groups[0].crowded
    rung = [NOW - timedelta(minutes=at) for at in range(30)]
    groups = plan([*four, line(5, 5, CRITICAL)], Manners(), now=NOW, rung=rung)
    assert shapes(groups) == [("alert", [5]), ("wait", [1, 2, 3, 4])]
    assert groups[1].until == NOW + timedelta(minutes=31)  # when the oldest of the thirty is an hour past


LINES = st.lists(
    st.tuples(
        st.integers(1, 12),
        st.sampled_from([CRITICAL, MAJOR, MINOR]),
        st.sampled_from([None, "daily 08:00", "mon 08:00"]),
    ),
    max_size=40,
).map(lambda rows: [line(at, trial, severity, bundle) for at, (trial, severity, bundle) in enumerate(rows)])
MANNERS = st.builds(
    Manners,
    summary_from=st.integers(2, 8),
    most_per_hour=st.integers(1, 6),
    quiet=st.sampled_from([Quiet(), Quiet.parse("20:00-07:00"), Quiet.parse(None, ("tue",))]),
    zone=st.sampled_from([ZoneInfo("UTC"), ZoneInfo("Europe/Berlin")]),
)


@given(due=LINES, manners=MANNERS, rung=st.integers(0, 8))
def test_nothing_is_lost_or_told_twice_and_few_messages_are_made(due, manners, rung):
    times = [NOW - timedelta(minutes=7 * at) for at in range(rung)]
    groups = plan(due, manners, now=NOW, rung=times)
    assert sorted(line.delivery for group in groups for line in group.lines) == sorted(
        one.delivery for one in due
    )
    trials = [{line.thread for line in group.lines} for group in groups]
    assert sum(len(one) for one in trials) == len(set().union(*trials))  # each trial in one group
    urgent = {one.thread for one in due if one.urgent}
    calm = 0
    for group, held in zip(groups, trials, strict=True):
        events = [line.event for line in group.lines]
        if group.form is Form.ALERT:
            assert len(held) == 1 and events == sorted(events)
        if group.form is Form.WAIT:
            assert not held & urgent and group.until is not None and group.until > NOW and group.reason
        elif not held & urgent:
            calm += 1
    own = sum(
        1 for group, held in zip(groups, trials, strict=True) if group.form is Form.ALERT and held & urgent
    )
    assert own < manners.summary_from
    assert calm <= max(manners.most_per_hour - rung, 0)
    if calm:
        assert manners.quiet.ends(NOW, manners.zone) is None
