"""Comparing two versions, beside raw deepdiff on the same records; and what the shared real pairs hold.

The yardstick is `DeepDiff(old, new, ignore_order=True)`: what one gets without keying lists and pruning what is equal.
"""

from __future__ import annotations

import json
import lzma
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

from bench.machine import ROOT, table
from deepdiff import DeepDiff
from doubles.study_records import edited, possible_edits, study_record
from doubles.study_results import results_section

from snapshots import fields
from snapshots.changes import compare
from snapshots.changeset import Severity, Source, VersionRef
from snapshots.comparison import differences
from snapshots.delta import delta
from snapshots.fields.coverage import unknown_paths_between
from snapshots.record import canonical

REAL = ROOT.parent / "shared" / "registry-data" / "ctgov" / "versions-all.jsonl.xz"
FILE = VersionRef(source=Source.FILE, version=None, seen_at=None, updated=None, build=None)
TABLE = fields.table("ctgov")
COUNTRIES = ("Poland", "Spain", "Germany", "France", "Japan")
GROWING = (250, 500, 1000, 2000, 4000)  # sites

Pair = tuple[dict[str, Any], dict[str, Any]]


def measure(*, runs: int, slow: bool = True) -> None:
    """slow: the pairs too for which raw deepdiff takes from ten seconds to more than a minute."""
    real = list(_real_pairs(REAL)) if REAL.exists() else []
    rows = [_pairs("generated, one edit each", list(_generated()), runs)]
    if real:
        rows.append(_pairs("real, content changed", real, runs))
    rows.append(_pairs("460 sites, in reverse order", [_reversed_sites(460)], runs))
    if slow:
        rows.append(_pairs("500 sites shuffled, a fifth changed", [_shuffled_sites(500)], runs))
        rows.append(_pairs("results of 1 MB, values corrected", [_large_results()], runs))
    header = (
        "pairs",
        "count",
        "change set ms",
        "p99",
        "delta ms",
        "p99",
        "raw deepdiff ms",
        "max",
        "÷ delta",
    )
    table((*header, "÷ change set"), rows)
    print("\nMembers found to differ among 500 sites, shuffled and a fifth changed:", _edits(500))
    print("\nSites in number, shuffled and a fifth changed:\n")
    table(("sites", "change set ms", "µs ÷ (n log₂ n)"), [_grown(count, runs) for count in GROWING])
    if real:
        _report(real)


def _pairs(name: str, pairs: list[Pair], runs: int) -> tuple[object, ...]:
    changes = [_best(runs, lambda old, new: compare(old, new, from_=FILE, to=FILE), pair) for pair in pairs]
    deltas = [_best(runs, delta, pair) for pair in pairs]
    raw = [_best(1, lambda old, new: DeepDiff(old, new, ignore_order=True), pair) for pair in pairs]
    return (
        name,
        len(pairs),
        f"{statistics.median(changes):.2f}",
        f"{_p99(changes):.1f}",
        f"{statistics.median(deltas):.2f}",
        f"{_p99(deltas):.1f}",
        f"{statistics.median(raw):.0f}",
        f"{max(raw):.0f}",
        f"{statistics.median(a / b for a, b in zip(raw, deltas, strict=True)):.0f}",
        f"{statistics.median(a / b for a, b in zip(raw, changes, strict=True)):.0f}",
    )


def _best(runs: int, work: Callable[..., object], pair: Pair) -> float:
    """Milliseconds of the quickest of some runs."""
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        work(*pair)
        times.append((time.perf_counter() - began) * 1000)
    return min(times)


def _p99(samples: list[float]) -> float:
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)]


def _grown(count: int, runs: int) -> tuple[object, ...]:
    took = _best(runs, lambda old, new: compare(old, new, from_=FILE, to=FILE), _shuffled_sites(count))
    return count, f"{took:.1f}", f"{took * 1000 / (count * (count.bit_length() - 1)):.2f}"


def _edits(count: int) -> int:
    return sum(len(one.members) for one in differences(*_shuffled_sites(count), TABLE))


