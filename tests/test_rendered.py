"""What is told reads as it was reviewed: `make examples` writes it anew, and the difference shows what changed."""

from __future__ import annotations

import difflib
import json
from functools import cache

import pytest
from doubles.rendered import FOLDER, GROUPS, files
from doubles.told_messages import of_cases
from doubles.told_together import LONG
from test_changes_cases import CASES
from test_readings import READINGS

from notifiers.message import Level
from snapshots.deadlines.states import StateKind
from snapshots.event import EventKind

MOST = 40  # lines of a difference


@cache
def made() -> dict[str, str]:
    return dict(files())


def test_each_file_is_there_and_no_other() -> None:
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted(made())


@pytest.mark.parametrize("group", GROUPS)
def test_what_is_told_is_what_was_reviewed(group: str) -> None:
    for name, text in made().items():
        if name.startswith(group):
            kept = (FOLDER / name).read_text(encoding="utf-8")
            changed = list(difflib.unified_diff(kept.splitlines(), text.splitlines(), "kept", "made", n=1))
            assert not changed, f"{name}: `make examples` writes it anew\n" + "\n".join(changed[:MOST])


def test_every_case_reading_kind_and_state_is_among_them() -> None:
    kept = {group: json.loads((FOLDER / f"{group}.json").read_text(encoding="utf-8")) for group in GROUPS}
    told = of_cases()
    assert {name for one in CASES if (name := one.name) in told} <= set(kept["changes"])
    assert {one.name for one in READINGS if f"reading: {one.name}" in told} <= set(kept["readings"])
    assert len(kept["changes"]) + len(kept["readings"]) > 700
    kinds = {kind.value for kind in EventKind} - {EventKind.CHANGED, EventKind.DEADLINE}
    assert kinds | {f"deadline: {state.value}" for state in StateKind} <= set(kept["events"])


def test_long_texts_and_what_stands_behind_a_summary_are_there_with_their_threads() -> None:
    kept = json.loads((FOLDER / "groups.json").read_text(encoding="utf-8"))
    for name in ("summary of 14 trials", *(f"whole in the thread: {case}" for case in LONG)):
        assert f"{name}, 1 in its thread" in kept


def test_every_level_is_among_them() -> None:
    levels = {example.message.level for group in GROUPS for example in GROUPS[group]().values()}
    assert levels == set(Level)
