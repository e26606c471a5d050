"""Finding related trials in the index of words, at a bounded cost however many trials there are.

By identifier: records that hold one of its identifiers, each read and compared. By words: of each phrase and word the
lately updated trials that hold it, at most MOST_HOLDERS, weighed by how rare it is among all; what very many hold
tells nothing and is left out.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlite_utils import Database

from monitor.web.drawing.prose import without_addresses
from monitor.web.reading import Reading
from monitor.web.related.shapes import Related, RelatedTrial
from monitor.web.related.terms import Unit, identifiers, quoted, units
from snapshots.changeset import Source
from snapshots.errors import UnknownVersion
from snapshots.search.wording import wording

SHOWN = 10  # of each kind
MOST_READ = SHOWN  # records that are read to see whether they share an identifier
MOST_WITH_ID = 20  # records that hold a number: more, and it names no study
MOST_HOLDERS = 200  # of one phrase or word
_FAR = 10_000  # documents that are counted to tell how dense holders stand
_COMMON = 0.05  # share of all trials; what so many hold is left out


def related(reader: Reading, registry: str, trial: str, body: bytes) -> Related:
    """body: a stored version of the trial, whose identifiers and words are looked for."""
    db = reader.database
    title, ids, conditions, interventions, *_ = wording(body)
    own = db.execute("select key from trial where trial = ? and registry = ?", [trial, registry]).fetchone()[
        0
    ]
    sharing = _sharing(reader, own, identifiers(ids.split("\n")))
    alike = _alike(db, units(title, conditions, interventions), {own, *sharing})
    return Related(
        registry=registry,
        trial=trial,
        by_identifier=_told(db, sharing),
        by_words=_told(db, alike),
        waiting=db.execute("select count(*) from (select 1 from unsearched limit 1000)").fetchone()[0],
    )


def _sharing(reader: Reading, own: int, wanted: dict[str, str]) -> dict[int, list[str]]:
    """Trial's key → the identifiers that both have."""
    db = reader.database
    held: dict[int, tuple[str, int]] = {}
    for text in wanted.values():
        rows = db.execute(
            "select searched.trial, searched.line, searched.number from search_now"
            " cross join searched on searched.document = search_now.rowid"
            " where search_now match ? and searched.trial is not null limit ?",
            [f"ids : {quoted(text)}", MOST_WITH_ID + 1],
        ).fetchall()
        if len(rows) <= MOST_WITH_ID:
            held |= {row[0]: (row[1], row[2]) for row in rows if row[0] != own}
    found: dict[int, list[str]] = {}
    for key, (line, number) in list(held.items())[:MOST_READ]:
        try:
            _, body = reader.stored(key, str(key), Source(line), number)
        except UnknownVersion:  # the index is behind
            continue
        if body is None:
            continue
        theirs = identifiers(wording(body)[1].split("\n"))
        if both := [text for bare, text in wanted.items() if bare in theirs]:
            found[key] = both
    return dict(list(found.items())[:SHOWN])


def _alike(db: Database, wanted: Sequence[Unit], without: set[int]) -> dict[int, list[str]]:
    """Trial's key → the words that both have, the best first."""
    trials = db.execute("select coalesce(max(key), 0) from trial").fetchone()[0]
    scores: dict[int, float] = defaultdict(float)
    shares: dict[int, list[tuple[float, str]]] = defaultdict(list)
    named: set[int] = set()  # documents with a whole condition or intervention of it
    for unit in wanted:
        holders, count = _holders(db, unit, trials)
        if count > max(MOST_HOLDERS // 2, trials * _COMMON):
            continue
        if unit.is_name:
            named.update(holders)
        weight = unit.weight * math.log1p(trials / max(1.0, count))
        for document in holders:
            scores[document] += weight
            shares[document].append((weight, unit.text))
    # One word of a title, and nothing else, is chance.
    telling = [one for one in scores if len(shares[one]) > 1 or one in named]
    best = sorted(telling, key=lambda one: (-scores[one], -one))[: SHOWN + len(without)]
    keys = _trials_of(db, best)
    found = {
        keys[one]: [text for _, text in sorted(shares[one], key=lambda pair: -pair[0])]
        for one in best
        if one in keys and keys[one] not in without
    }
    return dict(list(found.items())[:SHOWN])


def _holders(db: Database, unit: Unit, trials: int) -> tuple[list[int], float]:
    """Documents that hold it, the lately updated first; and how many do, estimated where there are more."""
    rows = db.execute(
        "select rowid from search_now where search_now match ? order by rowid desc limit ?",
        [unit.expression, MOST_HOLDERS],
    ).fetchall()
    found = [row[0] for row in rows]
    if len(found) < MOST_HOLDERS:
        return found, len(found)
    span = db.execute(
        "select count(*) from (select 1 from searched where document >= ? limit ?)", [found[-1], _FAR]
    ).fetchone()[0]
    return found, len(found) * trials / max(1, span)


def _trials_of(db: Database, documents: Sequence[int]) -> dict[int, int]:
    marks = ",".join("?" * len(documents))
    rows = db.execute(
        f"select document, trial from searched where document in ({marks}) and trial is not null",
        list(documents),
    )
    return dict(rows.fetchall())


def _told(db: Database, found: dict[int, list[str]]) -> list[RelatedTrial]:
    marks = ",".join("?" * len(found))
    rows = db.execute(
        f"select key, registry, trial, title, status, phase, state from trial where key in ({marks})",
        list(found),
    ).fetchall()
    by_key = {row[0]: row[1:] for row in rows}
    return [_one(by_key[key], shares) for key, shares in found.items() if key in by_key]


def _one(row: Sequence[str], shares: Iterable[str]) -> RelatedTrial:
    return RelatedTrial(
        registry=row[0],
        trial=row[1],
        title=without_addresses(row[2]),
        status=row[3],
        phase=row[4],
        state=row[5],
        shares=[without_addresses(one) for one in _longest(shares)],
    )


def _longest(texts: Iterable[str]) -> list[str]:
    """Without those that stand within another."""
    kept = list(dict.fromkeys(texts))
    return [
        one for one in kept if not any(one != other and one.casefold() in other.casefold() for other in kept)
    ]
