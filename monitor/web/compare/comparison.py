"""The page of a comparison: any two versions of a trial, either line, either order. Computed on request."""

from __future__ import annotations

from collections.abc import Sequence

from monitor import addresses
from monitor.web.answers import Answer, BadQuestion, Page
from monitor.web.compare.marks import changes_view
from monitor.web.compare.named_sites import named_sites
from monitor.web.drawing.names import day_of, meta_of, name_of, number_of
from monitor.web.finding import found_trial, found_version, record_of
from monitor.web.setting import Setting
from monitor.web.trial import history
from monitor.web.trial.head import head
from monitor.web.trial.picking import choices_of
from snapshots.changes import compare
from snapshots.changeset import VersionRef
from snapshots.event import changed_event
from snapshots.query import Reader


def one_comparison(reader: Reader, registry: str, trial: str, text: str, setting: Setting) -> Answer:
    """`/trials/{registry}/{id}/compare/{a}...{b}`."""
    left, dots, right = text.partition("...")
    if not dots:
        raise BadQuestion(
            f"no two versions: `{text[:60]}`",
            hint="Write two numbers with three dots between, as 3...4 or r11...4.",
        )
    found_trial(reader, registry, trial)
    from_ = found_version(reader, registry, trial, left).ref
    to = found_version(reader, registry, trial, right).ref
    older, _ = record_of(reader, registry, trial, from_)
    newer, read = record_of(reader, registry, trial, to)
    past = reader.past_between(registry, trial, from_, to)
    changes = compare(older, newer, registry=registry, from_=from_, to=to, past=past)
    # The user's own severities are applied to events; a comparison by hand is told under the same ones.
    told = setting.effective(
        changed_event(changes, at=None, url=None, sponsor=read.sponsor, phase=read.phase)
    )
    versions = reader.versions(registry, trial)
    line = [one.ref for one in versions]
    backwards = _is_backwards(from_, to)
    # Neighbours lie before the older and after the newer of the two; backwards there is no such order to go on in.
    before = None if backwards else _neighbour(line, from_, -1)
    after = None if backwards else _neighbour(line, to, +1)
    return Page(
        template="compare.html",
        path=addresses.compare(registry, trial, from_, to) or "",
        values={
            "here": "trials",
            "head": head(setting.source(registry), read, newer, to),
            "set": changes_view(
                told.headline, told.severity, told.tags, named_sites(told.changes, older, newer)
            ),
            "backwards": backwards,
            "two_lines": from_.source is not to.source,
            "flipped": addresses.compare(registry, trial, to, from_),
            "from_name": name_of(from_),
            "from_href": addresses.version(registry, trial, from_),
            "from_meta": meta_of(from_),
            "to_name": name_of(to),
            "to_href": addresses.version(registry, trial, to),
            "to_meta": meta_of(to),
            "earlier_href": addresses.compare(registry, trial, before, from_) if before else None,
            "earlier_name": f"{name_of(before)} against {number_of(from_)}" if before else "",
            "later_href": addresses.compare(registry, trial, to, after) if after else None,
            "later_name": f"{name_of(to)} against {number_of(after)}" if after else "",
            "picking": choices_of(history.shown(versions), chosen=(from_, to)),
        },
    )


def _neighbour(line: Sequence[VersionRef], ref: VersionRef, step: int) -> VersionRef | None:
    """The nearest version in the same line, before (-1) or after (+1)."""
    ours = sorted((one for one in line if one.source is ref.source), key=lambda one: one.version or 0)
    at = next(position for position, one in enumerate(ours) if one.version == ref.version) + step
    return ours[at] if 0 <= at < len(ours) else None


def _is_backwards(from_: VersionRef, to: VersionRef) -> bool:
    if from_.source is to.source:
        return (from_.version or 0) > (to.version or 0)
    return day_of(from_) > day_of(to)
