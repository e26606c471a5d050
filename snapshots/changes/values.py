"""Fields that are one value: status, dates, counts, choices, texts. Each rule returns one change.

Rules that have a room of their own are loaded when first asked for: most updates change one field or two.
"""

from __future__ import annotations

from dataclasses import replace

from snapshots.changes.context import RECRUITING, STOPPED, Context
from snapshots.changes.making import action_of, change
from snapshots.changeset import Action, FieldChange, Kind, Severity
from snapshots.comparison import Difference
from snapshots.markup import same_in_any_order
from snapshots.reaching import struct, text
from snapshots.terms import phases, said, short

MOST_REASON = 200  # characters of a reason for stopping
_OVER = 3
_STAGES = {  # how far a study has come; both kinds of recruiting are one stage
    "NOT_YET_RECRUITING": 0, "RECRUITING": 1, "ENROLLING_BY_INVITATION": 1, "ACTIVE_NOT_RECRUITING": 2,
    "COMPLETED": 3, "TERMINATED": 3, "WITHDRAWN": 3,
    "AVAILABLE": 1, "NO_LONGER_AVAILABLE": 3, "APPROVED_FOR_MARKETING": 3,
}  # fmt: skip


def value_change(one: Difference, context: Context) -> FieldChange:
    match one.field.rule:
        case "status":
            return status(one, context)
        case "why-stopped":
            return why_stopped(one, context)
        case "study-type":
            return study_type(one)
        case "phase":
            return phase(one)
        case "expanded-access":
            return expanded_access(one)
        case "data-sharing":
            return data_sharing(one)
        case "people":
            return people(one)
        case "milestone" | "enrollment" as rule:
            from snapshots.changes import timeline

            return (timeline.milestone if rule == "milestone" else timeline.enrollment)(one, context)
        case "has-results" | "certificate" as rule:
            from snapshots.changes import results

            return (results.has_results if rule == "has-results" else results.certificate)(one, context)
        case "post-date" | "registry-day":
            from snapshots.changes.registry_days import registry_day

            return registry_day(one)
        case "organization" | "sponsor" as rule:
            from snapshots.changes import sponsors

            return (sponsors.sponsor if rule == "sponsor" else sponsors.organization)(one)
    if one.field.kind is Kind.TEXT and isinstance(one.old or one.new, str):
        return _text(one)
    return _plain(one)


def _text(one: Difference) -> FieldChange:
    if one.field.rule == "criteria":
        from snapshots.changes.texts.criteria import criteria_change

        return criteria_change(one)
    from snapshots.changes.texts import text_change

    return text_change(one)


def status(one: Difference, context: Context) -> FieldChange:
    before, after = context.old_status, context.new_status
    words = f"{said(one.old)} → {said(one.new)}"
    tags: list[str] = []
    severity, reason = Severity.MAJOR, "the recruitment status changed"
    backwards = _STAGES.get(after or "", 9) < _STAGES.get(before or "", 0)
    if after in STOPPED:
        severity = Severity.CRITICAL
        tags.append("stopped")
        if after == "SUSPENDED" and _STAGES.get(before or "") == _OVER:
            words += " (backwards)"
        reason = {
            "SUSPENDED": "recruitment stopped early, it may start again",
            "TERMINATED": "the study stopped early and will not start again",
            "WITHDRAWN": "stopped before its first participant",
        }[after]
        if context.why_stopped:
            words += f": {_ended(short(context.why_stopped, MOST_REASON))}"
        elif after != "WITHDRAWN" or before is not None:
            words += ", no reason given"
    elif after in RECRUITING and before == "SUSPENDED":
        severity, reason = Severity.CRITICAL, "recruitment is open again after a suspension"
        tags.append("restarted")
    elif after in RECRUITING and before in ("ACTIVE_NOT_RECRUITING", "COMPLETED", *STOPPED, "UNKNOWN"):
        reason = "recruitment is open again"
        tags.append("restarted")
        words += " (backwards)" if backwards else ""
    elif backwards:
        reason = "the status moved backwards"
        words += " (backwards)"
    elif after == "UNKNOWN":
        reason = "not verified for two years, so the registry no longer knows"
        words += f": not verified since {context.verified}" if context.verified else ""
    elif after == "COMPLETED":
        early = before in STOPPED
        reason = "it no longer counts as stopped early" if early else "the study ended as planned"
    elif after in RECRUITING:
        reason = "recruitment opened" if before not in RECRUITING else "who may enrol changed"
    elif before in RECRUITING:
        reason = "recruitment closed"
    if context.stop_withdrawn and after not in RECRUITING:  # that it recruits says so itself
        words += ": no longer said to be stopped"
    if before in ("TERMINATED", "WITHDRAWN") and after not in STOPPED:
        tags.append("integrity")  # a study that was over for good is not
    return change(one, words, severity=severity, reason=reason, tags=tags)


def _ended(words: str) -> str:
    """Without the full stop that a line of several sentences has no room for."""
    return words.rstrip(" .;,")


