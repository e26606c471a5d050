"""Headlines of whatever changed: short, whole, and honest about what they leave out."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from doubles.registry_data import real_versions
from test_changes_cases import CASES, FILE
from test_readings import READINGS

from snapshots.changes import compare
from snapshots.changes.headline.clause import whole
from snapshots.changes.headline.line import LONGEST
from snapshots.changeset import ChangeSet, Severity

LOSSES = re.compile(r"withdrawn|suspended|terminated|removed|closed|opened in")
CUT = re.compile(r"\([^()]*\d{4}(?:-\d\d)?[^()]*…|→ ?…")  # a date that was cut, an arrow that leads nowhere
MADE = [pytest.param(one, id=one.name) for one in [*CASES, *READINGS]]


def told(pair) -> ChangeSet:
    old, new = pair
    return compare(old, new, from_=FILE, to=FILE)


def deviations(ours: ChangeSet) -> list[str]:
    line = ours.headline
    found = [f"cut: {line}"] if CUT.search(line) else []
    if len(line) > LONGEST and not LOSSES.search(line):
        found.append(f"{len(line)} characters: {line}")
    news = [change for change in ours.changes if change.severity is not Severity.NOISE]
    others = re.search(r"; (\d+) other changes?$", line)
    if others and int(others[1]) >= len(news):
        found.append(f"{others[1]} others of {len(news)}: {line}")
    if len(news) > 1 and "changed its contacts" in line and any(one.field != "locations" for one in news):
        found.append(f"contacts of a site beside other news: {line}")
    return found


@pytest.mark.parametrize("one", MADE)
def test_a_headline_is_short_and_whole(one):
    ours = told(one.pair())
    assert deviations(ours) == []
    brackets = ours.headline.count("(") - ours.headline.count(")")
    assert brackets <= 0 or any("(" in (change.item or "") for change in ours.changes), ours.headline


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a critical change does not silence the major ones", "; Active, not recruiting → Completed; actual"),
        ("an arm's type stands after enrolment and dates, and its label keeps its capital", "; Arm 4: "),
    ],
)
def test_a_status_and_a_name_keep_their_capital_inside_a_line(name, words):
    (one,) = (one for one in CASES if one.name == name)
    assert words in told(one.pair()).headline


@pytest.mark.parametrize(
    ("text", "most", "left"),
    [
        (
            "A measure of the very invented kind (as in the manual of 2024)",
            50,
            "A measure of the very invented kind…",
        ),
        (
            "A text of the very invented kind, “as the manual says in 2024”",
            50,
            "A text of the very invented kind…",
        ),
        ("A measure (of two) of the very invented kind", 30, "A measure (of two) of the…"),
    ],
)
def test_a_text_is_cut_before_what_would_stay_open(text, most, left):
    assert whole(text, most) == left


@pytest.mark.registry_data
def test_headlines_of_real_versions_are_short_and_whole():
    versions: dict[str, list] = {}
    for row in real_versions():
        versions.setdefault(row["nctId"], []).append(row["study"])
    pairs = [pair for studies in versions.values() for pair in pairwise(studies)]
    assert [deviation for pair in pairs for deviation in deviations(told(pair))] == []
    assert len(pairs) > 50
