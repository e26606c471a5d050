"""Versions that are not stored between those that are: nothing is claimed over what nobody read."""

from __future__ import annotations

from datetime import date

import pytest
from doubles.command_process import Place
from doubles.pasts import line, on, submitted, with_pasts
from doubles.plain_edits import nct, with_status

PAST = line(1, 5)
TRIAL = nct(PAST[-1])


@pytest.fixture
def place(tmp_path):
    made = Place(tmp_path)
    made.registry.publish("2026-11-21", [PAST[-1]])
    with_pasts(made.registry, PAST)
    made.configure(TRIAL)
    yield made
    made.close()


@pytest.fixture
def here(terminal, place):
    assert terminal.run("check").code == 0
    return terminal


def test_a_change_within_a_gap_is_told_and_not_dated(here):
    here.run("backfill", "--limit", "1", TRIAL)
    ran = here.run("field", TRIAL, "enrollment")
    assert "has not changed" not in ran.err
    assert "between r1 and r5 is not stored" in ran.err
    (told,) = ran.out.splitlines()[1:]
    assert told.startswith(submitted(PAST[4]))
    assert "100 to 104" in told and told.endswith("(between r1 and r5; when is not stored)")
    found = here.run("field", TRIAL, "enrollment", "--json").values
    assert [(one["event"], one["before"], one["after"]) for one in found[1:]] == [
        (None, "100 ESTIMATED", "104 ESTIMATED")
    ]
    same = here.run("field", TRIAL, "phase")
    assert "has not changed" not in same.err
    assert f"phase of {TRIAL} is the same in every version stored" in same.err
    assert "r2–r4 not stored" in here.run("history", TRIAL).err
    assert "not stored" not in here.run("history", TRIAL, "--as-of", "2025-01-15").err
    here.run("backfill", TRIAL)
    assert "not stored" not in here.run("history", TRIAL).err
    assert "has not changed" in here.run("field", TRIAL, "phase").err


def test_the_seam_between_the_archive_and_ours_is_read(terminal, place):
    """Ours is none of the archive's versions: it was not listed there yet."""
    newer = on(with_status(PAST[-1], "COMPLETED"), date(2026, 11, 19), count=8)
    place.registry.publish("2026-11-23", [newer])
    with_pasts(place.registry, PAST)
    there = terminal
    assert there.run("check").code == 0
    assert there.run("backfill", TRIAL).code == 0
    ran = there.run("field", TRIAL, "enrollment")
    told = ran.out.splitlines()[-1]
    assert told.startswith("2026-11-23") and "104 to 8" in told
    assert told.endswith("(between r5 and 1; when is not stored)")
    assert "between r5 and 1 is not stored" in ran.err


def test_a_version_whose_twin_is_quiet_keeps_its_name(here, place):
    quiet = [*PAST, on(PAST[-1], date(2025, 6, 1))]  # submitted anew, and nothing else
    place.registry.publish("2026-11-23", [quiet[-1]])
    with_pasts(place.registry, quiet)
    assert here.run("backfill", TRIAL).code == 0
    shown = here.run("history", TRIAL).out
    assert [said[:8].strip() for said in shown.splitlines()] == ["1 = r5", "r4", "r3", "r2", "r1"]
    here.run("check")
    assert "r6" not in here.run("history", TRIAL).out
    assert here.run("history", TRIAL, "--all").out.split()[:3] == ["2", "=", "r6"]


def test_the_first_of_ours_keeps_its_name_where_its_twin_is_quiet(terminal, place):
    quiet = [*PAST, on(PAST[-1], date(2025, 6, 1))]
    place.registry.publish("2026-11-23", [quiet[-1]])
    with_pasts(place.registry, quiet)
    assert terminal.run("check").code == terminal.run("backfill", TRIAL).code == 0
    first = terminal.run("history", TRIAL).out.splitlines()[0]
    assert first.split()[:4] == ["1", "=", "r6", "2025-06-01"]
    assert "first version stored" not in first


def test_a_merged_line_has_the_registrys_day_and_says_when_it_was_seen(here, place):
    newer = on(with_status(PAST[-1], "COMPLETED"), date(2026, 11, 19), count=140)
    place.registry.publish("2026-11-23", [newer])
    here.run("check")
    here.run("backfill")
    second, first = here.run("history", TRIAL).out.splitlines()[:2]
    assert second.split()[:4] == ["2", "=", "r6", "2026-11-19"] and second.endswith("(seen 2026-11-23)")
    assert first.split()[:4] == ["1", "=", "r5", submitted(PAST[4])] and "(seen 2026-11-21)" in first
    told = here.run("field", TRIAL, "enrollment").out.splitlines()[-1]
    assert told.startswith("2026-11-19") and told.endswith("(seen 2026-11-23)")
    last = here.run("field", TRIAL, "enrollment", "--json").values[-1]
    assert (last["day"], last["seen"]) == ("2026-11-19", "2026-11-23")
