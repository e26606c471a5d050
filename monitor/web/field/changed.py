"""Which fields of a trial ever changed, how often, and when last. Read off the change sets, no body is."""

from __future__ import annotations

from dataclasses import dataclass

from sqlite_utils import Database

from snapshots.changeset import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """times: a submission counts once, also where the registry's own version and ours both tell of it."""

    slug: str
    label: str
    times: int
    first: str
    last: str
    severity: Severity  # the highest


def changed_fields(db: Database, registry: str, trial: str) -> list[Changed]:
    """The last changed first. Noise counts for nothing."""
    rows = db.execute(
        "select change.field, change.label, change.severity, coalesce(event.to_build, event.to_updated),"
        " coalesce(own.submitted, event.to_updated)"
        " from event indexed by event_trial cross join change on change.event = event.sequence"
        " left join trial on trial.trial = event.trial and trial.registry = event.registry"
        " left join version as own on event.to_source = 'snapshot' and own.trial = trial.key and own.archive = 0"
        " and own.number = event.to_version"
        " where event.trial = ? and event.registry = ? and event.kind = 'changed' and change.severity <> 'noise'"
        " order by event.sequence",
        [trial, registry],
    ).fetchall()
    found: dict[str, tuple[str, dict[str, str], Severity]] = {}
    for slug, label, severity, day, submitted in rows:
        _, days, highest = found.get(slug, (label, {}, Severity.NOISE))
        key = submitted or day or ""
        days[key] = min(days.get(key, day or ""), day or "")
        found[slug] = label, days, max(highest, Severity(severity))
    made = [
        Changed(
            slug=slug,
            label=label,
            times=len(days),
            first=min(days.values()),
            last=max(days.values()),
            severity=severity,
        )
        for slug, (label, days, severity) in found.items()
    ]
    return sorted(made, key=lambda one: (one.last, one.times), reverse=True)
