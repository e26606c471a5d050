"""A loopback registry of any size for benchmarks: pages put together from stored bytes, in a process of its own.

    with BigRegistry(100_000) as registry:
        …  # ask registry.url
        day = registry.next("2026-11-23")   # a Day: the next data build, and what changed in it
        registry.requests()                 # what was asked since `forget`

Understands what a client of everything asks, and refuses the rest with 400: `/api/v2/version`, `/api/v2/studies` with
`pageSize`, `pageToken`, `countTotal`, `fields`, `filter.ids` and
`filter.advanced=AREA[LastUpdatePostDate]RANGE[day,MAX]`, `/api/v2/studies/{id}`. Answers are not compressed: neither
the client nor its yardstick pays for unpacking, so none of it flatters their ratio.

What a build changes: CHANGED of the trials, SILENT of these without a new post date (UNKNOWN, results submitted or
returned, derived terms, the place of a site), the rest as sponsors do; some new trials, rarely one taken down; the
versionHolder of every record.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from random import Random
from typing import Any, Self

import msgspec
from bench.big_records import Maker, Records, id_of, made
from bench.machine import ROOT
from doubles.ctgov_answers import Answer, Refused, Request, compact, html_answer, json_answer, text_answer
from doubles.ctgov_fields import asked_fields, partial
from doubles.ctgov_http import LONGEST_URL, LoopbackServer
from doubles.study_edits import OF_THE_REGISTRY, Edit, edited, possible_edits

FIRST_DAY = "2026-11-20"
CHANGED = 0.008  # of the trials, a build
SILENT = 0.2  # of the changed ones
NEW = 0.0002  # of the trials, a build: about 120 of 605,000
GONE = 0.000005
_SILENTLY = (Edit.UNKNOWN, Edit.UNKNOWN, Edit.SUBMIT_RESULTS, Edit.RETURN_RESULTS, Edit.REDERIVE_BROWSE)
_NOISE = (Edit.VERIFY, Edit.REORDER_SITES, Edit.REDERIVE_BROWSE, Edit.MOVE_GEO_POINT)
_SINCE = re.compile(r"AREA\[LastUpdatePostDate\]RANGE\[(\d{4}-\d\d-\d\d),MAX\]\Z")
_PARAMETERS = {"pageSize", "pageToken", "countTotal", "fields", "filter.ids", "filter.advanced", "sort"}
_HOLDER = re.compile(rb'"versionHolder":"(\d{4}-\d\d-\d\d)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A data build and the ids of what it changed."""

    day: str
    posted: list[str]  # changed, with a new post date
    slim: list[str]  # changed without one, where a slim record shows it (statuses, annotations)
    deep: list[str]  # changed without one, where only the whole record shows it
    new: list[str]
    gone: list[str]
    news: list[str]  # of the changed ones, those of which somebody is to be told; the rest is noise


