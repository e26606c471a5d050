"""The page of the ledger: a piece of the chain with its hashes, and whether it holds there and at its end.

What it can say of everything is what `trialbell doctor --deep` found last. As data a longer piece is given, so that
whoever wants to check the whole chain asks for it in a few hundred steps.
"""

from __future__ import annotations

from typing import Any

from monitor import addresses
from monitor.web.address import Asked
from monitor.web.answers import Answer, BadQuestion, NoSuchPage, Page
from monitor.web.evidence import shapes
from snapshots import deep_check, integrity, ledger
from snapshots.changeset import Source, VersionRef
from snapshots.instants import stamp

PIECE = ledger.EVERY  # entries on a page
AT_ONCE = 16 * PIECE  # as data
CHECKED = 8 * PIECE  # of the newest, on every look


def shown(asked: Asked) -> Answer:
    """`/ledger`."""
    db = asked.reader.database
    newest, _ = ledger.ends(db)
    wanted = asked.query.get("from", "")
    if wanted and not (wanted.isascii() and wanted.isdigit() and 1 <= int(wanted) < 10**18):
        raise BadQuestion(f"no number of an entry: `{wanted[:60]}`", hint="They count from 1.")
    first = int(wanted) if wanted else newest
    if wanted and first > newest:
        raise NoSuchPage(f"the ledger ends before entry {first}", hint=f"Its newest is {newest}.")
    start = max(0, first - 1) // PIECE * PIECE
    return Page(
        template="ledger.html",
        path=addresses.ledger(start + 1 if wanted else None),
        values=_values(asked, start, newest, chosen=int(wanted) if wanted else None)
        if asked.format == "html"
        else {},
        data=lambda: _data(asked, start, newest, AT_ONCE),
        rows=lambda: _data(asked, start, newest, AT_ONCE).items,
    )


def _values(asked: Asked, start: int, newest: int, *, chosen: int | None) -> dict[str, object]:
    told = _data(asked, start, newest, PIECE)
    check = told.deep_check
    return {
        "here": "",
        "told": told,
        "rows": [(one, _href(one)) for one in told.items],
        "chosen": chosen,
        "checked_at": None if check is None else deep_check.last(asked.reader.database),
        "older_href": addresses.ledger(start - PIECE + 1) if start else None,
        "newer_href": addresses.ledger(start + PIECE + 1) if start + PIECE < newest else None,
        "example_href": f"{asked.root}{addresses.ledger(1, '.json')}",
    }


def _href(one: shapes.LedgerEntry) -> str | None:
    if one.trial is None or one.registry is None:
        return None
    ref = VersionRef(source=Source(one.line), version=one.number, seen_at=None, updated=None, build=None)
    return addresses.version(one.registry, one.trial, ref)


def _data(asked: Asked, start: int, newest: int, limit: int) -> shapes.Ledger:
    db = asked.reader.database
    previous, rows = ledger.entries(db, start, limit)
    rows = [one for one in rows if one[0] <= start + limit]
    around = ledger.problems_between(db, start, min(start + limit, newest) + PIECE)
    lost = integrity.unexplained(db, start, start + limit)
    problems = list(dict.fromkeys([*around, *ledger.problems(db, newest=CHECKED), *lost]))
    head = db.execute("select chain from ledger where entry = ?", [newest]).fetchone()
    check = deep_check.last(db)
    after = start + limit
    return shapes.Ledger(
        newest=newest,
        head=None if head is None or head[0] is None else head[0].hex(),
        sealed_since=ledger.sealed_since(db),
        checked_from=max(0, newest - CHECKED) // PIECE * PIECE + 1,
        checked_to=newest,
        problems=problems,
        deep_check=None
        if check is None
        else shapes.DeepCheck(
            checked_at=stamp(check.checked_at),
            versions=check.versions,
            entry=check.entry,
            chain=None if check.chain is None else check.chain.hex(),
            problems=check.problems,
            first=check.first,
            still_so=deep_check.still_so(db, check),
        ),
        previous=None if previous is None else previous.hex(),
        items=[_entry(one) for one in rows],
        next=addresses.ledger(after + 1, ".json") if after < newest else None,
    )


def _entry(row: tuple[Any, ...]) -> shapes.LedgerEntry:
    entry, registry, trial, line, number, sha256, times, chain = row
    return shapes.LedgerEntry(
        entry=entry,
        registry=registry,
        trial=trial,
        line=line,
        number=number,
        sha256=sha256.hex(),
        times=None if times is None else times.hex(),
        chain=None if chain is None else chain.hex(),
    )
