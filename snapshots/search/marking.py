"""Where in the texts that were found the words stand: by the same rules as the index, in a small one in memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace

from snapshots.search.asking import Term

Marked = tuple[tuple[bool, str], ...]  # a text in pieces, those that match marked True; together the whole
_OPEN, _CLOSE = "\x02", "\x03"
_AROUND = 16  # words in a snippet
_READ = 4_000  # characters of a column that are looked through for one


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """Of one text: its first column whole, and a few words around what matches in the first other that does."""

    lead: Marked  # of the first column, its first line
    column: str | None  # in which the snippet stands; None when nothing but the first column matches
    snippet: Marked = ()


class Marker:
    """Marks the words in texts of these columns. One object a thread, for many searches: its index is made once."""

    def __init__(self, columns: Sequence[str], order: Sequence[str]) -> None:
        """order: the columns in which a snippet is looked for, the likeliest and the shortest first."""
        self._columns, self._order = columns, order
        self._db = sqlite3.connect(":memory:", isolation_level=None)
        self._db.execute(
            f"create virtual table found using fts5 ({', '.join(columns)},"
            ' tokenize = "porter unicode61 remove_diacritics 2")'
        )

    def marks(self, texts: Sequence[tuple[str, ...]], terms: Sequence[Term]) -> list[Marks]:
        """For each of the texts, wherever any of the terms stands in it."""
        self._db.execute("begin")
        self._db.executemany(
            f"insert into found (rowid, {', '.join(self._columns)})"
            f" values (?, {', '.join('?' * len(self._columns))})",
            [(row, *map(_clean, one)) for row, one in enumerate(texts)],
        )
        found = self._found(" OR ".join(term.expression for term in terms))
        self._db.execute("rollback")
        return [
            found.get(row) or Marks(lead=_pieces(one[0].split("\n", 1)[0]), column=None)
            for row, one in enumerate(texts)
        ]

    def _found(self, expression: str) -> dict[int, Marks]:
        found: dict[int, Marks] = {}
        for row, text in _asked(self._db, f"highlight(found, 0, '{_OPEN}', '{_CLOSE}')", expression):
            found[row] = Marks(lead=_pieces(text.split("\n", 1)[0]), column=None)
        missing = set(found)
        for name in self._order:
            if not missing:
                break
            at = self._columns.index(name)
            snippet = f"snippet(found, {at}, '{_OPEN}', '{_CLOSE}', '…', {_AROUND})"
            for row, text in _asked(self._db, snippet, expression, sorted(missing)):
                if _OPEN in text:
                    pieces = _pieces(text.replace("\n", " · "))
                    found[row] = replace(found[row], column=name, snippet=pieces)
                    missing.discard(row)
        return found


def _asked(
    db: sqlite3.Connection, what: str, expression: str, rows: Sequence[int] | None = None
) -> list[tuple[int, str]]:
    among = "" if rows is None else f" and rowid in ({', '.join(map(str, rows))})"
    return db.execute(f"select rowid, {what} from found where found match ?{among}", [expression]).fetchall()


def _pieces(text: str) -> Marked:
    found: list[tuple[bool, str]] = []
    for place, part in enumerate(text.split(_OPEN)):
        marked, end, after = part.partition(_CLOSE)
        if place and end:
            found += [(True, marked), (False, after)]
        else:
            found.append((bool(place), part))
    return tuple((matches, piece) for matches, piece in found if piece)


def _clean(text: str) -> str:
    return text[:_READ].replace(_OPEN, " ").replace(_CLOSE, " ")