class Registry:
    """What is published now. Records are numbered; those of the file first, in its order, then the new ones."""

    def __init__(self, records: Records, *, seed: int) -> None:
        self._records = records
        self._maker: Maker | None = None
        self._seed = seed
        self.day = FIRST_DAY
        self._numbers = {id_of(number): number for number in range(records.count)}
        self._changed: dict[int, bytes] = {}
        self._gone: set[int] = set()
        self._posted = list(records.posted)
        self._slim: dict[str, dict[int, bytes]] = {}  # fields asked for → number → partial record
        self.log: list[Request] = []

    # What is published

    def next(self, day: str) -> Day:
        rng = Random(f"{self._seed} {day}")
        there = [number for number in range(len(self._posted)) if number not in self._gone]
        told = Day(day=day, posted=[], slim=[], deep=[], new=[], gone=[], news=[])
        for number in rng.sample(there, max(1, round(len(there) * CHANGED))):
            self._change(number, day, rng, told)
        for number in rng.sample(there, _chance(len(there) * GONE, rng)):
            if number not in self._changed:
                self._gone.add(number)
                told.gone.append(id_of(number))
        for _ in range(_chance(len(there) * NEW, rng)):
            if self._maker is None:  # its pools take seconds
                self._maker = Maker(seed=self._seed + 1, shapes=200)
            number = len(self._posted)
            body, posted = self._maker.record(number, updated=day)
            self._numbers[id_of(number)] = number
            self._changed[number] = body
            self._posted.append(posted)
            told.new.append(id_of(number))
        self.day = day
        return told

    def posted_since(self, day: str) -> int:
        first = date.fromisoformat(day).toordinal()
        return sum(posted >= first for number, posted in enumerate(self._posted) if number not in self._gone)

    def _change(self, number: int, day: str, rng: Random, told: Day) -> None:
        record = json.loads(self._body(number))
        possible = possible_edits(record)
        if not possible:
            return  # a withheld record shows nothing that changes
        silently = [kind for kind in _SILENTLY if kind in possible]
        if rng.random() < SILENT and silently:
            # Whatever the registry may do of itself here: first what is rare elsewhere.
            kind = rng.choice(
                silently if silently[0] is not Edit.REDERIVE_BROWSE else [*silently, Edit.MOVE_GEO_POINT]
            )
            if kind not in possible:
                kind = silently[0]
            (told.deep if kind in (Edit.REDERIVE_BROWSE, Edit.MOVE_GEO_POINT) else told.slim).append(
                id_of(number)
            )
        else:
            kind = rng.choice([kind for kind in possible if kind not in OF_THE_REGISTRY])
            told.posted.append(id_of(number))
            self._posted[number] = date.fromisoformat(day).toordinal()
        if kind not in _NOISE:
            told.news.append(id_of(number))
        self._changed[number] = compact(edited(record, kind, rng, day=day))
        for kept in self._slim.values():
            kept.pop(number, None)

    def _body(self, number: int) -> bytes:
        return self._changed.get(number) or self._records.body(number)

    def _as_of_now(self, number: int) -> bytes:
        """With today's versionHolder."""
        if number in self._changed:
            return _HOLDER.sub(b'"versionHolder":"%s"' % self.day.encode(), self._changed[number], count=1)
        body = bytearray(self._records.body(number))
        at = self._records.holders[number]
        body[at : at + 10] = self.day.encode()
        return bytes(body)

    # What is asked

    def answer(self, request: Request) -> Answer:
        try:
            if request.path == "/api/v2/version":
                return json_answer({"apiVersion": "2.0.5", "dataTimestamp": f"{self.day}T09:00:06"})
            if request.path == "/api/v2/studies":
                return self._page(request.query)
            if request.path.startswith("/api/v2/studies/"):
                number = self._numbers.get(request.path.rpartition("/")[2])
                if number is not None and number not in self._gone:
                    return Answer(body=self._as_of_now(number))
            return html_answer(404, "Not Found", "The requested page does not exist.")
        except Refused as refusal:
            return text_answer(refusal.status, refusal.text)

    def _page(self, query: Mapping[str, str]) -> Answer:
        if unknown := set(query) - _PARAMETERS:
            raise Refused(400, f"not known to this registry of a benchmark: {', '.join(sorted(unknown))}")
        size = min(int(query.get("pageSize", "10")), 1000)
        asked = json.dumps([self.day, {key: value for key, value in query.items() if key != "pageToken"}])
        start = 0
        if token := query.get("pageToken"):
            at, _, same = urlsafe_b64decode(token).decode().partition(" ")
            if same != asked:
                raise Refused(400, "Parameter `pageToken` has incorrect value")
            start = int(at)
        found = self._found(query)
        numbers = found[start : start + size]
        fields = query.get("fields", "")
        bodies = [self._partial(fields, one) for one in numbers] if fields else self._whole(numbers)
        tail = b"]"
        if start + size < len(found):
            tail += b',"nextPageToken":"%s"' % urlsafe_b64encode(f"{start + size} {asked}".encode())
        if not token and query.get("countTotal") == "true":
            tail += b',"totalCount":%d' % len(found)
        return Answer(body=b"".join([b'{"studies":[', b",".join(bodies), tail, b"}"]))

    def _found(self, query: Mapping[str, str]) -> Sequence[int]:
        if ids := query.get("filter.ids"):
            numbers = [self._numbers.get(one, -1) for one in ids.split(",")]
            found: Sequence[int] = [one for one in numbers if one >= 0 and one not in self._gone]
        elif self._gone:
            found = [number for number in range(len(self._posted)) if number not in self._gone]
        else:
            found = range(len(self._posted))
        if advanced := query.get("filter.advanced"):
            since = _SINCE.match(advanced)
            if since is None:
                raise Refused(400, f"Invalid Essie expression for this registry of a benchmark: {advanced}")
            first = date.fromisoformat(since[1]).toordinal()
            posted = self._posted
            found = [number for number in found if posted[number] >= first]
        return found

    def _whole(self, numbers: Sequence[int]) -> list[bytes]:
        return [self._as_of_now(number) for number in numbers]

    def _partial(self, fields: str, number: int) -> bytes:
        known = self._slim.setdefault(fields, {})
        kept = known.get(number)
        if kept is None:
            keep = asked_fields(fields)
            record = msgspec.json.decode(self._as_of_now(number))
            kept = msgspec.json.encode(partial(record, keep))
            if b"versionHolder" not in kept:  # else it is another one tomorrow
                known[number] = kept
        return kept


