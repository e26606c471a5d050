"""Study records by the hundred thousand, made once and kept in a folder: realistic in size, and hard to compress.

A few thousand records of `doubles.study_records` give the shapes (which modules, how many sites, outcomes, results);
each of the many takes one of these shapes and fills it anew: ids, titles, texts, sponsors, substances, sites, people,
figures and dates of its own. Texts are cut from a long band of invented prose whose words are as frequent as words
are (Zipf) and half of which comes in set phrases, tuned until zstd with a trained dictionary takes as many bytes of a
record as of a real one (`main` prints both shares). A seed and a number give the same records on every machine.

    PYTHONPATH=tests python -m bench.big_records --records 10000

`Records` reads what `made` wrote: records.bin has compact JSON values, a comma after each; index.bin their places.
"""

from __future__ import annotations

import argparse
import json
import mmap
import os
import re
import shutil
import sys
import tempfile
from array import array
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from bench.prose import Prose, vocabulary
from doubles import study_words
from doubles.study_protocol import NEWEST
from doubles.study_records import study_record

SHAPES = 3000
LONGER = 1.25  # the shapes' longer texts, so that sizes are those of real records
FORM = 2  # of the files; another form is made anew
HIGHEST = 7_400_000  # the ids in use lie below
_SCATTER = 5_370_107  # no divisor in common with HIGHEST: ids in no order, each once
_HOLDER = b'"versionHolder":"'


@dataclass(slots=True)
class _Pools:
    """What slots are filled from. Lists of bytes of JSON strings."""

    long: Prose
    short: Prose
    figures: bytes
    days: list[bytes]  # by proleptic ordinal, from `first_day` on
    first_day: int
    names: dict[str, list[bytes]]
    places: list[dict[str, bytes]]


def _pools(rng: Random, share: float) -> _Pools:
    words = [word for word in vocabulary(rng)[90:] if len(word) > 3]

    def named(count: int, form: Callable[[], str]) -> list[bytes]:
        return [json.dumps(form(), ensure_ascii=False)[1:-1].encode() for _ in range(int(count * share))]

    def word() -> str:
        return rng.choice(words).capitalize()

    first = date(1990, 1, 1).toordinal()
    places = [
        {
            "city": word().encode(),
            "state": word().encode(),
            "zip": str(rng.randint(10_000, 99_999)).encode(),
            "country": rng.choice(study_words.CITIES)[3].encode(),
            "lat": repr(round(rng.uniform(-55, 65), 5)).encode(),
            "lon": repr(round(rng.uniform(-120, 150), 5)).encode(),
        }
        for _ in range(int(8_000 * share))
    ]
    kinds = (
        "Hospital",
        "University Hospital",
        "Medical Center",
        "Clinical Research",
        "Cancer Center",
        "Institute",
    )
    houses = (
        "Therapeutics",
        "Pharma GmbH",
        "Biosciences, Inc.",
        "University",
        "Medical University",
        "Hospital",
    )
    return _Pools(
        long=Prose(rng, paragraphs=True, share=share),
        short=Prose(rng, paragraphs=False, share=share),
        figures="".join(rng.choices("0123456789", k=1_000_000)).encode(),
        days=[
            date.fromordinal(one).isoformat().encode() for one in range(first, date(2060, 1, 1).toordinal())
        ],
        first_day=first,
        names={
            "substance": named(
                6_000, lambda: word()[:-1] + rng.choice(("mab", "tinib", "statin", "vir", "pril"))
            ),
            "sponsor": named(9_000, lambda: f"{word()} {rng.choice(houses)}"),
            "facility": named(20_000, lambda: f"{word()} {word()} {rng.choice(kinds)}"),
            "person": named(20_000, lambda: f"{word()} {word()}, MD"),
            "email": named(20_000, lambda: f"{word().lower()}@{word().lower()}.example"),
            "condition": named(4_000, lambda: f"{word()} {word()}"),
            "term": named(
                6_000, lambda: f"{word()} {rng.choice(('Diseases', 'Disorders', 'Neoplasms', 'Agents'))}"
            ),
        },
        places=places,
    )


