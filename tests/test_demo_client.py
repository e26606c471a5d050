"""The product's own registry client finds in the embedded registry what it finds in the real one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from monitor.demo.registry import DemoRegistry
from monitor.registries.base import BadQuestion, Found, Missing, Moved, NoHistory
from monitor.registries.ctgov import CtgovRegistry
from snapshots.record import content_hash, fingerprint, parse

PHASE_3 = {"cond": "progressive multiple sclerosis", "advanced": "AREA[Phase]PHASE3"}


@pytest.fixture
def registry() -> Iterator[DemoRegistry]:
    with DemoRegistry() as one:
        yield one


@pytest.fixture
def client(registry: DemoRegistry) -> Iterator[CtgovRegistry]:
    one = CtgovRegistry(url=registry.site, requests_per_minute=100_000)
    yield one
    one.close()


def plain(record: dict[str, Any]) -> str:
    """The record without what markup alone can change: escapes and white space."""
    text = json.dumps(record, sort_keys=True, ensure_ascii=False)
    return " ".join(text.replace("\\\\", "").replace("\\n", " ").split())


def test_builds_and_single_records(registry: DemoRegistry, client: CtgovRegistry) -> None:
    assert client.build().stamp == registry.stamp
    found = client.study("NCT07146087")
    assert isinstance(found, Found) and parse(found.raw) == registry.record("NCT07146087")
    assert client.study("NCT99000327") == Moved(to="NCT99000328")
    assert client.study("NCT00000001") == Missing()
    assert client.url("NCT07146087") == f"{registry.site}/study/NCT07146087"


def test_sweeps(registry: DemoRegistry, client: CtgovRegistry) -> None:
    (batch,) = client.by_ids(["NCT07146087", "NCT99000327", "NCT00000001"])
    assert len(batch.page.records) == 2
    assert client.count(PHASE_3) == 1 and client.count({}) == 16
    while registry.advance():
        pass
    assert sum(len(page.records) for page in client.by_query(PHASE_3)) == 2
    with pytest.raises(BadQuestion):
        list(client.by_query({"advanced": "AREA[Nonsense]x"}))


def test_a_day_on_which_nothing_happened_leaves_the_same_fingerprint(
    registry: DemoRegistry, client: CtgovRegistry
) -> None:
    before = client.study("NCT07146087")
    registry.advance()
    after = client.study("NCT07146087")
    assert isinstance(before, Found) and isinstance(after, Found) and before.raw != after.raw
    assert fingerprint(before.raw) == fingerprint(after.raw) is not None


def test_the_archive_meets_the_snapshots(registry: DemoRegistry, client: CtgovRegistry) -> None:
    """The newest archived version, its markup normalised, is the published record."""
    while registry.advance():
        pass
    for trial in registry.trials():
        entries = client.history(trial)
        assert [entry.number for entry in entries] == list(range(1, len(entries) + 1))
        archived = client.archived(trial, len(entries))
        archived.pop("derivedSection")
        now = registry.record(trial)
        now.pop("derivedSection")
        assert plain(archived) == plain(now)
    assert [entry.submitted for entry in client.history("NCT99000328")][-2:] == ["2026-11-17", "2026-11-18"]
    with pytest.raises(NoHistory):
        client.history("NCT00000001")
    with pytest.raises(NoHistory):
        client.archived("NCT07146087", 9)


def test_content_differs_on_the_days_that_change_it(registry: DemoRegistry) -> None:
    hashes = [content_hash(registry.record("NCT07146087"))]
    while registry.advance():
        hashes.append(content_hash(registry.record("NCT07146087")))
    assert hashes[0] == hashes[1] != hashes[2] == hashes[5] != hashes[6] == hashes[8]
