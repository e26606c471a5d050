"""How alerts read, of every change case and reading: each thing once, in words, and not too many of them."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from textwrap import wrap
from typing import Any

import pytest
from doubles.registry_data import real_versions
from doubles.slack_checks import assert_sound, shown, texts, urls_of
from doubles.told_messages import alert, event_of, of_cases
from inline_snapshot import snapshot
from test_undone import read, status

from notifiers.message import Item, Message
from notifiers.notifier import Placement
from notifiers.slack.blocks import CHANGES, render
from notifiers.slack.parts import parts
from snapshots.changeset import DETAIL
from snapshots.event import changed_event

# `ACTIVE_NOT_RECRUITING`, `300 ESTIMATED`, `whyStopped`, `creationDate: 2026-11-12`; not `eGFR` in a sentence.
CODE = re.compile(
    r"(?<![=/\w])[A-Z]{2,}_[A-Z_]{2,}\b|\d (?:ESTIMATED|ACTUAL)\b|^[a-z]+[A-Z]\w+$|\b[a-z]+[A-Z]\w+: "
)
MARKUP = re.compile(r"\\[!-/:-@\[-`{-~]|&#?\w+;")


def flat(text: str) -> str:
    return " ".join(text.casefold().split())


def sentences(block: dict[str, Any]) -> list[str]:
    """Its lines but for quotes, and for a label alone above a quote."""
    parts = [one["elements"] for one in block.get("elements", []) if one["type"] == "rich_text_section"]
    words = ["".join(texts(part)) for part in parts if "style" not in part[-1] or len(part) > 2]
    return [line for text in words for line in text.split("\n") if len(line) > 20]


def deviations(message: Message) -> list[str]:
    headline = flat(message.headline)
    found = []
    for item in message.items:
        texts = [text for text in (item.summary, item.reason, item.before, item.after) if text]
        found += [f"says nothing: {item.label}"] if not texts else []
        found += (
            [f"said by the headline: {item.summary}"]
            if item.summary and flat(item.summary) in headline
            else []
        )
        found += [f"the same twice: {item.before}"] if item.before and item.before == item.after else []
        found += [f"says nothing: {text}" for text in texts if text == DETAIL or text.startswith("told by ")]
        found += [f"a code: {text}" for text in (item.label, *texts) if CODE.search(text)]
        found += [f"markup: {text}" for text in texts if MARKUP.search(text)]
    reasons = Counter(item.reason for item in message.items if item.reason)
    found += [f"{count} times: {reason}" for reason, count in reasons.items() if count > 1]
    found += [f"said again: {item}" for item, count in Counter(message.items).items() if count > 1]
    lines = shown(render(parts(message)[0], Placement())).split("\n")
    found += [f"{len(lines)} lines"] if len(lines) > 6 + 4 * CHANGES else []
    told = Counter(
        line for block in render(parts(message)[0], Placement()).blocks for line in sentences(block)
    )
    found += [f"a line twice: {line}" for line, count in told.items() if count > 1]
    return found


def test_every_case_says_each_thing_once_in_words() -> None:
    wrong = {name: found for name, message in of_cases().items() if (found := deviations(message))}
    assert wrong == {}


@pytest.mark.registry_data
def test_alerts_of_real_versions_do_too_and_are_sound() -> None:
    versions: dict[str, list[dict[str, Any]]] = {}
    for row in real_versions():
        versions.setdefault(row["nctId"], []).append(row["study"])
    events = [
        event for studies in versions.values() for pair in pairwise(studies) if (event := event_of(*pair))
    ]
    for message in map(alert, events):
        assert deviations(message) == []
        for part in parts(message):
            assert_sound(render(part, Placement()), urls_of(message))
    assert len(events) > 30


def test_the_checks_see_what_they_are_there_for() -> None:
    message = of_cases()["stop: suspended with a reason"]
    bad = [
        Item(level=message.level, label="Status", summary="Recruiting → Suspended: Drug supply interrupted"),
        Item(level=message.level, label="Status", summary=""),
        Item(level=message.level, label="Status", summary="ACTIVE_NOT_RECRUITING"),
        Item(level=message.level, label="Status", summary="x", reason=DETAIL),
        Item(level=message.level, label="Status", summary="x", before="a", after="a"),
        Item(level=message.level, label="whyStopped", summary="x"),
        Item(level=message.level, label="Enrolment", summary="x", after="1500 ACTUAL"),
        Item(level=message.level, label="Notice", summary="x", after="creationDate: 2026-11-12"),
        Item(level=message.level, label="Criteria", summary=r"BMI \>= 18"),
    ]
    for item in bad:
        assert deviations(
            type(message)(**{**{k: getattr(message, k) for k in message.__struct_fields__}, "items": (item,)})
        )


def test_most_alerts_are_read_in_a_glance() -> None:
    lengths = sorted(shown(render(parts(one)[0], Placement())).count("\n") for one in of_cases().values())
    assert lengths[len(lengths) // 2] <= 8 and lengths[len(lengths) * 9 // 10] <= 14


def test_a_change_that_is_undone_says_so() -> None:
    changes = read(status("SUSPENDED", "Drug supply"), status("RECRUITING"))
    event = changed_event(changes, at=None, url="https://clinicaltrials.gov/study/NCT90000007")
    assert shown(render(alert(event), Placement())).split("\n")[0] == snapshot(
        "🔴 Critical · Suspended → Recruiting: back to Recruiting after 3 days"
    )


def told(name: str) -> list[str]:
    """As on a narrow screen."""
    lines = shown(render(parts(of_cases()[name])[0], Placement())).split("\n")
    return [piece for line in lines for piece in wrap(line, 96, subsequent_indent="  ")]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "stop: suspended with a reason",
            snapshot(
                [
                    "🔴 Critical · Recruiting → Suspended: Drug supply interrupted",
                    "NCT90000007 · Domirazole in Sjögren's Syndrome",
                    "Northfield University · Phase 2 · Suspended",
                    "Recruitment status: recruitment stopped early, it may start again",
                    "Submitted by the sponsor 2026-11-20 · Posted by the registry 2026-11-23 · Seen by us 2026-11-23",
                    "  09:12 UTC · Watched by MSC exosomes",
                    "Record on ClinicalTrials.gov · Both versions side by side · History on ClinicalTrials.gov",
                    "ClinicalTrials.gov, build of 2026-11-23; not affiliated",
                ]
            ),
        ),
        (
            "one primary outcome dropped and one added: replaced, in the line alone",
            snapshot(
                [
                    "🔴 Critical · Primary outcome replaced while recruiting: Overall survival → Ferritin in serum",
                    "NCT90000007 · Domirazole in Sjögren's Syndrome",
                    "Northfield University · Phase 2 · Recruiting",
                    "Primary outcomes",
                    "Was: Overall survival, 5 years",
                    "Now: Ferritin in serum, 2 weeks",
                    "Submitted by the sponsor 2026-11-20 · Posted by the registry 2026-11-23 · Seen by us 2026-11-23",
                    "  09:12 UTC · Watched by MSC exosomes",
                    "Record on ClinicalTrials.gov · Both versions side by side · History on ClinicalTrials.gov",
                    "ClinicalTrials.gov, build of 2026-11-23; not affiliated",
                ]
            ),
        ),
        (
            "primary outcome's time frame changed",
            snapshot(
                [
                    "🟠 Major · Primary outcome's time frame changed while recruiting: 12 weeks → 24 weeks (Pain",
                    "  intensity on the numeric rating scale)",
                    "NCT90000007 · Domirazole in Sjögren's Syndrome",
                    "Northfield University · Phase 2 · Recruiting",
                    "Submitted by the sponsor 2026-11-20 · Posted by the registry 2026-11-23 · Seen by us 2026-11-23",
                    "  09:12 UTC · Watched by MSC exosomes",
                    "Record on ClinicalTrials.gov · Both versions side by side · History on ClinicalTrials.gov",
                    "ClinicalTrials.gov, build of 2026-11-23; not affiliated",
                ]
            ),
        ),
        (
            "criteria: an age",
            snapshot(
                [
                    "🟠 Major · Inclusion criterion changed: Age 18 to 60 → 18 to 75 years",
                    "NCT90000007 · Domirazole in Sjögren's Syndrome",
                    "Northfield University · Phase 2 · Recruiting",
                    "Eligibility criteria: who may take part changed",
                    "Was: Inclusion Criteria: • Age 18 to 60 years, inclusive • EDSS 3.0-6.5 at screening …",
                    "Now: Inclusion Criteria: • Age 18 to 75 years, inclusive • EDSS 3.0-6.5 at screening …",
                    "Whole text in the thread",
                    "Submitted by the sponsor 2026-11-20 · Posted by the registry 2026-11-23 · Seen by us 2026-11-23",
                    "  09:12 UTC · Watched by MSC exosomes",
                    "Record on ClinicalTrials.gov · Both versions side by side · History on ClinicalTrials.gov",
                    "ClinicalTrials.gov, build of 2026-11-23; not affiliated",
                ]
            ),
        ),
        (
            "reading: protocol amendment while recruiting",
            snapshot(
                [
                    "🟠 Major · Enrolment raised from 480 to 640 (+33 %)…",
                    "… primary completion slipped 214 days (2027-06-30 → 2028-01-30), study completion 214 days",
                    "  (2028-03-31 → 2028-10-31); arm added: Torvalimab 600 mg; inclusion criterion changed; 1 other",
                    "  change",
                    "NCT09990001 · Study of Torvalimab in Adults With Active Lupus Nephritis",
                    "Norlake Therapeutics · Phase 2 · Recruiting",
                    "🟠 Major · Enrolment: changed by 20 % or more",
                    "🟠 Major · Primary completion: moved by 30 days or more",
                    "🟠 Major · Study completion: moved by 30 days or more",
                    "🟠 Major · Arms",
                    "Now: Torvalimab 600 mg, Experimental, Torvalimab 600 mg subcutaneously every 4 weeks plus",
                    "  mycophenolate mofetil.",
                    "🟠 Major · Eligibility criteria: Inclusion criterion changed: Estimated glomerular filtration",
                    "  rate (eGFR) ≥ 45 → ≥ 30 mL/min/1.73 m^2",
                    "who may take part changed",
                    "Was: … Estimated glomerular filtration rate (eGFR) >= 45 mL/min/1.73 m^2. • Stable background",
                    "  therapy …",
                    "Now: … Estimated glomerular filtration rate (eGFR) >= 30 mL/min/1.73 m^2. • Stable background",
                    "  therapy …",
                    "🟡 Minor · Secondary outcome added while recruiting: Proportion of participants with partial",
                    "  renal response",
                    "Now: Proportion of participants with partial renal response, Week 52",
                    "Whole text in the thread",
                    "Submitted by the sponsor 2026-10-02 · Posted by the registry 2026-11-23 · Seen by us 2026-11-23",
                    "  09:12 UTC · Watched by MSC exosomes",
                    "Record on ClinicalTrials.gov · Both versions side by side · History on ClinicalTrials.gov",
                    "ClinicalTrials.gov, build of 2026-11-23; not affiliated",
                ]
            ),
        ),
        (
            "reading: violation corrected",
            snapshot(
                [
                    "🔴 Critical · Correction of an FDAAA 801 violation confirmed on 2026-09-17: The entity corrected",
                    "  the violation",
                    "NCT09990001 · Study of Torvalimab in Adults With Active Lupus Nephritis",
                    "Norlake Therapeutics · Phase 2 · Completed",
                    "FDAAA notices: a notice under FDAAA 801",
                    "Posted by the registry 2026-11-23 · Seen by us 2026-11-23 09:12 UTC · Watched by MSC exosomes",
                    "Record on ClinicalTrials.gov · Both versions side by side · History on ClinicalTrials.gov",
                    "ClinicalTrials.gov, build of 2026-11-23; not affiliated",
                ]
            ),
        ),
        (
            "reading: site removed",
            snapshot(
                [
                    "🟡 Minor · 1 site removed in the United States: Tampa",
                    "NCT09990001 · Study of Torvalimab in Adults With Active Lupus Nephritis",
                    "Norlake Therapeutics · Phase 2 · Recruiting",
                    "Site removed: Bayshore Rheumatology Research, Tampa [33606], United States",
                    "a site was lost",
                    "Submitted by the sponsor 2026-10-02 · Posted by the registry 2026-11-23 · Seen by us 2026-11-23",
                    "  09:12 UTC · Watched by MSC exosomes",
                    "Record on ClinicalTrials.gov · Both versions side by side · History on ClinicalTrials.gov",
                    "ClinicalTrials.gov, build of 2026-11-23; not affiliated",
                ]
            ),
        ),
        (
            "time frame with a number in an entity",
            snapshot(
                [
                    "🟠 Major · Primary outcome's time frame changed while recruiting: ≥ 24 weeks → ≥ 48 weeks (Pain",
                    "  intensity on the numeric rating scale)",
                    "NCT90000007 · Domirazole in Sjögren's Syndrome",
                    "Northfield University · Phase 2 · Recruiting",
                    "Submitted by the sponsor 2026-11-20 · Posted by the registry 2026-11-23 · Seen by us 2026-11-23",
                    "  09:12 UTC · Watched by MSC exosomes",
                    "Record on ClinicalTrials.gov · Both versions side by side · History on ClinicalTrials.gov",
                    "ClinicalTrials.gov, build of 2026-11-23; not affiliated",
                ]
            ),
        ),
    ],
)
def test_an_alert_reads(name: str, expected: list[str]) -> None:
    assert told(name) == expected