@dataclass(slots=True)
class _Shape:
    """A record cut into bytes that stay and slots; each slot is (where, kind, argument)."""

    parts: list[bytes] = field(default_factory=list)
    slots: list[tuple[int, str, Any]] = field(default_factory=list)

    def add(self, still: bytes) -> None:
        self.parts.append(still)

    def slot(self, kind: str, argument: Any = None) -> None:
        self.slots.append((len(self.parts), kind, argument))
        self.parts.append(b"")


_DAY = re.compile(r"(?:19|20)\d\d-\d\d(?:-\d\d)?\Z")
_FIGURES = re.compile(r"[0-9.]+\Z")
_NAMED_ID = re.compile(r"[A-Z0-9.:/-]*\d[A-Z0-9.:/-]*\Z")
_SUBSTANCE = re.compile("|".join(study_words.SUBSTANCES), re.IGNORECASE)
_SPONSORS = {name for name, _ in study_words.SPONSORS}
_UPDATES = {
    "lastUpdatePostDateStruct": "posted",
    "lastUpdateSubmitDate": "submitted",
    "statusVerifiedDate": "verified",
}
_IN_PLACES = {"city", "state", "zip", "country", "lat", "lon"}
_WHO = {"name": "person", "email": "email", "phone": "figures", "phoneExt": "figures"}


def _shaped(record: dict[str, Any]) -> _Shape:
    shape = _Shape()
    nct_id: str = record["protocolSection"]["identificationModule"]["nctId"]
    places = iter(range(1_000_000))

    def walk(value: Any, path: tuple[str, ...], place: int) -> None:
        if isinstance(value, dict):
            if "city" in value and "country" in value:
                place = next(places)
            mark = b"{"
            for key, item in value.items():
                shape.add(mark + json.dumps(key).encode() + b":")
                walk(item, (*path, key), place)
                mark = b","
            shape.add(b"}" if value else b"{}")
        elif isinstance(value, list):
            mark = b"["
            for item in value:
                shape.add(mark)
                walk(item, path, place)
                mark = b","
            shape.add(b"]" if value else b"[]")
        elif isinstance(value, str):
            shape.add(b'"')
            text(value, path, place)
            shape.add(b'"')
        elif isinstance(value, float) and path[-1] in _IN_PLACES:
            shape.slot("place", (place, path[-1]))
        elif isinstance(value, int) and not isinstance(value, bool) and value > 9:
            shape.slot("count", len(str(value)))
        else:
            shape.add(json.dumps(value).encode())

    def text(value: str, path: tuple[str, ...], place: int) -> None:
        leaf = path[-1]
        update = next((kind for key, kind in _UPDATES.items() if key in path), None)
        still = json.dumps(value, ensure_ascii=False)[1:-1].encode()
        if leaf == "versionHolder":
            shape.add(still)
        elif update and _DAY.match(value):
            shape.slot(update)
        elif _DAY.match(value):
            shape.slot("day", (date.fromisoformat(f"{value}-15"[:10]).toordinal(), len(value)))
        elif value == nct_id or nct_id in value:
            before, _, after = value.partition(nct_id)
            shape.add(before.encode())
            shape.slot("id")
            shape.add(json.dumps(after, ensure_ascii=False)[1:-1].encode())
        elif value in _SPONSORS:
            shape.slot("same", ("sponsor", value))
        elif leaf in _IN_PLACES and "locations" in path:
            shape.slot("place", (place, leaf))
        elif leaf == "facility":
            shape.slot("any", "facility")
        elif leaf in _WHO and {"contacts", "centralContacts", "overallOfficials", "pointOfContact"} & set(
            path
        ):
            shape.slot("figures", len(value)) if _WHO[leaf] == "figures" else shape.slot("any", _WHO[leaf])
        elif path[-2:] == ("conditionsModule", "conditions"):
            shape.slot("same", ("condition", value))
        elif "derivedSection" in path and leaf in ("term", "name"):
            shape.slot("same", ("term", value))
        elif "derivedSection" in path and leaf == "id":
            shape.add(still[:1])
            shape.slot("same", ("figures", value[1:]))
        elif _FIGURES.match(value):
            shape.slot("figures", len(value))
        elif len(value) >= 24 and value.count(" ") >= 2 and not value.isupper():
            # Groups, arms and titles come again and again in a record with results: as often in what is made of it.
            kind, length = ("long", int(len(value) * LONGER)) if len(value) > 160 else ("short", len(value))
            if spoken[value] > 1:
                shape.slot("same", (kind, length, value))
            else:
                shape.slot(kind, length)
        elif found := _SUBSTANCE.search(value):
            shape.add(json.dumps(value[: found.start()], ensure_ascii=False)[1:-1].encode())
            shape.slot("same", ("substance", found[0].lower()))
            shape.add(json.dumps(value[found.end() :], ensure_ascii=False)[1:-1].encode())
        elif leaf == "id" and _NAMED_ID.match(value):
            shape.add(still[:3])
            shape.slot("figures", max(1, len(value) - 3))
        else:
            shape.add(still)

    spoken = Counter(_strings(record))
    walk(record, (), 0)
    return shape


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _strings(item)


