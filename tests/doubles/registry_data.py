"""Real records, when they lie beside this checkout; nothing of them is part of the project."""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "registry-data"
RECORDS = SHARED / "ctgov" / "records"
PAGES = SHARED / "ctgov" / "pages"
VERSIONS = SHARED / "ctgov" / "versions-all.jsonl.xz"
READINGS = SHARED / "gold" / "readings.jsonl"
ABSENT = "the shared registry data are not beside this checkout"


def real_versions() -> Iterator[dict[str, Any]]:
    """`{"nctId", "date", "seenAt", "study"}` in the order of builds; skips the test where they are absent."""
    if not VERSIONS.exists():
        pytest.skip(ABSENT)
    with lzma.open(VERSIONS, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    yield from sorted(rows, key=lambda row: (row["date"], row["nctId"]))


def real_readings() -> list[dict[str, Any]]:
    """What each real pair changed, read by hand; skips the test where they are absent."""
    if not READINGS.exists():
        pytest.skip(ABSENT)
    return [json.loads(line) for line in READINGS.read_text(encoding="utf-8").splitlines()]
