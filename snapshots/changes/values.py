"""Fields that are one value: status, dates, counts, choices, texts. Each rule returns one change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from snapshots.changes.context import RECRUITING, STOPPED, Context
from snapshots.changes.making import action_of, change
from snapshots.changes.results import certificate, has_results, results
from snapshots.changes.timeline import enrollment, milestone
from snapshots.changeset import Action, FieldChange, Kind, Severity
from snapshots.comparison import Difference
from snapshots.markup import normal_text, same_words
from snapshots.terms import phases, said, short

_RULES: dict[str, Callable[[Difference, Context], FieldChange]] = {
    "status": lambda one, context: status(one, context),
    "why-stopped": lambda one, context: why_stopped(one, context),
    "milestone": milestone,
    "enrollment": enrollment,
    "has-results": has_results,
    "results": results,
    "certificate": certificate,
    "phase": lambda one, context: change(one, f"Phase changed: {phases(one.old)} → {phases(one.new)}"),
    "sponsor": lambda one, context: sponsor(one, context),
    "data-sharing": lambda one, context: data_sharing(one),
    "people": lambda one, context: people(one),
}
_FORWARD = (
    "NOT_YET_RECRUITING", "RECRUITING", "ENROLLING_BY_INVITATION", "ACTIVE_NOT_RECRUITING", "COMPLETED",
)  # fmt: skip


def value_change(one: Difference, context: Context) -> FieldChange:
    rule = _RULES.get(one.field.rule)
    if rule is not None:
        return rule(one, context)
    if one.field.kind is Kind.TEXT and isinstance(one.old or one.new, str):
        return _text(one)
    return _plain(one)


def status(one: Difference, context: Context) -> FieldChange:
    before, after = one.old, one.new
    words = f"{said(before)} → {said(after)}"
    tags: list[str] = []
    severity, reason = Severity.MAJOR, "the recruitment status changed"
    if after in STOPPED:
        severity = Severity.CRITICAL
        tags.append("stopped")
        reason = {
            "SUSPENDED": "recruitment stopped early, it may start again",
            "TERMINATED": "the study stopped early and will not start again",
            "WITHDRAWN": "stopped before its first participant",
        }[after]
        if context.why_stopped:
            words += f": {short(context.why_stopped, 200)}"
        elif after != "WITHDRAWN" or before is not None:
            words += ", no reason given"
    elif after in RECRUITING and before == "SUSPENDED":
        severity, reason = Severity.CRITICAL, "recruitment is open again after a suspension"
        tags.append("restarted")
    elif after in RECRUITING and before in _FORWARD[3:] + tuple(STOPPED) + ("UNKNOWN",):
        reason = "recruitment is open again"
        tags.append("restarted")
        words += " (backwards)" if before in _FORWARD else ""
    elif before in _FORWARD and after in _FORWARD and _FORWARD.index(after) < _FORWARD.index(before):
        reason = "the status moved backwards"
        words += " (backwards)"
    elif after == "UNKNOWN":
        reason = "not verified for two years, so the registry no longer knows"
        words += f": not verified since {context.verified}" if context.verified else ""
    elif after == "COMPLETED":
        reason = "the study ended as planned"
    elif after in RECRUITING:
        reason = "recruitment opened"
    elif before in RECRUITING:
        reason = "recruitment closed"
    return change(one, words, severity=severity, reason=reason, tags=tags)


def why_stopped(one: Difference, context: Context) -> FieldChange:
    if one.new is None:
        return change(
            one,
            "Reason for stopping withdrawn",
            severity=Severity.MINOR,
            reason="the study no longer counts as stopped",
        )
    if one.old is None:
        return change(one, f"Reason for stopping: {short(one.new, 200)}", reason="reason for stopping given")
    return change(
        one,
        f"Reason for stopping changed: {short(one.old)} → {short(one.new)}",
        reason="the reason for stopping changed",
        action=Action.EDITED,
        tags=("integrity",),
    )


def people(one: Difference) -> FieldChange:
    """Persons are not named; that there was one, and is, can be said."""
    respelt = same_words(one.old, one.new)
    return change(
        one,
        f"{one.field.label} changed",
        before=None if one.old is None else "given",
        after=None if one.new is None else "given",
        severity=Severity.NOISE if respelt else None,
        reason="the same words, set differently" if respelt else None,
    )


def data_sharing(one: Difference) -> FieldChange:
    """The plan to share participants' data, which is one thing however many keys it has."""
    before, after = (value if isinstance(value, dict) else {} for value in (one.old, one.new))
    shared = [said(plan["ipdSharing"]).lower() for plan in (before, after) if "ipdSharing" in plan]
    if not before:
        return change(
            one,
            f"Data-sharing plan added: {short(', '.join([*shared, str(after.get('description', ''))]), 160)}",
        )
    if not after:
        return change(one, "Data-sharing plan removed")
    if before.get("ipdSharing") != after.get("ipdSharing"):
        stated = " → ".join(said(plan.get("ipdSharing")).lower() for plan in (before, after))
        return change(one, f"Sharing of participants' data: {stated}")
    what = [_KEYS_IN_WORDS.get(key, key) for key in {**before, **after} if before.get(key) != after.get(key)]
    return change(one, f"Data-sharing plan edited: {', '.join(what)}", action=Action.EDITED)


