"""Which member of a list below the results is which in the newer version: groups by title, their numbers by group.

Ids of groups (OG000) are numbered anew whenever a group comes, goes or moves: they say which group is meant within one
version, and nothing between two.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from rapidfuzz import fuzz, process

from snapshots.markup import normal_text
from snapshots.pairing import Pair, match
from snapshots.pairing.likeness import LIKE, LONGEST, MOST_LIKE, OUTCOMES_LIKE
from snapshots.pairing.outcomes import another_endpoint
from snapshots.reaching import members, struct
from snapshots.record import canonical

SAID_MORE = 98.0  # of the words that two titles share: one says all that the other does
MOST_PAIRS = 100_000  # leftovers compared by likeness: a tenth of a second's work

Key = Callable[[Any], Hashable | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """The groups of a module, or of one measure, in both versions."""

    pairs: tuple[Pair, ...] = ()
    titles: tuple[str, ...] = ()  # by pair; as the newer version has them, else the older
    old: dict[str, int] = field(default_factory=dict)  # id → pair
    new: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, old: Sequence[Any], new: Sequence[Any]) -> Groups:
        if old == new:  # as in most measures, and a tenth of the work of a large section
            found = tuple(Pair(at, at) for at in range(len(new)))
        else:
            found = tuple(
                _paired(old, new, [_id_of_untitled, _titled_and_described, _title], _title, {}, set())
            )
            found = tuple(_by_id(old, new, _by_risk(old, new, found)))
        before: dict[str, int] = {}
        after: dict[str, int] = {}
        titles = []
        for number, pair in enumerate(found):
            sides = [(old, pair.old, before), (new, pair.new, after)]
            titles.append("")
            for listed, at, ids in sides:
                if at is not None:
                    ids.setdefault(_text(listed[at], "id"), number)
                    titles[-1] = _text(listed[at], "title") or titles[-1]
        return cls(pairs=found, titles=tuple(titles), old=before, new=after)

    @property
    def steady(self) -> bool:
        """Whether an id means the same group in both versions."""
        return all(self.new.get(one, number) == number for one, number in self.old.items())

    def title(self, at: int) -> str:
        return self.titles[at] or "a group without a title"


NO_GROUPS = Groups()


def pairs_in(name: str, old: Sequence[Any], new: Sequence[Any], groups: Groups) -> list[Pair]:
    """Every member of both lists exactly once. name: the key under which the list stands."""
    if name in OF_GROUPS:
        return _of_groups(old, new, groups)
    keys = [_words(*names) for names in _IDENTITIES.get(name, ())]
    found, taken = _same(old, new, groups, keys)
    if name == "analyses":
        return _analyses(old, new, groups, found, taken)
    if name == "outcomeMeasures":
        scorers = ((fuzz.ratio, OUTCOMES_LIKE), (fuzz.token_set_ratio, SAID_MORE))
        keys.append(_numbers)
        return _paired(old, new, keys, _title, found, taken, scorers=scorers, unlike=_another_measure)
    if name in ("seriousEvents", "otherEvents"):
        scorers = ((fuzz.ratio, LIKE), (fuzz.token_set_ratio, SAID_MORE))
        return _paired(old, new, keys, keys[-1], found, taken, scorers=scorers)
    listed = _paired(old, new, keys, keys[0] if keys else None, found, taken)
    return _in_order(listed) if keys else listed


def _same(
    old: Sequence[Any], new: Sequence[Any], groups: Groups, keys: Sequence[Key]
) -> tuple[dict[int, int], set[int]]:
    """Members that are equal: newer position → older, and the older ones."""
    found: dict[int, int] = {}
    taken: set[int] = set()
    if groups.steady:  # else the same id says another group
        match(old, new, lambda one: canonical({"": one}), found, taken)
    left = [keys[0](old[at]) if keys else None for at in range(len(old)) if at not in taken]
    if len(set(left)) < len(left):  # which of those with one name it is, its contents say
        texts = [
            [_orderless(one, ids) for one in listed] for listed, ids in ((old, groups.old), (new, groups.new))
        ]
        match(texts[0], texts[1], lambda text: text, found, taken)
    return found, taken


def _orderless(value: Any, ids: dict[str, int]) -> str:
    """A value as text, whatever the order of its lists and the ids of its groups."""
    if isinstance(value, dict):
        own = {
            _text(group, "id"): _text(group, "title") for name in GROUPS for group in members(value.get(name))
        }
        named_ids: dict[str, Any] = own or ids
        parts = []
        for key in sorted(value):
            one = value[key]
            if key in ("id", "groupId") and isinstance(one, str):
                one = named_ids.get(one, one)
            elif key == "groupIds" and isinstance(one, list):
                one = [named_ids.get(each, each) if isinstance(each, str) else each for each in one]
            parts.append(f"{key!r}: {_orderless(one, named_ids)}")
        return f"{{{', '.join(parts)}}}"
    if isinstance(value, list):
        return f"[{', '.join(sorted(_orderless(one, ids) for one in value))}]"
    return repr(value)


OF_GROUPS = {"measurements", "counts", "achievements", "reasons", "stats"}  # members say their groupId
GROUPS = ("groups", "eventGroups")
# By what a member is the same, the strictest first.
_IDENTITIES: dict[str, tuple[tuple[str, ...], ...]] = {
    "outcomeMeasures": (
        ("type", "title", "timeFrame"), ("title", "timeFrame"), ("type", "title"), ("title",),
    ),
    "seriousEvents": (("term", "organSystem", "sourceVocabulary"), ("term", "organSystem"), ("term",)),
    "otherEvents": (("term", "organSystem", "sourceVocabulary"), ("term", "organSystem"), ("term",)),
    "classes": (("title",),),
    "categories": (("title",),),
    "periods": (("title",),),
    "measures": (("title", "populationDescription"), ("title",)),
    "milestones": (("type",),),
    "dropWithdraws": (("type",),),
    "denoms": (("units",),),
}  # fmt: skip


def named(member: Any) -> str:
    """What a person would call a member of a list; empty where it has no name."""
    return next((text for key in ("title", "term", "type", "units") if (text := _text(member, key))), "")


def _of_groups(old: Sequence[Any], new: Sequence[Any], groups: Groups) -> list[Pair]:
    found: dict[int, int] = {}
    taken: set[int] = set()
    # The key is asked of the older list first, then of the newer: each with its own ids.
    of_old = [_group(one, groups.old) for one in old]
    of_new = [_group(one, groups.new) for one in new]
    if of_old == of_new and len(set(of_old)) == len(of_old):  # as good as always
        return [Pair(at, at) for at in range(len(of_old))]
    match(of_old, of_new, lambda one: one, found, taken)
    return _listed(len(old), len(new), found, taken)


def _group(member: Any, ids: dict[str, int]) -> Hashable:
    name = _text(member, "groupId")
    return ids.get(name, name)


def _analyses(
    old: Sequence[Any], new: Sequence[Any], groups: Groups, found: dict[int, int], taken: set[int]
) -> list[Pair]:
    """By the groups compared, and how. The same comparison may be made in several ways."""
    of_old = [(compared(one, groups.old), one) for one in old]
    of_new = [(compared(one, groups.new), one) for one in new]
    for names in (("paramType", "statisticalMethod", "groupDescription"), ("statisticalMethod",), ()):
        match(of_old, of_new, partial(_comparison, names=names), found, taken)
    return _listed(len(old), len(new), found, taken)


def _comparison(one: tuple[Hashable, Any], names: tuple[str, ...]) -> Hashable:
    return one[0], _words(*names)(one[1])


def compared(analysis: Any, ids: dict[str, int]) -> frozenset[Hashable]:
    """The groups that an analysis compares."""
    named_groups = members(struct(analysis).get("groupIds"))
    return frozenset(ids.get(one, one) if isinstance(one, str) else repr(one) for one in named_groups)


def _paired(
    old: Sequence[Any],
    new: Sequence[Any],
    keys: Sequence[Key],
    likeness: Key | None,
    found: dict[int, int],
    taken: set[int],
    *,
    scorers: Sequence[tuple[Callable[..., float], float]] = ((fuzz.ratio, LIKE),),
    unlike: Callable[[Any, Any], bool] | None = None,
) -> list[Pair]:
    """By the keys, the strictest first; what is left by its likeness. scorers: each with the least that it takes."""
    for key in keys:
        match(old, new, key, found, taken)
    for scorer, least in scorers if likeness is not None else ():
        before = {
            at: text for at in range(len(old)) if at not in taken and (text := _flat(likeness, old[at]))
        }
        after = {at: text for at in range(len(new)) if at not in found and (text := _flat(likeness, new[at]))}
        scored = []
        for a, text in before.items() if len(before) * len(after) <= MOST_PAIRS else ():
            for _, score, b in process.extract(
                text, after, scorer=scorer, score_cutoff=least, limit=MOST_LIKE
            ):
                if unlike is None or not unlike(old[a], new[b]):
                    scored.append((-score, a, b))
        for _, a, b in sorted(scored):
            if a not in taken and b not in found:
                found[b] = a
                taken.add(a)
    return _listed(len(old), len(new), found, taken)


def _listed(olds: int, news: int, found: dict[int, int], taken: set[int]) -> list[Pair]:
    listed = [Pair(found.get(at), at) for at in range(news)]
    return listed + [Pair(at, None) for at in range(olds) if at not in taken]


def _in_order(found: list[Pair]) -> list[Pair]:
    """As many left on one side as on the other are the same, renamed; in lists whose members have names."""
    gone = [pair.old for pair in found if pair.new is None]
    come = [pair.new for pair in found if pair.old is None]
    if len(gone) != len(come):
        return found
    kept = [pair for pair in found if pair.old is not None and pair.new is not None]
    return kept + [Pair(a, b) for a, b in zip(gone, come, strict=True)]


def _by_risk(old: Sequence[Any], new: Sequence[Any], found: Sequence[Pair]) -> list[Pair]:
    """Of groups that their titles do not pair, those with the same people at risk, who are nobody else's."""
    gone = [pair.old for pair in found if pair.old is not None and pair.new is None]
    come = [pair.new for pair in found if pair.new is not None and pair.old is None]
    sides = [[_at_risk(listed[at]) for at in places] for listed, places in ((old, gone), (new, come))]
    all_ = [[_at_risk(one) for one in listed] for listed in (old, new)]
    same = {
        come[sides[1].index(risk)]: gone[at]
        for at, risk in enumerate(sides[0])
        if risk and risk in sides[1] and all(side.count(risk) == 1 for side in all_)
    }
    taken = set(same.values())
    return [
        Pair(same[pair.new], pair.new) if pair.new in same else pair
        for pair in found
        if pair.new is not None or pair.old not in taken
    ]


