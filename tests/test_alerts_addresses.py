"""Addresses of our own pages."""

from __future__ import annotations

from datetime import date

from inline_snapshot import snapshot

from monitor import addresses
from snapshots.changeset import Source, VersionRef


def ref(source: Source, number: int | None) -> VersionRef:
    return VersionRef(source=source, version=number, seen_at=None, updated=None, build=None)


SNAPSHOT, ARCHIVE, LIVE = ref(Source.SNAPSHOT, 3), ref(Source.ARCHIVE, 12), ref(Source.LIVE, None)


def test_each_page_has_its_path() -> None:
    trial = ("ctgov", "NCT07146087")
    assert [
        addresses.trial(*trial),
        addresses.version(*trial, SNAPSHOT),
        addresses.version(*trial, ARCHIVE),
        addresses.compare(*trial, SNAPSHOT, ARCHIVE),
        addresses.as_of(*trial, date(2026, 1, 31)),
        addresses.event(41),
    ] == snapshot(
        [
            "/trials/ctgov/NCT07146087",
            "/trials/ctgov/NCT07146087/versions/3",
            "/trials/ctgov/NCT07146087/versions/r12",
            "/trials/ctgov/NCT07146087/compare/3...r12",
            "/trials/ctgov/NCT07146087/on/2026-01-31",
            "/events/41",
        ]
    )


def test_what_is_not_stored_has_no_page() -> None:
    assert addresses.version("ctgov", "NCT07146087", LIVE) is None
    assert addresses.compare("ctgov", "NCT07146087", SNAPSHOT, LIVE) is None
    assert addresses.version("ctgov", "x", ref(Source.FILE, 4)) is None


def test_no_id_leaves_its_place_in_the_path() -> None:
    assert addresses.trial("ctgov", "a/../b?c#d") == "/trials/ctgov/a%2F..%2Fb%3Fc%23d"


def test_under_a_public_root() -> None:
    assert addresses.whole("https://example.org/here/", "/events/1") == "https://example.org/here/events/1"
    assert addresses.whole(None, "/events/1") is None
    assert addresses.whole("https://example.org", None) is None