def why_stopped(one: Difference, context: Context) -> FieldChange:
    if one.new is None:
        stopped = context.new_status in STOPPED
        withdrawn = change(
            one,
            "Reason for stopping withdrawn",
            severity=Severity.MINOR,
            reason="the stop stands without a reason" if stopped else "told by the status",
        )
        return withdrawn if stopped else replace(withdrawn, tags=("status",))
    new = _ended(short(said(one.new), MOST_REASON))
    if one.old is None:
        return change(one, f"Reason for stopping: {new}", reason="reason for stopping given")
    from snapshots.pairing.site_names import folded

    if folded(one.old) and folded(one.old) == folded(one.new):
        return change(
            one,
            f"Reason for stopping set differently: {new}",
            action=Action.EDITED,
            severity=Severity.NOISE,
            reason="the same words, set differently",
        )
    return change(
        one,
        f"Reason for stopping changed: {_ended(short(said(one.old)))} → {_ended(short(said(one.new)))}",
        reason="the reason for stopping changed",
        action=Action.EDITED,
        tags=("integrity",),
    )


def people(one: Difference) -> FieldChange:
    """Persons are not named; that there was one, and is, can be said."""
    respelt = same_in_any_order(one.old, one.new)
    how = "stated" if one.old is None else "no longer stated" if one.new is None else "changed"
    return change(
        one,
        f"{one.field.label} {how}",
        action=Action.EDITED,
        before=None if one.old is None else "given",
        after=None if one.new is None else "given",
        severity=Severity.NOISE if respelt else None,
        reason="the same words, set differently" if respelt else None,
    )


def data_sharing(one: Difference) -> FieldChange:
    """The plan to share participants' data, which is one thing however many keys it has."""
    before, after = struct(one.old), struct(one.new)
    shared = [said(after["ipdSharing"]).lower()] if "ipdSharing" in after else []
    shared.append(str(after.get("description") or ""))
    if not before:
        return change(
            one,
            f"Data-sharing plan added: {short(', '.join(filter(None, shared)), 160) or 'without a word'}",
        )
    if not after:
        return change(one, "Data-sharing plan removed")
    if before.get("ipdSharing") != after.get("ipdSharing"):
        shares = [said(plan.get("ipdSharing")).lower() for plan in (before, after)]
        stated = f" stated: {shares[1]}" if before.get("ipdSharing") is None else f": {' → '.join(shares)}"
        return change(one, f"Sharing of participants' data{stated}")
    differing = [key for key in {**before, **after} if not same_in_any_order(before.get(key), after.get(key))]
    what = ", ".join(map(one.field.words, differing))
    if not what:
        return change(
            one,
            "Data-sharing plan in the same words, set differently",
            action=Action.EDITED,
            severity=Severity.NOISE,
            reason="the same words, set differently",
        )
    return change(one, f"Data-sharing plan edited: {what}", action=Action.EDITED)


def study_type(one: Difference) -> FieldChange:
    before, after = (said(value).lower() for value in (one.old, one.new))
    if one.old is None or one.new is None:
        return _plain(one)
    return change(one, f"Now {after}, was {before}")


def phase(one: Difference) -> FieldChange:
    if not one.old:
        return change(one, f"Phase stated: {phases(one.new)}")
    if not one.new:
        return change(one, f"Phase no longer stated (was {phases(one.old)})")
    return change(one, f"Phase changed: {phases(one.old)} → {phases(one.new)}")


def expanded_access(one: Difference) -> FieldChange:
    """`Expanded access available: NCT03025360`"""
    before, after = struct(one.old), struct(one.new)
    offered, is_offered = (side.get("hasExpandedAccess") is True for side in (before, after))
    name = text(after.get("nctId")) or text(before.get("nctId"))
    if is_offered and not offered:
        return change(one, "Expanded access available" + (f": {name}" if name else ""))
    if offered and after and not is_offered:
        return change(one, "Expanded access no longer available" + (f": {name}" if name else ""))
    if not offered or not is_offered:
        return _plain(one)
    names, statuses = ([side.get(key) for side in (before, after)] for key in ("nctId", "statusForNctId"))
    if names[0] != names[1]:
        stated = f" stated: {said(names[1])}" if names[0] is None else f": {' → '.join(map(said, names))}"
        return change(one, f"Record of expanded access{stated}")
    if statuses[0] != statuses[1]:
        stated = f": {' → '.join(map(said, statuses))}" if statuses[0] else f" is {said(statuses[1]).lower()}"
        return change(one, f"Expanded access{f' ({name})' if name else ''}{stated}")
    return _plain(one)


def _plain(one: Difference) -> FieldChange:
    label, words = one.field.label, one.field.words
    action = action_of(one.old, one.new)
    if action is Action.ADDED:
        stated_false = one.new is False
        return change(
            one,
            f"{label} stated: {short(said(one.new, words))}",
            severity=Severity.MINOR if stated_false else None,
            reason="" if stated_false else None,
        )
    if action is Action.REMOVED:
        was_false = one.old is False
        return change(
            one,
            f"{label} no longer stated (was {short(said(one.old, words))})",
            severity=Severity.MINOR if was_false else None,
            reason="" if was_false else None,
        )
    return change(one, f"{label}: {short(said(one.old, words))} → {short(said(one.new, words))}")
