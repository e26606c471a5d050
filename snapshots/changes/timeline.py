"""Start, completion and enrolment: how far, in days and in per cent, and whether it is a plan or a fact."""

from __future__ import annotations

from typing import Any

from snapshots.changes.context import STOPPED, Context
from snapshots.changes.making import change
from snapshots.changeset import Action, FieldChange, Severity
from snapshots.comparison import Difference
from snapshots.dates import Partial, partial, shift
from snapshots.reaching import struct, text
from snapshots.terms import counted, said

FAR = 30  # days from which a move is major
LEADING = 365  # days from which a move is told before any wording
LONG = 36  # months from which a move is told in years
DAYS_A_MONTH = 30.44
UNKNOWN_COUNT = 99_999_999  # the registry's word for "not known"


def milestone(one: Difference, context: Context) -> FieldChange:
    """A date struct {date, type}. Partial dates compare at their coarser precision."""
    label = one.field.label
    old, new = struct(one.old), struct(one.new)
    before, after = partial(old.get("date")), partial(new.get("date"))
    if before is None and after is None:
        return change(one, f"{label} changed", before=_told(old), after=_told(new), action=Action.EDITED)
    if before is None:
        assert after is not None
        return change(
            one,
            f"{label} given: {after.text}{_as_actual(new)}",
            before=None,
            after=_told(new),
            severity=Severity.MINOR if not _actual(new) else Severity.MAJOR,
            reason="now a fact" if _actual(new) else "",
        )
    if after is None:
        fact = _actual(old)
        return change(
            one,
            f"{'Actual ' + label.lower() if fact else label} removed (was {before.text})",
            before=_told(old),
            after=None,
            severity=Severity.MAJOR if fact else Severity.MINOR,
            reason="a fact was taken back" if fact else "",
            tags=("integrity",) if fact else (),
        )
    by = shift(before, after)
    became_actual = _actual(new) and not _actual(old)
    span = _span(before, after)
    arrow = _arrow(before, after)
    # Older records give no type. Of a day that had passed then, no plan was stated.
    passed = bool(context.day_before and before.last <= context.day_before.first)
    first_typed = became_actual and "type" not in old and passed
    starts = one.field.slug == "start-date"
    told: dict[str, Any] = {"before": _told(old), "after": _told(new)}
    if not by.moved and not became_actual and _actual(old) == _actual(new):
        if old.get("type") != new.get("type"):
            return change(
                one,
                f"{label} ({after.text}) {_typed(new)}",
                severity=Severity.MINOR,
                reason="the same date",
                **told,
            )
        return change(
            one,
            f"{label} given {'more' if after.precision > before.precision else 'less'} precisely {arrow}",
            severity=Severity.NOISE,
            reason="the same date",
            **told,
        )
    if not by.moved and first_typed:
        return change(
            one,
            f"{label} ({after.text}) {_typed(new)}",
            severity=Severity.MINOR if starts else Severity.MAJOR,
            reason="it had passed, and no plan was stated" if starts else "now a fact",
            **told,
        )
    if not by.moved:
        words = (
            f"{label} now actual, on the planned date ({after.text})"
            if became_actual
            else f"{label} back to an estimate ({after.text})"
            if new.get("type") == "ESTIMATED"
            else f"{label} no longer stated as actual ({after.text})"
        )
        return change(
            one,
            words,
            severity=Severity.MAJOR,
            reason="now a fact" if became_actual else "no longer a fact",
            **told,
        )
    if _actual(old) and _actual(new):
        way = "later" if by.days > 0 else "earlier"
        return change(
            one,
            f"Actual {label.lower()} corrected to {span} {way} {arrow}",
            severity=Severity.MAJOR,
            reason="a date that had passed was corrected",
            tags=("integrity",),
            **told,
        )
    far = abs(by.days) >= FAR
    if became_actual and starts:
        way = "later" if by.days > 0 else "earlier"
        words = f"Started {after.text}, {span} {way} than planned ({before.text})"
        if first_typed:
            words = f"Start {_typed(new)}, {span} {way} {arrow}"
        return change(one, words, severity=Severity.MAJOR, reason="now a fact", **told)
    if became_actual:
        if by.days < 0 and context.new_status in STOPPED:
            words = f"{label} ended {span} earlier than planned {arrow}, now actual"
        else:
            words = f"{label} now actual, {span} {'later' if by.days > 0 else 'earlier'} than planned {arrow}"
        return change(one, words, severity=Severity.MAJOR, reason="now a fact", **told)
    if _actual(old):
        return change(
            one,
            f"{label} no longer actual, {span} {'later' if by.days > 0 else 'earlier'} {arrow}"
            + (", an estimate again" if new.get("type") == "ESTIMATED" else ""),
            severity=Severity.MAJOR,
            reason="no longer a fact",
            tags=("integrity",),
            **told,
        )
    if one.field.slug == "start-date" and context.new_status == "WITHDRAWN":
        words = f"Start now given as {after.text}, though the study never started (was {before.text})"
        return change(
            one,
            words,
            severity=Severity.MAJOR if far else Severity.MINOR,
            reason="of a study that never started",
            **told,
        )
    verb = "slipped" if by.days > 0 else "brought forward"
    if one.field.slug == "start-date" and by.days > 0:
        verb = "postponed"
    words = f"{label} {verb} {span} {arrow}"
    if by.days < 0 and context.new_status in STOPPED and one.field.slug != "start-date":
        words = (
            f"{label} expected {span} earlier than planned {arrow}"  # after a stop nothing is brought forward
        )
    return change(
        one,
        words,
        severity=Severity.MAJOR if far else Severity.MINOR,
        reason="moved by 30 days or more" if far else "moved by less than 30 days",
        **told,
    )


