"""When the next poll is due follows from what is stored, not from a scheduler's memory."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.config.settings import Schedule
from monitor.due import Standing, next_poll
from monitor.schedule import Moments

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def due(now=NOON, **known):
    blank = {"last_success": None, "last_try": None, "failures": 0, "new_watches": False}
    moments = Moments(Schedule(every=HOUR))
    return next_poll(Standing(**blank | known), after=moments.after, every=moments.every, now=now)


def test_what_was_never_polled_is_due_at_once():
    assert due() == NOON


def test_an_hour_after_the_last_success_whenever_the_process_started():
    assert due(last_success=NOON - timedelta(minutes=20)) == NOON + timedelta(minutes=40)
    assert due(last_success=NOON - timedelta(days=3)) <= NOON


def test_a_new_watch_does_not_wait_for_the_next_round():
    assert due(last_success=NOON, new_watches=True) == NOON


@pytest.mark.parametrize(("failures", "minutes"), [(1, 1), (2, 2), (3, 4), (6, 32), (7, 60), (20, 60)])
def test_after_failures_soon_again_but_ever_later_and_never_later_than_the_schedule(failures, minutes):
    found = due(last_success=NOON - 5 * HOUR, last_try=NOON, failures=failures)
    assert found == NOON + timedelta(minutes=minutes)


def test_a_new_watch_does_not_hurry_a_registry_that_fails():
    assert due(last_try=NOON, failures=3, new_watches=True) == NOON + timedelta(minutes=4)


def test_a_poll_dated_years_ahead_puts_none_off():
    ahead = datetime(2030, 1, 1, tzinfo=UTC)
    assert due(last_success=ahead) == NOON
    assert due(last_success=ahead, last_try=ahead, failures=3) == NOON
    again = due(last_success=ahead, last_try=NOON, failures=1, not_before=ahead)
    assert NOON < again <= NOON + HOUR


def test_cron_names_weekdays_and_skips_the_weekend():
    moments = Moments(Schedule(cron="20 9-20 * * mon-fri"))
    friday_evening = datetime(2026, 11, 20, 20, 20, 5, tzinfo=UTC)
    assert moments.after(friday_evening) == datetime(2026, 11, 23, 9, 20, tzinfo=UTC)
    assert moments.after(datetime(2026, 11, 23, 9, 20, 3, tzinfo=UTC)) == datetime(
        2026, 11, 23, 10, 20, tzinfo=UTC
    )


def test_cron_in_a_local_time_is_answered_in_utc():
    moments = Moments(Schedule(cron="0 9 * * *", timezone="Europe/Berlin"))
    assert moments.after(NOON) == datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
