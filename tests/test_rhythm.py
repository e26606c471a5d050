"""Digests and quiet hours by the clock on the wall, on the nights too when it changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerting.rhythm import DAYS, Quiet, Rhythm, WrongRhythm


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


BERLIN = ZoneInfo(
    "Europe/Berlin"
)  # clocks forward on 2026-03-29 at 01:00 UTC, back on 2026-10-25 at 01:00 UTC
ZONES = [ZoneInfo(name) for name in ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC")]
ZONES.append(ZoneInfo("Australia/Lord_Howe"))  # by half an hour
MOMENTS = st.integers(0, 3 * 365 * 24 * 60).map(
    lambda minutes: utc("2025-01-01T00:00") + timedelta(minutes=minutes)
)
CLOCK = st.times().map(lambda at: f"{at:%H:%M}")


def moments(rhythm: str, after: str, count: int, zone: ZoneInfo = BERLIN) -> list[str]:
    found, at = [], utc(after)
    for _ in range(count):
        at = Rhythm.parse(rhythm).next_after(at, zone)
        found.append(f"{at:%m-%d %H:%M}")
    return found


def test_a_daily_digest_keeps_its_local_time_over_both_changes():
    assert moments("daily 08:00", "2026-03-28T00:00", 3) == ["03-28 07:00", "03-29 06:00", "03-30 06:00"]
    assert moments("daily 08:00", "2026-10-24T00:00", 3) == ["10-24 06:00", "10-25 07:00", "10-26 07:00"]


def test_a_time_that_the_clock_leaves_out_is_as_much_later_and_not_skipped():
    assert moments("daily 02:30", "2026-03-28T12:00", 2) == ["03-29 01:30", "03-30 00:30"]


def test_a_time_that_the_clock_shows_twice_is_the_first_and_not_repeated():
    assert moments("daily 02:30", "2026-10-24T12:00", 2) == ["10-25 00:30", "10-26 01:30"]


def test_an_hourly_digest_has_an_hour_each_on_those_nights():
    assert moments("hourly", "2026-10-25T00:10", 3) == ["10-25 01:00", "10-25 02:00", "10-25 03:00"]


def test_days_of_the_week():
    assert moments("mon 08:00", "2026-11-23T07:00", 2) == ["11-30 07:00", "12-07 07:00"]
    assert moments("mon-fri 08:00", "2026-11-26T12:00", 3) == ["11-27 07:00", "11-30 07:00", "12-01 07:00"]
    assert moments("sat-mon 08:00", "2026-11-27T12:00", 3) == ["11-28 07:00", "11-29 07:00", "11-30 07:00"]
    assert [Rhythm.parse(text).name for text in ("hourly", "daily 8:00", "mon-fri 8:00", "mon 8:00")] == [
        "Hourly",
        "Daily",
        "Daily",
        "Weekly",
    ]


@pytest.mark.parametrize(
    "text",
    ["", "daily", "08:00", "daily 24:00", "daily 8", "moon 08:00", "mon-moo 08:00", "weekly", "daily 08:60"],
)
def test_what_is_no_rhythm(text):
    with pytest.raises(WrongRhythm):
        Rhythm.parse(text)


@given(at=MOMENTS, clock=CLOCK, day=st.sampled_from(["daily", *DAYS]), zone=st.sampled_from(ZONES))
def test_each_local_day_that_has_one_has_exactly_one(at, clock, day, zone):
    rhythm = Rhythm.parse(f"{day} {clock}")
    coming = [at]
    for _ in range(4):
        coming.append(rhythm.next_after(coming[-1], zone))
    assert coming == sorted(set(coming))
    days = [one.astimezone(zone).date() for one in coming[1:]]
    step = timedelta(days=1 if day == "daily" else 7)
    assert [b - a for a, b in pairwise(days)] == [step] * 3
    assert coming[1] - at <= step + timedelta(hours=2)


def quiet_until(quiet: Quiet, at: str) -> str | None:
    over = quiet.ends(utc(at), BERLIN)
    return None if over is None else f"{over:%m-%d %H:%M}"


def test_quiet_hours_over_midnight():
    quiet = Quiet.parse("20:00-07:00")
    assert quiet_until(quiet, "2026-11-24T18:59") is None
    assert quiet_until(quiet, "2026-11-24T19:00") == "11-25 06:00"
    assert quiet_until(quiet, "2026-11-25T05:59") == "11-25 06:00"
    assert quiet_until(quiet, "2026-11-25T06:00") is None


def test_quiet_hours_within_a_day_and_quiet_days():
    assert quiet_until(Quiet.parse("12:00-13:30"), "2026-11-24T11:30") == "11-24 12:30"
    weekend = Quiet.parse("20:00-07:00", ("sat", "sun"))
    assert quiet_until(weekend, "2026-11-27T20:00") == "11-30 06:00"  # Friday evening to Monday morning
    assert quiet_until(Quiet.parse(None, ("sun",)), "2026-11-29T12:00") == "11-29 23:00"
    assert quiet_until(Quiet(), "2026-11-29T12:00") is None


def test_quiet_hours_on_the_nights_when_clocks_change():
    quiet = Quiet.parse("22:00-02:30")
    assert quiet_until(quiet, "2026-03-28T23:00") == "03-29 01:30"
    assert quiet_until(quiet, "2026-10-24T23:00") == "10-25 00:30"
    assert quiet_until(quiet, "2026-10-25T01:10") == "10-25 01:30"  # 02:10 for the second time
    assert quiet_until(Quiet.parse("22:00-07:00"), "2026-10-24T23:00") == "10-25 06:00"


@given(
    at=MOMENTS,
    begin=CLOCK,
    end=CLOCK,
    days=st.sets(st.sampled_from(DAYS), max_size=6),
    zone=st.sampled_from(ZONES),
)
def test_when_quiet_is_over_it_is_quiet_no_more(at, begin, end, days, zone):
    if begin == end:
        with pytest.raises(WrongRhythm):
            Quiet.parse(f"{begin}-{end}")
        return
    quiet = Quiet.parse(f"{begin}-{end}", tuple(days))
    over = quiet.ends(at, zone)
    if over is not None:
        assert over > at and quiet.ends(over, zone) is None
        assert over - at < timedelta(days=8)