def moved(change: FieldChange) -> tuple[Partial, Partial] | None:
    """The dates of a milestone's change; None unless it has both."""
    before, after = (
        partial(side.partition(" ")[0]) if isinstance(side, str) else None
        for side in (change.before, change.after)
    )
    return (before, after) if before and after else None


def leads(change: FieldChange) -> bool:
    """Whether a planned date moved by a year or more."""
    dates = moved(change)
    return bool(dates and abs(shift(*dates).days) >= LEADING)


def enrollment(one: Difference, context: Context) -> FieldChange:
    old, new = struct(one.old), struct(one.new)
    before, after = _count(old), _count(new)
    became_actual = _actual(new) and not _actual(old)
    told: dict[str, Any] = {"before": _people(old), "after": _people(new)}
    estimated = _actual(old) and new.get("type") == "ESTIMATED"
    actual = ", now actual" if became_actual else ", an estimate again" if estimated else ""
    if one.old is None and after is not None:
        words = f"Enrolment stated: {after:,}{_as_actual(new)}"
        return change(one, words, severity=Severity.MAJOR, reason="enrolment given", **told)
    if before is None or after is None:
        words = f"Enrolment {said_count(before)} → {said_count(after)}{actual}"
        return change(one, words, severity=Severity.MAJOR, reason="enrolment changed", **told)
    if before == after:
        if became_actual and "type" in old:
            return change(
                one,
                f"Enrolment of {after:,} now actual, as planned",
                severity=Severity.MAJOR,
                reason="now a fact",
                **told,
            )
        words = f"Enrolment of {after:,} {_typed(new)}"
        if estimated:
            words = f"Enrolment of {after:,} back to an estimate"
        return change(one, words, severity=Severity.MINOR, reason="", **told)
    verb = "raised" if after > before else "cut"
    share = f" ({_per_cent(before, after)})" if before else ""
    great = before == 0 or abs(after - before) >= 0.2 * before
    return change(
        one,
        f"Enrolment {verb} from {before:,} to {after:,}{share}{actual}",
        severity=Severity.MAJOR if great or became_actual else Severity.MINOR,
        reason="changed by 20 % or more"
        if great
        else "now a fact"
        if became_actual
        else "changed by less than 20 %",
        **told,
    )


def said_count(count: int | None) -> str:
    return "unknown" if count is None else f"{count:,}"


def _per_cent(before: int, after: int) -> str:
    share = (after - before) / before * 100
    sign = "+" if share > 0 else "−"
    size = abs(share)
    return f"{sign}{size:.0f} %" if size >= 1 else f"{sign}{size:.1f} %"


def _span(before: Partial, after: Partial) -> str:
    """How far, with its uncertainty: a month or a year is not known to the day, and years are told in halves."""
    moved = shift(before, after)
    if not before.month or not after.month:
        years = abs(after.year - before.year)
        return f"about {'a year' if years == 1 else f'{years} years'}"
    months = abs((after.year - before.year) * 12 + after.month - before.month)
    if not moved.about:
        months = round(abs(moved.days) / DAYS_A_MONTH)
    if months >= LONG:
        whole, half = divmod(round(months / 6), 2)
        exact = not moved.about and (before.month, before.day) == (after.month, after.day)
        return f"{'' if exact else 'about '}{whole}{'½' if half else ''} years"
    if not moved.about:
        return counted(abs(moved.days), "day")
    return f"about {'a month' if months == 1 else f'{months} months'}"


def month_span(before: Partial, after: Partial) -> str:
    """How far in the unit of months, though both days are known: for beside a span that is known to the month."""
    return _span(*(Partial(one.text, one.year, one.month) for one in (before, after)))


def _arrow(before: Partial, after: Partial) -> str:
    return f"({before.text} → {after.text})"


def _typed(value: dict[str, Any]) -> str:
    """How a value is marked now."""
    kind = text(value.get("type"))
    return f"now stated as {said(kind).lower()}" if kind else "no longer stated as actual or estimated"


def _actual(value: dict[str, Any]) -> bool:
    return value.get("type") == "ACTUAL"


def _as_actual(value: dict[str, Any]) -> str:
    return ", actual" if _actual(value) else ""


def _told(value: dict[str, Any]) -> Any:
    return " ".join(str(value[key]) for key in ("date", "type") if key in value) or None


def _people(value: dict[str, Any]) -> Any:
    return " ".join(str(value[key]) for key in ("count", "type") if key in value) or None


def _count(value: dict[str, Any]) -> int | None:
    count = value.get("count")
    if not isinstance(count, int) or isinstance(count, bool) or count == UNKNOWN_COUNT:
        return None
    return count
