"""Readings: two records, and what a careful reader says of the difference. Written before the code from the
specification and the shapes of real records, by a reader who had not seen it; other wordings of the same meaning pass.

    case(
        "site removed",
        cut(TAMPA),  # edits the newer record; an edit of two parameters is given the older one too
        told("locations removed minor sites", ["Tampa", ("removed", "left")], "1 site removed: …, Tampa"),
        "minor row: single sites",  # why: the row of the specification
    )

`told`: field, action, severity, then the tags that must be there (`!tag`: must not be); `|` parts what is as right.
Then what its sentence must say (of a tuple one is enough; letters' case aside), and one good sentence of several.
Nothing told: the version is quiet. Whatever is told beside is wrong.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from doubles.readings.edits import moved
from doubles.readings.record import BASE

Record = dict[str, Any]
Words = tuple[str | tuple[str, ...], ...]
# Whether a text was edited or a value changed is a question of the field and not of meaning.
_ALIKE = frozenset({"edited", "changed"})


def holds(text: str, says: Words, never: tuple[str, ...] = ()) -> bool:
    """Whether a sentence says what it must and nothing that it must not."""
    low = text.lower()
    wanted = [(one,) if isinstance(one, str) else one for one in says]
    return all(any(word.lower() in low for word in one) for one in wanted) and not any(
        word.lower() in low for word in never
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One change that must be told, or may be."""

    fields: tuple[str, ...]  # the first of each is the reader's own choice
    actions: tuple[str, ...]
    severities: tuple[str, ...]
    tags: tuple[str, ...]
    tags_never: tuple[str, ...]
    says: Words
    never: tuple[str, ...]
    sentence: str
    item: str | None
    optional: bool  # may be told, need not be; then its severity is not counted

    @property
    def required(self) -> bool:
        return not self.optional and self.severities[0] != "noise"

    def has_field(self, field: str) -> bool:
        return field in self.fields

    def has_action(self, action: str) -> bool:
        return action in self.actions or (action in _ALIKE and not _ALIKE.isdisjoint(self.actions))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    name: str
    edit: Callable[[Record, Record], None]
    told: tuple[Told, ...]
    why: str
    headline: str
    headline_says: Words
    headline_never: tuple[str, ...]
    doubtful: (
        str | None
    )  # the question that the specification leaves open; the answers that pass are in `told`

    @property
    def quiet(self) -> bool:
        return not any(one.required for one in self.told)

    def pair(self) -> tuple[Record, Record]:
        """Both records; the bookkeeping of the newer has moved, unless the edit took it back."""
        old, new = deepcopy(BASE), deepcopy(BASE)
        moved(new)
        self.edit(old, new)
        return old, new


class Readings:
    """All of them, as the modules are imported."""

    def __init__(self) -> None:
        self.all: list[Reading] = []

    def __call__(
        self,
        name: str,
        edit: Callable[..., Any],
        told: Told | Iterable[Told],
        why: str,
        *,
        headline: str | None = None,
        headline_says: Iterable[str | tuple[str, ...]] | None = None,
        headline_never: Iterable[str] = (),
        doubtful: str | None = None,
    ) -> None:
        """The headline, when none is given, is the one change's own sentence."""
        expected = (told,) if isinstance(told, Told) else tuple(told)
        must = [one for one in expected if not one.optional]
        if headline_says is None:
            headline_says = must[0].says[:2] if len(must) == 1 else ()
        self.all.append(
            Reading(
                name=name,
                edit=_of_both(edit),
                told=expected,
                why=why,
                headline=headline or (must[0].sentence if must else "Nothing but noise."),
                headline_says=tuple(headline_says),
                headline_never=tuple(headline_never),
                doubtful=doubtful,
            )
        )

    def quiet(self, name: str, edit: Callable[..., Any], why: str, *, doubtful: str | None = None) -> None:
        """Nothing above noise may be told."""
        self(name, edit, (), why, doubtful=doubtful)


def _of_both(edit: Callable[..., Any]) -> Callable[[Record, Record], None]:
    if len(inspect.signature(edit).parameters) == 2:
        return edit
    return lambda old, new: edit(new)


def told(
    what: str,
    says: Iterable[str | tuple[str, ...]],
    sentence: str,
    *,
    item: str | None = None,
    never: Iterable[str] = (),
    optional: bool = False,
) -> Told:
    fields, actions, severities, *tags = what.split()
    return Told(
        fields=tuple(fields.split("|")),
        actions=tuple(actions.split("|")),
        severities=tuple(severities.split("|")),
        tags=tuple(tag for tag in tags if tag[0] != "!"),
        tags_never=tuple(tag[1:] for tag in tags if tag[0] == "!"),
        says=tuple(says),
        never=tuple(never),
        sentence=sentence,
        item=item,
        optional=optional,
    )


case = Readings()