def _joined(shape: _Shape) -> _Shape:
    """Neighbouring bytes that stay, as one."""
    slots = {where: (kind, argument) for where, kind, argument in shape.slots}
    tight = _Shape()
    still = b""
    for where, part in enumerate(shape.parts):
        if where in slots:
            tight.add(still)
            tight.slot(*slots[where])
            still = b""
        else:
            still += part
    tight.add(still)
    return tight


def _age(rng: Random) -> int:
    """Days since the last update was posted: 0.65 % of all a working day, as the registry has it, and a long tail."""
    return 1 + int(rng.expovariate(1 / (90 if rng.random() < 0.4 else 1800)))


def _filled(shape: _Shape, nct_id: str, updated: int, rng: Random, pools: _Pools) -> bytes:
    chance = rng.random
    parts = shape.parts.copy()
    same: dict[tuple[Any, ...], bytes] = {}
    places: dict[int, dict[str, bytes]] = {}
    shift = -int(chance() * 900)
    days, first = pools.days, pools.first_day
    figures, names = pools.figures, pools.names
    for where, kind, argument in shape.slots:
        if kind == "any":
            among = names[argument]
            parts[where] = among[int(chance() * len(among))]
        elif kind == "short":
            parts[where] = pools.short.piece(chance(), argument)
        elif kind == "figures":
            start = int(chance() * 900_000)
            parts[where] = figures[start : start + argument]
        elif kind == "long":
            parts[where] = pools.long.piece(chance(), argument)
        elif kind == "count":
            parts[where] = b"%d" % int((1 + 9 * chance()) * 10 ** (argument - 1))
        elif kind == "place":
            place = places.get(argument[0])
            if place is None:
                place = places[argument[0]] = pools.places[int(chance() ** 2 * len(pools.places))]
            parts[where] = place[argument[1]]
        elif kind == "same":
            value = same.get(argument)
            if value is None:
                value = same[argument] = _drawn(pools, chance(), *argument)
            parts[where] = value
        elif kind == "day":
            ordinal, length = argument
            parts[where] = days[max(0, ordinal + shift - first)][:length]
        elif kind == "id":
            parts[where] = nct_id.encode()
        elif kind == "posted":
            parts[where] = days[updated - first]
        elif kind == "submitted":
            parts[where] = days[updated - 3 - first]
        else:
            parts[where] = days[updated - 3 - first][:7]  # verified
    return b"".join(parts)


def _drawn(pools: _Pools, chance: float, kind: str, *about: Any) -> bytes:
    """What stands wherever the shape has the same."""
    if kind == "figures":
        start = int(chance * 900_000)
        return pools.figures[start : start + len(about[0])]
    if kind == "long":
        return pools.long.piece(chance, about[0])
    if kind == "short":
        return pools.short.piece(chance, about[0])
    among = pools.names[kind]
    return among[int(chance**2 * len(among))]  # some are much commoner than others


def id_of(number: int) -> str:
    """The id of the record with that number, from 0: scattered, so that no table is filled in the order of its key."""
    return f"NCT{1 + number * _SCATTER % HIGHEST:08}"


class Maker:
    """Makes records by number. The shapes take some seconds."""

    def __init__(self, *, seed: int, shapes: int = SHAPES) -> None:
        self._seed = seed
        self._pools = _pools(Random(f"pools {seed}"), max(0.05, min(1.0, shapes / SHAPES)))
        self._shapes = [_joined(_shaped(study_record(number + 1, seed=seed))) for number in range(shapes)]

    def record(self, number: int, *, updated: str | None = None) -> tuple[bytes, int]:
        """Compact JSON, and the ordinal of the day on which its last update was posted."""
        rng = Random(f"{self._seed}/{number}")
        posted = date.fromisoformat(updated).toordinal() if updated else NEWEST.toordinal() + 1 - _age(rng)
        posted = max(posted, date(1999, 9, 20).toordinal())
        shape = self._shapes[number % len(self._shapes)]
        return _filled(shape, id_of(number), posted, rng, self._pools), posted


