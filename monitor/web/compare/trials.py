"""Two trials beside each other, field by field: what each has. Nothing is said to have changed, and nothing weighs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
from markupsafe import Markup

from monitor import addresses
from monitor.web.address import Asked
from monitor.web.answers import Answer, BadQuestion, Elsewhere, Page
from monitor.web.compare.beside import Part, Row, beside
from monitor.web.compare.marks import MAX_PAGE, MAX_SIDE
from monitor.web.compare.shapes import Beside, BesideRow, TrialSide, TwoTrials, as_text
from monitor.web.compare.sides import check_side, found_side
from monitor.web.compare.values import Cut, drawn_value
from monitor.web.compare.viewing import Viewing, choices, viewing
from monitor.web.compare.whole import is_coded_field, label_in, same_value, shown_value
from monitor.web.drawing.names import meta_of, name_of, number_of
from monitor.web.finding import canonical, found_trial, newest_of, record_of
from monitor.web.record.remainder import without_staff
from monitor.web.sources import named
from monitor.web.trial.head import Head, head
from snapshots.changeset import VersionRef
from snapshots.fields import table

# What no two trials share, or the registry made of the rest: it would only hide what matters.
_LEFT_OUT = frozenset({"nct-id", "locations-copy", "data-build"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trial:
    """One side: a trial in one version."""

    registry: str
    trial: str
    ref: VersionRef
    record: dict[str, Any]
    head: Head

    @property
    def named(self) -> tuple[str, VersionRef]:
        return self.trial, self.ref


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawn:
    """A row of the page. a, b: what each has; where both have the same, `both`."""

    label: str
    same: bool
    a: Markup | None = None
    b: Markup | None = None
    both: Markup | None = None
    folded: str = ""
    note: str = ""
    cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Section:
    title: str
    slug: str
    rows: tuple[_Drawn, ...]


def chosen_trials(asked: Asked) -> Answer:
    """`/compare`: the form; with two ids in it, on to the permalink of the two as they are now or were on a day."""
    query = {name: text.strip() for name, text in asked.query.items()}
    a, b = query.get("a", ""), query.get("b", "")
    look = viewing(asked.query)
    for at in ("a_at", "b_at"):
        if query.get(at):
            check_side(query[at])
    for one in filter(None, (a, b)):
        _named(one)
    if not (a and b):
        return Page(
            template="compare-form.html",
            path="/compare",
            values={
                "here": "compare_trials",
                "asked": {name: query.get(name, "") for name in ("a", "a_at", "b", "b_at")},
                "missing": "b" in query or "b_at" in query,  # the form was sent
            },
        )
    (registry, one), (other_registry, other) = _named(a), _named(b)
    if registry != other_registry:
        raise BadQuestion("two trials of different registries cannot be compared field by field")
    refs = [_ref(asked, registry, trial, query.get(at, "")) for trial, at in ((one, "a_at"), (other, "b_at"))]
    if one == other:
        return Elsewhere(path=(addresses.compare(registry, one, *refs) or "") + look.query)
    return Elsewhere(
        path=(addresses.compare_trials(registry, (one, refs[0]), (other, refs[1])) or "") + look.query
    )


def two_trials(asked: Asked) -> Answer:
    """`/compare/{registry}/{id}@{version}...{id}@{version}`."""
    registry, text = asked.registry, asked.path["trials"]
    look = viewing(asked.query)
    left, dots, right = text.partition("...")
    if not dots:
        raise BadQuestion(
            f"no two trials: `{text[:60]}`",
            hint="Write two ids with three dots between, as NCT07146087...NCT01730547; @3 behind one names a version.",
        )
    pairs = [one.partition("@") for one in (left, right)]
    ids = [canonical(registry, one) for one, _, _ in pairs]
    refs = [_ref(asked, registry, trial, at) for trial, (_, _, at) in zip(ids, pairs, strict=True)]
    end = "" if asked.format == "html" else f".{asked.format}"
    if ids[0] == ids[1]:
        return Elsewhere(path=f"{addresses.compare(registry, ids[0], *refs)}{end}{look.query}")
    path = addresses.compare_trials(registry, (ids[0], refs[0]), (ids[1], refs[1])) or ""
    if path.rpartition("/")[2] != text:
        return Elsewhere(path=f"{path}{end}{look.query}")
    a, b = (_side(asked, registry, trial, ref) for trial, ref in zip(ids, refs, strict=True))
    parts = beside(a.record, b.record, table(registry))
    rows = [
        (part.title, row)
        for part in parts
        for row in part.rows
        if _is_told(row, look) and (look.all or not row.same)
    ]
    return Page(
        template="compare-trials.html",
        path=path,
        values=_drawn(a, b, parts, look, path) if asked.format == "html" else {},
        data=lambda: TwoTrials(
            a=_told(a), b=_told(b), fields=[_field(section, row) for section, row in rows]
        ),
        rows=lambda: [_line(section, row) for section, row in rows],
    )


def _named(text: str) -> tuple[str, str]:
    found = named(text[:200])
    if found is None:
        raise BadQuestion(
            f"no id of a trial: `{text[:60]}`",
            hint="An id is NCT and eight digits, as NCT07146087; a record's web address will do too.",
        )
    return found


def _ref(asked: Asked, registry: str, trial: str, at: str) -> VersionRef:
    """The version that is named, else the newest."""
    found_trial(asked.reader, registry, trial)
    if at:
        return found_side(asked.reader, registry, trial, at).ref
    newest = newest_of(asked.reader.versions(registry, trial, by_day=True))
    if newest is None:
        raise BadQuestion(f"no version of this trial is stored: `{trial}`")
    return newest.ref


def _side(asked: Asked, registry: str, trial: str, ref: VersionRef) -> _Trial:
    record, read = record_of(asked.reader, registry, trial, ref)
    top = head(asked.setting.source(registry), read, record, ref)
    return _Trial(registry=registry, trial=trial, ref=ref, record=record, head=top)


def _drawn(a: _Trial, b: _Trial, parts: tuple[Part, ...], look: Viewing, path: str) -> dict[str, Any]:
    room = [MAX_PAGE]
    sections, alike = [], []
    differing = 0
    for part in parts:
        told = [row for row in part.rows if _is_told(row, look)]
        rows = tuple(_row(row, room) for row in told if look.all or not row.same)
        differing += sum(not row.same for row in told)
        if rows:
            sections.append(_Section(title=part.title, slug=part.slug, rows=rows))
        if not look.all:
            alike += [label_in(row) for row in told if row.same]
    return {
        "here": "compare_trials",
        "sides": [_shown(one) for one in (a, b)],
        "sections": sections,
        "alike": alike,
        "differing": differing,
        "look": look,
        "looks": choices(path, look, changed="Only what differs"),
        "json_href": f"{path}.json{look.query}",
        "flipped": (addresses.compare_trials(a.registry, b.named, a.named) or "") + look.query,
        "asked": {"a": a.trial, "a_at": number_of(a.ref), "b": b.trial, "b_at": number_of(b.ref)},
    }


def _shown(side: _Trial) -> dict[str, Any]:
    return {
        "head": side.head,
        "name": name_of(side.ref),
        "href": addresses.version(side.registry, side.trial, side.ref),
        "meta": meta_of(side.ref),
    }


def _is_told(row: Row, look: Viewing) -> bool:
    """Not who the staff are; and what says nothing about a study only where all is asked for."""
    if row.field.slug in _LEFT_OUT or row.field.rule == "people":
        return False
    return look.all or not row.field.noise


def _row(row: Row, room: list[int]) -> _Drawn:
    label = label_in(row)
    if row.same:
        value, folded, note = same_value(row, room)
        return _Drawn(label=label, same=True, both=value, folded=folded, note=note)
    if row.field.slug == "results":
        a, b = (None if side is None else Markup("posted") for side in (row.a, row.b))
        return _Drawn(label=label, same=False, a=a, b=b)
    left, right = shown_value(row, row.a), shown_value(row, row.b)
    cut = Cut()
    limit = min(MAX_SIDE, max(room[0] // 2, 500))
    both: Markup | None = None
    coded = is_coded_field(row)
    if isinstance(left, list) and isinstance(right, list):
        left, right, shared = _apart(left, right)
        both = drawn_value(shared, cut, limit, coded=coded) if shared else None
    drawn = [
        None if side in (None, []) else drawn_value(side, cut, limit, coded=coded) for side in (left, right)
    ]
    room[0] -= sum(len(one or "") for one in (*drawn, both))
    return _Drawn(label=label, same=False, a=drawn[0], b=drawn[1], both=both, cut=cut.happened)


def _apart(left: list[Any], right: list[Any]) -> tuple[list[Any], list[Any], list[Any]]:
    """What only one has, what only the other, and what both, in the order of the first. Members may be objects."""
    keys = [[msgspec.json.encode(one, order="sorted") for one in side] for side in (left, right)]
    shared = set(keys[0]) & set(keys[1])
    own = [
        [one for key, one in zip(of, side, strict=True) if key not in shared]
        for of, side in zip(keys, (left, right), strict=True)
    ]
    both = {key: one for key, one in zip(keys[0], left, strict=True) if key in shared}
    return own[0], own[1], list(both.values())


def _told(side: _Trial) -> TrialSide:
    return TrialSide(
        registry=side.registry,
        trial=side.trial,
        title=side.head.title,
        source=side.ref.source.value,
        version=side.ref.version,
        updated=side.ref.updated,
        build=side.ref.build,
    )


def _field(section: str, row: Row) -> Beside:
    a, b = (None if row.field.rule == "people" else without_staff(side) for side in (row.a, row.b))
    slug, path = row.field.slug, row.path
    return Beside(section=section, field=slug, label=row.field.label, path=path, same=row.same, a=a, b=b)


def _line(section: str, row: Row) -> BesideRow:
    one = _field(section, row)
    return BesideRow(
        section=one.section,
        field=one.field,
        label=one.label,
        path=one.path,
        same=one.same,
        a=as_text(one.a),
        b=as_text(one.b),
    )