def _at_risk(group: Any) -> tuple[Any, ...]:
    """Of an event group; empty where it is not said."""
    numbers = [struct(group).get(f"{name}NumAtRisk") for name in ("deaths", "serious", "other")]
    known = tuple(one if isinstance(one, int) else None for one in numbers)
    return known if any(known) else ()


def _by_id(old: Sequence[Any], new: Sequence[Any], found: Sequence[Pair]) -> list[Pair]:
    """Of groups that nothing else pairs, those with one id are one, retitled."""
    gone = {
        _text(old[pair.old], "id"): pair.old for pair in found if pair.old is not None and pair.new is None
    }
    listed, taken = [], set()
    for pair in found:
        if pair.old is None and pair.new is not None:
            a = gone.pop(_text(new[pair.new], "id"), None)
            listed.append(Pair(a, pair.new))
            taken.add(a)
        elif pair.new is not None or pair.old not in taken:
            listed.append(pair)
    return listed


def _words(*names: str) -> Key:
    def key(member: Any) -> Hashable | None:
        if not isinstance(member, dict):
            return None
        return tuple(normal_text(_text(member, name)) for name in names)

    return key


def _flat(key: Key | None, member: Any) -> str:
    words = key(member) if key is not None else None
    return " ".join(words)[:LONGEST].strip() if isinstance(words, tuple) else ""


def _text(member: Any, name: str) -> str:
    value = member.get(name) if isinstance(member, dict) else None
    return value if isinstance(value, str) else ""


_titled_and_described, _title = _words("title", "description"), _words("title")


def _id_of_untitled(group: Any) -> Hashable | None:
    return _text(group, "id") or None if not _text(group, "title") else None


def _numbers(measure: Any) -> Hashable | None:
    """A measure's own numbers: what was called by another name is known by them."""
    classes = struct(measure).get("classes")
    return canonical({"": classes}) if classes else None


def _another_measure(old: Any, new: Any) -> bool:
    return another_endpoint(*({**struct(one), "measure": _text(one, "title")} for one in (old, new)))
