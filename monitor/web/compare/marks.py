"""Changes as they are drawn: before and after side by side or in one, changed words marked, people left out.

All HTML here is made of `del`, `ins`, `ul`, `li`, `dl`, `dt`, `dd`, `p` and escaped text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup

from monitor.web.compare.criteria import NONE, Criteria, criteria
from monitor.web.compare.passages import Passage, passages
from monitor.web.compare.values import LONG, Cut, in_one, is_coded, is_text, length, sides
from monitor.web.drawing.blocks import shown_text
from monitor.web.record.remainder import STAFF_FIELDS, STAFF_KEYS, without_staff
from snapshots.changeset import FieldChange, Severity

MAX_CHANGES = 200  # drawn on one page
MAX_NOISE = 100
MAX_PATHS = 6
MAX_SIDE = 20_000  # characters of one text on one side
MAX_PAGE = 400_000  # characters of all texts of one page together
CRITERIA = "eligibility-criteria"

_STAFF_PATH = re.compile(
    r"(?:^|[.\[\]])(?:" + "|".join(sorted(STAFF_KEYS | STAFF_FIELDS)) + r")(?=$|[.\[\]])"
)
HIDDEN = "Details of people were changed; they are not shown here. The JSON of each version has them."


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeView:
    anchor: str
    field: str
    label: str
    item: str | None
    severity: Severity
    reason: str
    summary: str
    before: Markup | None
    after: Markup | None
    hidden: str | None  # said instead of both sides
    long: bool
    laid: bool  # the sides are paragraphs and lists
    passages: tuple[Passage, ...]  # both sides of a long text, instead of before and after
    unified: bool
    both: Markup | None  # in the unified view, instead of before and after
    criteria: Criteria  # which of them changed, where the field is who may take part
    cut: bool
    paths: tuple[str, ...]
    more_paths: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesView:
    headline: str
    severity: Severity
    tags: tuple[str, ...]
    count: int  # without noise
    changes: tuple[ChangeView, ...]
    left_out: int
    noise: tuple[ChangeView, ...]
    noise_count: int
    noise_left_out: int


def changes_view(
    headline: str,
    severity: Severity,
    tags: Sequence[str],
    changes: Iterable[FieldChange],
    *,
    unified: bool = False,
) -> ChangesView:
    """Draw changes; a page of them is bounded in number and in length."""
    told = [change for change in changes if change.severity is not Severity.NOISE]
    noise = [change for change in changes if change.severity is Severity.NOISE]
    room = [MAX_PAGE]
    drawn = tuple(
        change_view(change, number, room, unified=unified)
        for number, change in enumerate(told[:MAX_CHANGES], 1)
    )
    quiet = tuple(
        change_view(change, number, room, unified=unified)
        for number, change in enumerate(noise[:MAX_NOISE], len(told) + 1)
    )
    return ChangesView(
        headline=headline_of(headline, (*told, *noise)),
        severity=severity,
        tags=tuple(tags),
        count=len(told),
        changes=drawn,
        left_out=len(told) - len(drawn),
        noise=quiet,
        noise_count=len(noise),
        noise_left_out=len(noise) - len(quiet),
    )


def change_view(
    change: FieldChange, number: int, room: list[int], *, unified: bool = False, brief: bool = False
) -> ChangeView:
    """Draw one change. `room` holds how many characters the page still takes; what is drawn is taken off.

    brief: without the texts where the criteria that changed are named.
    """
    personal = is_personal(change)
    before, after = without_staff(change.before), without_staff(change.after)
    unseen = personal or (before == after and change.before != change.after)
    cut = Cut()
    left = right = both = None
    long, laid = False, False
    named = NONE
    texts: tuple[Passage, ...] = ()
    if not unseen:
        long = length(before) > LONG or length(after) > LONG
        limit = min(MAX_SIDE, max(room[0] // 2, 500))
        if change.field == CRITERIA:
            named = criteria(before, after)
        if brief and named.named:
            pass  # which criterion, and how: said already
        elif is_text(before) and is_text(after) and not is_coded(change):
            shown = (cut.text(shown_text(one), limit) for one in (before, after))
            texts = passages(*shown, unified=unified)
        else:
            laid = any(isinstance(side, str) and is_text(side) for side in (before, after))
            if unified:
                both = in_one(change, before, after, cut, limit)
            else:
                left, right = sides(change, before, after, cut, limit)
        drawn = (both, left, right, *(one for each in texts for one in each.drawn), *named.drawn)
        room[0] -= sum(len(html or "") for html in drawn)
    return ChangeView(
        anchor=f"{change.field}-{number}",
        field=change.field,
        label=change.label,
        item=None if personal else change.item,
        severity=change.severity,
        reason=change.reason,
        summary=summary_of(change),
        before=left,
        after=right,
        hidden=HIDDEN if unseen else None,
        long=long,
        laid=laid,
        passages=texts,
        unified=unified,
        both=both,
        criteria=named,
        cut=cut.happened,
        paths=change.paths[:MAX_PATHS],
        more_paths=max(0, len(change.paths) - MAX_PATHS),
    )


def is_personal(change: FieldChange) -> bool:
    """Does it tell of people? Then neither its words nor its sides are shown."""
    # A list of sites may hold contacts too: they are taken out of it. Out of a text nothing is.
    told_in_words = isinstance(change.before, str) or isinstance(change.after, str)
    # Of many sites there may be a thousand paths, and mostly the first says it.
    return all(map(_of_staff, change.paths)) or (told_in_words and any(map(_of_staff, change.paths)))


@lru_cache(maxsize=4096)  # a change is asked several times, and the registry's paths are few
def _of_staff(path: str) -> bool:
    return _STAFF_PATH.search(path) is not None


def summary_of(change: FieldChange) -> str:
    return f"{change.label}: details of people changed" if is_personal(change) else shown_text(change.summary)


def headline_of(headline: str, changes: Iterable[FieldChange]) -> str:
    """The headline, unless it is nothing but the sentence of a change that tells of people."""
    for change in changes:
        if change.summary == headline:
            return summary_of(change)
    return shown_text(headline)