def _chance(expected: float, rng: Random) -> int:
    whole = int(expected)
    return whole + (rng.random() < expected - whole)


class BigRegistry:
    """The registry as a process; what it uses is nobody else's. The records are made first, when they are not there."""

    def __init__(self, count: int, *, seed: int = 1, folder: Path | None = None) -> None:
        self.records = Records(made(count, seed=seed, folder=folder))
        where = ["--folder", str(folder)] if folder else []
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "bench.big_registry",
                "--records",
                str(count),
                "--seed",
                str(seed),
                *where,
            ],
            cwd=ROOT / "tests",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        self.url: str = self._read()["url"]

    def next(self, day: str) -> Day:
        return Day(**self._tell({"next": day}))

    @property
    def count(self) -> int:
        """Trials published now."""
        return self.posted_since("0001-01-01")

    def posted_since(self, day: str) -> int:
        """How many were posted on that day or later."""
        return int(self._tell({"posted": day})["count"])

    def requests(self) -> list[tuple[str, dict[str, str], int]]:
        """Path, query and bytes answered of each."""
        return [(one[0], one[1], one[2]) for one in self._tell({"requests": True})["requests"]]

    def forget(self) -> None:
        self._tell({"forget": True})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def _tell(self, order: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return self._read()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the big registry's process ended; its stderr says why")
        answer: dict[str, Any] = json.loads(line)
        return answer


def main() -> None:
    parser = argparse.ArgumentParser(description="Serve so many generated records; obey JSON lines on stdin.")
    parser.add_argument("--records", type=int, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    registry = Registry(
        Records(made(options.records, seed=options.seed, folder=options.folder)), seed=options.seed
    )

    def respond(request: Request) -> Answer:
        if len(request.target) > LONGEST_URL:
            return html_answer(414, "Request-URI Too Large", "The URL is too long.")
        return registry.answer(request)

    server = LoopbackServer(options.port, respond, registry.log.append, compress=False)
    _say({"url": f"http://127.0.0.1:{server.server_address[1]}"})
    for line in sys.stdin:
        order = json.loads(line)
        if "next" in order:
            _say(asdict(registry.next(order["next"])))
        elif "posted" in order:
            _say({"count": registry.posted_since(order["posted"])})
        elif "forget" in order:
            registry.log.clear()
            _say({})
        else:
            _say({"requests": [[one.path, dict(one.query), one.bytes] for one in registry.log]})
    server.close()


def _say(answer: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