_KEYS_IN_WORDS = {
    "timeFrame": "time frame",
    "accessCriteria": "access criteria",
    "infoTypes": "what is shared",
}


def sponsor(one: Difference, context: Context) -> FieldChange:
    before, after = (_name(value) for value in (one.old, one.new))
    if normal_text(before) == normal_text(after):
        return change(one, f"Class of the lead sponsor changed ({after})", severity=Severity.MINOR, reason="")
    return change(one, f"Lead sponsor changed: {before} → {after}", before=before, after=after)


def _text(one: Difference) -> FieldChange:
    label = one.field.label
    action = action_of(one.old, one.new)
    if action is Action.ADDED:
        return change(one, f"{label} added: {short(str(one.new))}")
    if action is Action.REMOVED:
        return change(one, f"{label} removed: {short(str(one.old))}")
    old, new = str(one.old), str(one.new)
    action = Action.CHANGED if one.field.section == "Identification" else Action.EDITED  # a name, or a text
    if len(old) + len(new) <= 160:
        return change(one, f"{label}: {short(old)} → {short(new)}", action=action)
    return change(one, f"{label} reworded{_gist(old, new)}", action=action)


def _gist(old: str, new: str) -> str:
    """What went and what came, in a few words."""
    from snapshots.words import marked

    marks = marked(old, new)
    gone = [short(text, 60) for mark, text in marks if mark == "-" and text.strip()]
    come = [short(text, 60) for mark, text in marks if mark == "+" and text.strip()]
    if len(gone) == 1 and len(come) == 1:
        return f": “{gone[0]}” → “{come[0]}”"
    if len(come) == 1 and not gone:
        return f": added “{come[0]}”"
    if len(gone) == 1 and not come:
        return f": removed “{gone[0]}”"
    return f" in {max(len(gone), len(come))} places"


def _plain(one: Difference) -> FieldChange:
    label = one.field.label
    action = action_of(one.old, one.new)
    if action is Action.ADDED:
        stated_false = one.new is False
        return change(
            one,
            f"{label} stated: {short(said(one.new))}",
            severity=Severity.MINOR if stated_false else None,
            reason="" if stated_false else None,
        )
    if action is Action.REMOVED:
        was_false = one.old is False
        return change(
            one,
            f"{label} no longer stated (was {short(said(one.old))})",
            severity=Severity.MINOR if was_false else None,
            reason="" if was_false else None,
        )
    return change(one, f"{label}: {short(said(one.old))} → {short(said(one.new))}")


def _name(value: Any) -> str:
    return str(value.get("name", "")) if isinstance(value, dict) else said(value)
