"""JSON and CSV of evidence. Hashes are lower-case hexadecimal; instants as they were sealed, to the microsecond."""

from __future__ import annotations

from msgspec import Struct


class Sealed(Struct, frozen=True, kw_only=True):
    """An entry of the ledger. times_text: what `times` is the hash of, each followed by a line end; times: the first
    16 bytes of its SHA-256, null in entries from before times were sealed. previous, chain: the chain hashes before
    this entry and at it; null where the database has lost the one that they follow from.
    """

    entry: int
    times_text: list[str]
    times: str | None
    previous: str | None
    chain: str | None


class VersionEvidence(Struct, frozen=True, kw_only=True):
    """What vouches for one version. version: as addresses have it, `4` or `r12`. source: `snapshot` or `archive`.

    seen_at: when the poll began that fetched it, or when it was fetched from the registry's record history. build:
    day of the registry's data build in which we saw it first. posted: when the registry posted it, by its own
    record. submitted: when it was submitted to the registry. registry_url, history_url: the registry's own pages;
    null where nobody answers. sound: the database agrees with itself about it; problems: else why not.
    """

    registry: str
    registry_label: str
    trial: str
    version: str
    source: str
    size: int
    sha256: str
    content: str
    seen_at: str | None
    build: str | None
    posted: str | None
    submitted: str | None
    registry_url: str | None
    history_url: str | None
    ledger: Sealed
    sound: bool
    problems: list[str]


class BundledFile(Struct, frozen=True, kw_only=True):
    """A file of a bundle, and what it is."""

    name: str
    size: int
    sha256: str
    what: str


class Manifest(Struct, frozen=True, kw_only=True):
    """`manifest.json` of a bundle. engine: of the comparison; null in a bundle of one version."""

    tool: str
    tool_version: str
    engine: int | None
    registry: str
    trial: str
    title: str
    headline: str | None
    versions: list[VersionEvidence]
    files: list[BundledFile]


class LedgerEntry(Struct, frozen=True, kw_only=True):
    """An entry of the ledger. registry, trial: null when the trial's row is gone. line: `snapshot` or `archive`."""

    entry: int
    registry: str | None
    trial: str | None
    line: str
    number: int
    sha256: str
    times: str | None
    chain: str | None


class DeepCheck(Struct, frozen=True, kw_only=True):
    """The last `trialbell doctor --deep`. still_so: the ledger says of its newest entry of then what it said then."""

    checked_at: str
    versions: int
    entry: int
    chain: str | None
    problems: int
    first: str | None
    still_so: bool


class Ledger(Struct, frozen=True, kw_only=True):
    """newest, head: number and chain hash of the newest entry; they count from 1. sealed_since: the first entry in
    which times are sealed. checked_from, checked_to: entries that were checked just now, beside `items`; problems:
    what was found. previous: the chain hash before the first of `items`. next: path of the entries that follow.
    """

    newest: int
    head: str | None
    sealed_since: int | None
    checked_from: int
    checked_to: int
    problems: list[str]
    deep_check: DeepCheck | None
    previous: str | None
    items: list[LedgerEntry]
    next: str | None
