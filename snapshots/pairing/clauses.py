"""Which clause of a text is which in the newer one: the same in its place, the same elsewhere, then by likeness."""

from __future__ import annotations

import re
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Hashable, Iterator, Sequence

import msgspec
from rapidfuzz import fuzz, process

from snapshots.clauses import Clause

LIKE = 62.0  # rapidfuzz's ratio from which two leftovers are one, reworded
LIKE_BETWEEN = 50.0  # of two that alone are left between the same neighbours
LONGEST = 256  # characters compared
MOST_PAIRS = 40_000  # compared: some hundredths of a second; past that, leftovers came or went
MOST_LIKE = 10  # of the clauses like one, so many are looked at
LEAST_BEGUN = 4  # characters from which a clause that goes on as another is that one, longer
LEAST_HELD = 12  # characters from which a clause found within another is the same words

Pair = tuple[Clause, Clause]
_LEAD = re.compile(r"[^\d≥≤<>]++(?=[≥≤<>]|\d)")


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """Two texts, clause by clause. Each clause of either is in one of the lists."""

    same: list[Pair]  # also those that stand elsewhere in their part now
    repunctuated: list[Pair]
    moved: list[Pair]  # the same words, in the other part
    edited: list[Pair]
    added: list[Clause]
    dropped: list[Clause]
    rearranged: bool  # something stands below another item, or has become a part of another clause
    reordered: bool  # the same clauses, each in its place, in another order


def read(old: Sequence[Clause], new: Sequence[Clause]) -> Reading:
    found: dict[int, int] = {}  # position in the newer text → in the older
    keys: tuple[Callable[[Clause], Hashable], ...] = (
        lambda one: (one.place, one.exact),
        lambda one: (one.place, one.key),
        lambda one: (one.heading, one.part, one.key),
        lambda one: (one.heading, one.key),
    )
    for key in keys:
        _match(old, new, key, found)
    left_old, left_new = _left(old, new, found)
    parted: tuple[set[int], set[int]] = (set(), set())
    if len(left_old) * len(left_new) <= MOST_PAIRS:
        parted = _parted(old, new, left_old, left_new)
        left_old, left_new = (
            [at for at in left if at not in gone]
            for left, gone in zip((left_old, left_new), parted, strict=True)
        )
        taken: set[int] = set()
        for _, a, b in sorted(_likenesses(old, new, left_old, left_new)):
            if b not in found and a not in taken:
                found[b] = a
                taken.add(a)
        _match_between(old, new, left_old, found)
    return _reading(old, new, found, parted)


def _match_between(
    old: Sequence[Clause], new: Sequence[Clause], left_old: Sequence[int], found: dict[int, int]
) -> None:
    """One clause in the place of one, between the same neighbours, may be worded quite otherwise."""
    to = {a: b for b, a in found.items()} | {-1: -1, len(old): len(new)}
    for a in left_old:
        b = to.get(a - 1, -2) + 1
        if a in to or b < 0 or b >= len(new) or b in found or to.get(a + 1) != b + 1:
            continue
        if (old[a].heading, old[a].part) != (new[b].heading, new[b].part):
            continue
        if fuzz.token_sort_ratio(old[a].key[:LONGEST], new[b].key[:LONGEST]) >= LIKE_BETWEEN:
            found[b] = a
            to[a] = b


def _left(old: Sequence[Clause], new: Sequence[Clause], found: dict[int, int]) -> tuple[list[int], list[int]]:
    taken = set(found.values())
    return [at for at in range(len(old)) if at not in taken], [
        at for at in range(len(new)) if at not in found
    ]


def _parted(
    old: Sequence[Clause], new: Sequence[Clause], left_old: Sequence[int], left_new: Sequence[int]
) -> tuple[set[int], set[int]]:
    """Leftovers that are the same words in another number of clauses: parted in two, or joined."""
    gone: set[int] = set()
    come: set[int] = set()
    for whole, parts, of_whole, of_parts, left, right in (
        (old, new, gone, come, left_old, left_new),
        (new, old, come, gone, left_new, left_old),
    ):
        joined, starts, ends = _joined(parts, right)
        for at in left:
            wanted = f"{whole[at].key} "
            for place, start in starts.items():
                end = ends.get(place + len(wanted), 0)
                if (
                    end - start > 1
                    and joined.startswith(wanted, place)
                    and of_parts.isdisjoint(range(start, end))
                ):
                    of_whole.add(at)
                    of_parts.update(range(start, end))
                    break
    return gone, come


def _joined(parts: Sequence[Clause], left: Sequence[int]) -> tuple[str, dict[int, int], dict[int, int]]:
    """The keys of leftovers in a row; where in it each clause begins, and the number after that of the one that ends.

    Compared in place: a text that says one thing a thousand times is not put together anew from each place on.
    """
    pieces: list[str] = []
    starts: dict[int, int] = {}
    ends: dict[int, int] = {}
    place = 0
    for number, at in enumerate(left):
        if number and left[number - 1] != at - 1:  # another stands between them: no clause spans this
            pieces.append("\n")
            place += 1
        starts[place] = at
        pieces.append(f"{parts[at].key} ")
        place += len(pieces[-1])
        ends[place] = at + 1
    return "".join(pieces), starts, ends