def kept() -> Path:
    """Where what is made once stays from one bench to the next."""
    return Path(tempfile.gettempdir()) / f"trialbell-bench-{os.getuid()}"


def made(count: int, *, seed: int = 1, folder: Path | None = None) -> Path:
    """The folder with so many records; made when it is not there yet."""
    root = folder or kept()
    whole = root / f"{count}-{seed}-{FORM}"
    if whole.is_dir():
        return whole
    root.mkdir(parents=True, exist_ok=True)
    making = Path(tempfile.mkdtemp(dir=root))
    maker = Maker(seed=seed, shapes=min(count, SHAPES))
    starts, holders, posted = array("Q"), array("I"), array("I")
    at = 0
    with (making / "records.bin").open("wb", buffering=1 << 22) as file:
        for number in range(count):
            body, day = maker.record(number)
            starts.append(at)
            holders.append(body.index(_HOLDER) + len(_HOLDER))
            posted.append(day)
            file.write(body + b",")
            at += len(body) + 1
    starts.append(at)
    with (making / "index.bin").open("wb") as file:
        for column in (starts, holders, posted):
            column.tofile(file)
    making.rename(whole)
    return whole


class Records:
    """What `made` wrote, read from the file as it is asked for."""

    def __init__(self, folder: Path) -> None:
        self.count = int(folder.name.partition("-")[0])
        with (folder / "index.bin").open("rb") as file:
            self.starts, self.holders, self.posted = array("Q"), array("I"), array("I")
            self.starts.fromfile(file, self.count + 1)
            self.holders.fromfile(file, self.count)
            self.posted.fromfile(file, self.count)
        self._file = (folder / "records.bin").open("rb")
        self.bytes = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)

    def body(self, number: int) -> bytes:
        return self.bytes[self.starts[number] : self.starts[number + 1] - 1]

    def sizes(self) -> list[int]:
        """Sorted."""
        return sorted(b - a - 1 for a, b in zip(self.starts, self.starts[1:], strict=False))

    def described(self) -> str:
        sizes = self.sizes()
        median, p95, p99 = (
            sizes[min(len(sizes) - 1, int(len(sizes) * share))] for share in (0.5, 0.95, 0.99)
        )
        return (
            f"{self.count:,} generated records, {sum(sizes) / 1e6:,.0f} MB of compact JSON; one: median"
            f" {median / 1000:.1f} KB, p95 {p95 / 1000:.1f}, p99 {p99 / 1000:.1f}, mean"
            f" {sum(sizes) / len(sizes) / 1000:.1f} KB (real ones: 11, 41, 123, mean 18)"
        )


def compressed(bodies: list[bytes]) -> tuple[float, float]:
    """Mean bytes of a body, zstd 9: alone, and with a dictionary trained on the first 200."""
    from snapshots import codec

    content = codec.train(bodies[:200])
    assert content is not None
    dictionary, rest = codec.Dictionary(content), bodies[200:1400]
    alone = sum(len(codec.pack(one)) for one in rest) / len(rest)
    return alone, sum(len(codec.pack(one, dictionary)) for one in rest) / len(rest)


def canonical(bodies: Iterator[bytes]) -> list[bytes]:
    return [
        json.dumps(json.loads(one), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        for one in bodies
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the records and say how they compress.")
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--anew", action="store_true")
    options = parser.parse_args()
    if options.anew:
        shutil.rmtree(kept(), ignore_errors=True)
    records = Records(made(options.records, seed=options.seed))
    print(records.described())
    step = max(1, records.count // 1400)
    bodies = canonical(records.body(number) for number in range(0, records.count, step))
    alone, trained = compressed(bodies)
    mean = sum(map(len, bodies)) / len(bodies)
    print(
        f"zstd 9 alone 1/{mean / alone:.1f}, with a trained dictionary 1/{mean / trained:.1f} of {mean:,.0f} bytes"
        " (real ones: 1/3.9 and 1/5.6 of 17,600)",
        file=sys.stdout,
    )


if __name__ == "__main__":
    main()