def _report(pairs: list[Pair]) -> None:
    """What the engine says of the real pairs: kinds, actions and weights, and paths that it does not know."""
    kinds: Counter[tuple[str, str]] = Counter()
    weights: Counter[str] = Counter()
    quiet, unknown = 0, 0
    for old, new in pairs:
        told = compare(old, new, from_=FILE, to=FILE)
        quiet += told.quiet
        for change in told.changes:
            weights[change.severity.value] += 1
            if change.severity is not Severity.NOISE:
                kinds[change.kind.value, change.action.value] += 1
        unknown += len(unknown_paths_between(old, new, TABLE))
    noise, news = weights.pop("noise", 0), sum(weights.values())
    print(
        f"\nThe {len(pairs)} real pairs: {quiet} hold nothing but noise; {news} news"
        f" ({', '.join(f'{count} {name}' for name, count in weights.most_common())}) and {noise} changes that are"
        f" noise; paths that the table does not know: {unknown}.\n"
    )
    actions = sorted({action for _, action in kinds})
    table(
        ("kind of field", *actions),
        [
            (kind, *(kinds[kind, action] for action in actions))
            for kind in sorted({kind for kind, _ in kinds})
        ],
    )


def _generated() -> Iterator[Pair]:
    rng = Random(1)
    for number in range(1, 151):
        record = study_record(number)
        if kinds := possible_edits(record):
            yield record, edited(record, rng.choice(kinds), rng)


def _real_pairs(path: Path) -> Iterator[Pair]:
    last: dict[str, Any] = {}
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            study = row["study"]
            study["derivedSection"]["miscInfoModule"].pop("versionHolder", None)
            before = last.get(row["nctId"])
            if before is not None and before != study:
                yield before, study
            last[row["nctId"]] = study


def _reversed_sites(count: int) -> Pair:
    old, new = _with_sites(count)
    _sites(new).reverse()
    return old, new


def _shuffled_sites(count: int) -> Pair:
    rng = Random(count)
    old, new = _with_sites(count)
    for at in rng.sample(range(count), count // 5):
        _sites(new)[at]["status"] = "COMPLETED"
    rng.shuffle(_sites(new))
    return old, new


def _with_sites(count: int) -> Pair:
    record = study_record(1)
    record["protocolSection"].setdefault("contactsLocationsModule", {})["locations"] = [
        {
            "facility": f"Hospital {number} of the University",
            "city": f"City {number % 90}",
            "zip": f"{number:05d}",
            "country": COUNTRIES[number % len(COUNTRIES)],
            "status": "RECRUITING",
            "contacts": [{"name": "Study nurse", "role": "CONTACT", "phone": f"+00 {number}"}],
            "geoPoint": {"lat": number / 10, "lon": number / 7},
        }
        for number in range(count)
    ]
    return record, json.loads(json.dumps(record))


def _sites(record: dict[str, Any]) -> list[dict[str, Any]]:
    sites: list[dict[str, Any]] = record["protocolSection"]["contactsLocationsModule"]["locations"]
    return sites


def _large_results() -> Pair:
    """A results section of about 1 MB in which one measurement in fifty was corrected."""
    old = study_record(7, status="COMPLETED", study_type="INTERVENTIONAL")
    frames = ("12 weeks", "26 weeks", "52 weeks")
    old["protocolSection"]["outcomesModule"]["secondaryOutcomes"] = [
        {"measure": f"Change of score {number}", "timeFrame": frames[number % 3]} for number in range(300)
    ]
    weight, section = 6.0, {}
    while len(canonical(section)) < 1_000_000:
        section = results_section(old["protocolSection"], Random(1), weight=weight)
        weight *= 1.4
    old |= {"hasResults": True, "resultsSection": section}
    posted = {"date": "2026-09-20", "type": "ACTUAL"}
    old["protocolSection"]["statusModule"]["resultsFirstPostDateStruct"] = posted
    new = json.loads(json.dumps(old))
    for number, one in enumerate(_measurements(new["resultsSection"])):
        if number % 50 == 0:
            one["value"] = "0.7"
    return old, new


def _measurements(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        for key, below in value.items():
            if key == "measurements":
                yield from below
            else:
                yield from _measurements(below)
    elif isinstance(value, list):
        for below in value:
            yield from _measurements(below)