def _reading(
    old: Sequence[Clause],
    new: Sequence[Clause],
    found: dict[int, int],
    parted: tuple[set[int], set[int]],
) -> Reading:
    pairs = [(old[a], new[b]) for b, a in sorted(found.items())]
    taken = set(found.values())
    edited = [pair for pair in pairs if pair[0].key != pair[1].key]
    alike = [pair for pair in pairs if pair[0].key == pair[1].key]
    moved = [pair for pair in alike if pair[0].part != pair[1].part and not pair[0].heading]
    stayed = [pair for pair in alike if pair[0].part == pair[1].part or pair[0].heading]
    dropped = [one for at, one in enumerate(old) if at not in taken and at not in parted[0]]
    added = [one for at, one in enumerate(new) if at not in found and at not in parted[1]]
    lost = _within(dropped, [(a.key, b.key) for a, b in edited])
    come = _within(added, [(b.key, a.key) for a, b in edited])
    whole = len(found) == len(old) == len(new)
    renamed = {pair[0].key for pair in edited}  # what stands below a reworded item has not gone anywhere
    below = any(
        pair[0].parent != pair[1].parent and pair[0].parent not in renamed for pair in (*stayed, *edited)
    )
    return Reading(
        same=[pair for pair in stayed if pair[0].exact == pair[1].exact],
        repunctuated=[pair for pair in stayed if pair[0].exact != pair[1].exact],
        moved=moved,
        edited=edited,
        added=[one for one in added if one not in come],
        dropped=[one for one in dropped if one not in lost],
        rearranged=bool(lost or come or below or parted[0]),
        reordered=whole and [found[at] for at in range(len(new))] != list(range(len(old))),
    )


def _within(clauses: Sequence[Clause], edited: Sequence[tuple[str, str]]) -> list[Clause]:
    """Those whose words another clause has taken in: it holds them on their other side, and did not on their own."""
    return [
        one
        for one in clauses
        if len(one.key) >= LEAST_HELD
        and any(f" {one.key} " in f" {theirs} " and one.key not in own for own, theirs in edited)
    ]


def _match(
    old: Sequence[Clause], new: Sequence[Clause], key: Callable[[Clause], Hashable], found: dict[int, int]
) -> None:
    taken = set(found.values())
    waiting: defaultdict[Hashable, deque[int]] = defaultdict(deque)
    for at, one in enumerate(old):
        if at not in taken:
            waiting[key(one)].append(at)
    if not waiting:
        return
    for at, one in enumerate(new):
        if at not in found and (ready := waiting.get(key(one))):
            found[at] = ready.popleft()


def _likenesses(
    old: Sequence[Clause], new: Sequence[Clause], left_old: Sequence[int], left_new: Sequence[int]
) -> Iterator[tuple[float, int, int]]:
    yield from _same_leads(old, new, left_old, left_new)
    for kind in {(old[at].heading, old[at].part) for at in left_old}:
        texts = {at: new[at].key[:LONGEST] for at in left_new if (new[at].heading, new[at].part) == kind}
        for a in left_old:
            if (old[a].heading, old[a].part) != kind:
                continue
            text = old[a].key[:LONGEST]
            for b, other in texts.items():
                if min(len(text), len(other)) >= LEAST_BEGUN and (
                    f"{other} ".startswith(f"{text} ") or f"{text} ".startswith(f"{other} ")
                ):
                    yield -LIKE, a, b
            for _, score, b in process.extract(
                text, texts, scorer=fuzz.ratio, score_cutoff=LIKE, limit=MOST_LIKE
            ):
                yield -score, a, b


def _same_leads(
    old: Sequence[Clause], new: Sequence[Clause], left_old: Sequence[int], left_new: Sequence[int]
) -> Iterator[tuple[float, int, int]]:
    """`Age 18–60` and `Age 21 years and older`: the words before the first number name the same thing, once a side."""
    leads = [
        {at: lead for at in left if (lead := _lead(side[at]))}
        for side, left in ((old, left_old), (new, left_new))
    ]
    once = [Counter(side.values()) for side in leads]
    where = {lead: at for at, lead in leads[1].items()}
    for a, lead in leads[0].items():
        if once[0][lead] == once[1][lead] == 1:
            yield -LIKE, a, where[lead]


def _lead(clause: Clause) -> tuple[str, str] | None:
    found = _LEAD.match(clause.key[:LONGEST])
    lead = found[0].strip(" :(") if found else ""
    return (clause.part, lead) if len(lead) >= 3 and not clause.heading else None
