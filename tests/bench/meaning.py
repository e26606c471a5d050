"""Comparing two versions: generated pairs always, the shared real ones where they are there."""

from __future__ import annotations

import json
import lzma
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from bench.machine import ROOT, table
from doubles.study_records import edited, possible_edits, study_record

from snapshots.changes import compare
from snapshots.changeset import Source, VersionRef
from snapshots.delta import delta

REAL = ROOT.parent / "shared" / "registry-data" / "ctgov" / "versions-all.jsonl.xz"
FILE = VersionRef(source=Source.FILE, version=None, seen_at=None, updated=None, build=None)


def measure(*, runs: int) -> None:
    rows = []
    rng = Random(1)
    generated = []
    for number in range(1, 151):
        record = study_record(number)
        if kinds := possible_edits(record):
            generated.append((record, edited(record, rng.choice(kinds), rng)))
    rows += _measured("generated, one edit each", generated, runs)
    if REAL.exists():
        rows += _measured("real, content changed", list(_real_pairs(REAL)), runs)
    sites = _many_sites(460)
    rows += _measured("460 sites, in reverse order", [sites], runs)
    table(("pairs", "count", "compare: median ms", "p99 ms", "delta: median ms", "p99 ms"), rows)


def _measured(name: str, pairs: list[tuple[Any, Any]], runs: int) -> list[tuple[object, ...]]:
    changes, deltas = [], []
    for old, new in pairs:
        changes.append(min(_timed(compare, old, new, from_=FILE, to=FILE) for _ in range(runs)))
        deltas.append(min(_timed(delta, old, new) for _ in range(runs)))
    return [(name, len(pairs), *_figures(changes), *_figures(deltas))]


def _timed(work: Any, *arguments: Any, **named: Any) -> float:
    began = time.perf_counter()
    work(*arguments, **named)
    return (time.perf_counter() - began) * 1000


def _figures(samples: list[float]) -> tuple[str, str]:
    ordered = sorted(samples)
    return (
        f"{statistics.median(ordered):.2f}",
        f"{ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)]:.2f}",
    )


def _real_pairs(path: Path) -> Iterator[tuple[Any, Any]]:
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


def _many_sites(count: int) -> tuple[Any, Any]:
    record = study_record(1)
    sites = [
        {
            "facility": f"Site {number}",
            "city": f"City {number % 90}",
            "country": "Poland",
            "status": "RECRUITING",
        }
        for number in range(count)
    ]
    record["protocolSection"].setdefault("contactsLocationsModule", {})["locations"] = sites
    other = json.loads(json.dumps(record))
    other["protocolSection"]["contactsLocationsModule"]["locations"].reverse()
    return record, other
