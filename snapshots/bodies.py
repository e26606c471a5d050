"""The bodies of versions in the database: the newest of each line whole, each older one leaning on a newer.

Reading any version touches at most LONGEST rows beside the newest. Nothing here knows what a record is;
hashes are checked by the readers. Writing belongs to the caller's transaction.
"""

from __future__ import annotations

from sqlite_utils import Database

from snapshots import codec
from snapshots.changeset import Source
from snapshots.errors import DamagedVersion

LONGEST = 64  # bodies read one after the other for one version; then one stands alone
TRAIN_AT = (codec.FEWEST_SAMPLES, codec.MOST_SAMPLES)  # numbers of trials at which a dictionary is trained


# From one body to the next that it leans on, which is always newer: others may lie between, put there later.
_CHAIN = (
    "with recursive chain as (select number, base, dictionary, body from body"
    " where trial = ?1 and archive = ?2 and number = ?3 union all"
    " select one.number, one.base, one.dictionary, one.body from chain join body as one"
    " on one.trial = ?1 and one.archive = ?2 and one.number = chain.base and one.number > chain.number)"
    " select number, base, dictionary, body from chain"
)


class Bodies:
    """Reads and writes bodies by (trial's key, line, number)."""

    def __init__(self, db: Database, *, longest: int = LONGEST) -> None:
        self._db = db
        self._longest = longest
        self._dictionaries: dict[int, codec.Dictionary] = {}

    def read(self, key: int, line: Source, number: int) -> bytes:
        """The bytes that went in; DamagedVersion when they cannot be put together."""
        try:
            return self._read(key, line, number)
        except codec.CodecError as error:
            raise DamagedVersion(f"a stored body cannot be read ({error}): {line.value} {number}") from error

    def place(self, key: int, line: Source, number: int, body: bytes, *, fingerprint: bytes | None) -> None:
        """Store the body of a version that is not there yet, newest of its line or not."""
        head = self._db.execute(
            "select number, leaning from head where trial = ? and line = ?", [key, line.value]
        ).fetchone()
        if head is None:
            self._write_head(key, line, number, body, leaning=0, fingerprint=fingerprint)
        elif number > head[0]:
            alone = head[1] + 1 >= self._longest
            self._push(key, line, head[0], number, body, alone=alone)
            leaning = 0 if alone else head[1] + 1
            self._write_head(key, line, number, body, leaning=leaning, fingerprint=fingerprint)
        else:
            self._insert(key, line, number, body)

    def renew(self, key: int, line: Source, fingerprint: bytes) -> None:
        """The newest version came in other raw bytes: recognise it by these from now on."""
        self._db.execute(
            "update head set fingerprint = ? where trial = ? and line = ? and fingerprint is not ?",
            [fingerprint, key, line.value, fingerprint],
        )

    def train(self) -> None:
        """Learn a dictionary from the first trials' newest snapshots and pack these anew with it."""
        rows = self._db.execute(
            "select trial, number from head where line = ? order by trial limit ?",
            [Source.SNAPSHOT.value, codec.MOST_SAMPLES],
        ).fetchall()
        bodies = [self._read(key, Source.SNAPSHOT, number) for key, number in rows]
        content = codec.train(bodies)
        if content is None:
            return
        self._db.execute("insert into dictionary (content) values (?)", [content])
        name, dictionary = self._newest_dictionary()
        for (key, _), body in zip(rows, bodies, strict=True):
            self._db.execute(
                "update head set dictionary = ?, body = ? where trial = ? and line = ?",
                [name, codec.pack(body, dictionary), key, Source.SNAPSHOT.value],
            )

    def _read(self, key: int, line: Source, number: int) -> bytes:
        body, leaning, _ = self._chain(key, line, number)
        for packed in reversed(leaning):
            body = codec.unpack_against(packed, body)
        return body

    def _chain(self, key: int, line: Source, number: int) -> tuple[bytes, list[bytes], bool]:
        """(the body that stands alone, those that lean on it down to the wanted one, is it the head)."""
        head = self._db.execute(
            "select number, dictionary, body from head where trial = ? and line = ?", [key, line.value]
        ).fetchone()
        leaning: list[bytes] = []
        wanted = number
        if head is not None and number < head[0]:
            rows = self._db.execute(_CHAIN, [key, line.archive, number]).fetchall()
            for _, base, name, packed in sorted(rows):
                if base is None:
                    return codec.unpack(packed, self._dictionary(name)), leaning, False
                leaning.append(packed)
                wanted = base
        if head is None or wanted != head[0]:
            raise DamagedVersion(f"a stored body is missing: {line.value} {wanted}")
        return codec.unpack(head[2], self._dictionary(head[1])), leaning, True

    def _push(self, key: int, line: Source, older: int, newer: int, body: bytes, *, alone: bool) -> None:
        """Turn the newest body into an older one."""
        before = self.read(key, line, older)
        if alone:
            self._write_alone(key, line, older, before)
        else:
            self._write_leaning(key, line, older, newer, codec.pack_against(before, body))

    def _insert(self, key: int, line: Source, number: int, body: bytes) -> None:
        """Among older ones, as a backfill does. Those below go on leaning on what they lean on."""
        base = self._db.execute(
            "select min(number) from (select number from body where trial = ?1 and archive = ?2 and number > ?3"
            " union all select number from head where trial = ?1 and line = ?4)",
            [key, line.archive, number, line.value],
        ).fetchone()[0]
        neighbour = self.read(key, line, base)
        _, above, at_head = self._chain(key, line, base)
        depth = len(above) + 1
        if depth >= self._longest:
            self._write_alone(key, line, number, body)
            return
        self._write_leaning(key, line, number, base, codec.pack_against(body, neighbour))
        if at_head:
            self._db.execute(
                "update head set leaning = max(leaning, ?) where trial = ? and line = ?",
                [depth, key, line.value],
            )

    def _write_head(
        self, key: int, line: Source, number: int, body: bytes, *, leaning: int, fingerprint: bytes | None
    ) -> None:
        name, dictionary = self._newest_dictionary()
        self._db.execute(
            "insert into head (trial, line, number, fingerprint, leaning, dictionary, body)"
            " values (?, ?, ?, ?, ?, ?, ?) on conflict (trial, line) do update set number = excluded.number,"
            " fingerprint = excluded.fingerprint, leaning = excluded.leaning,"
            " dictionary = excluded.dictionary, body = excluded.body",
            [key, line.value, number, fingerprint, leaning, name, codec.pack(body, dictionary)],
        )

    def _write_alone(self, key: int, line: Source, number: int, body: bytes) -> None:
        name, dictionary = self._newest_dictionary()
        self._db.execute(
            "insert into body (trial, archive, number, dictionary, body) values (?, ?, ?, ?, ?)",
            [key, line.archive, number, name, codec.pack(body, dictionary)],
        )

    def _write_leaning(self, key: int, line: Source, number: int, base: int, packed: bytes) -> None:
        self._db.execute(
            "insert into body (trial, archive, number, base, body) values (?, ?, ?, ?, ?)",
            [key, line.archive, number, base, packed],
        )

    def _newest_dictionary(self) -> tuple[int | None, codec.Dictionary | None]:
        name = self._db.execute("select max(id) from dictionary").fetchone()[0]
        return name, self._dictionary(name)

    def _dictionary(self, name: int | None) -> codec.Dictionary | None:
        if name is None:
            return None
        if name not in self._dictionaries:
            row = self._db.execute("select content from dictionary where id = ?", [name]).fetchone()
            if row is None:
                raise DamagedVersion(f"the dictionary of a stored body is missing: `{name}`")
            self._dictionaries[name] = codec.Dictionary(row[0])
        return self._dictionaries[name]
